/* CopyFile2, which Wine 8's kernel32 lacks and CPython 3.13 imports for shutil.copy2.
 *
 * kernel32 cannot be replaced in a prefix. But this code is part of the ucrtbase stand-in, which is loaded as a
 * dependency of python313.dll and is attached before it: at that moment the import table of every module that asks for
 * CopyFile2 points at Wine's "unimplemented function" trap, and is made to point here.
 */
#include <windows.h>

static HRESULT WINAPI copy_file_2(PCWSTR from, PCWSTR to, COPYFILE2_EXTENDED_PARAMETERS *parameters) {
  DWORD flags = parameters != NULL ? parameters->dwCopyFlags & (COPY_FILE_FAIL_IF_EXISTS | COPY_FILE_COPY_SYMLINK) : 0;
  if (CopyFileExW(from, to, NULL, NULL, NULL, flags)) return S_OK;
  return HRESULT_FROM_WIN32(GetLastError());
}

static void mend_imports(BYTE *base) {
  IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
  IMAGE_DATA_DIRECTORY *table = &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
  if (table->Size == 0) return;
  for (IMAGE_IMPORT_DESCRIPTOR *row = (IMAGE_IMPORT_DESCRIPTOR *)(base + table->VirtualAddress); row->Name != 0; row++) {
    if (row->OriginalFirstThunk == 0) continue;
    IMAGE_THUNK_DATA *name = (IMAGE_THUNK_DATA *)(base + row->OriginalFirstThunk);
    IMAGE_THUNK_DATA *slot = (IMAGE_THUNK_DATA *)(base + row->FirstThunk);
    for (; name->u1.AddressOfData != 0; name++, slot++) {
      if (IMAGE_SNAP_BY_ORDINAL(name->u1.Ordinal)) continue;
      IMAGE_IMPORT_BY_NAME *wanted = (IMAGE_IMPORT_BY_NAME *)(base + name->u1.AddressOfData);
      if (lstrcmpA((const char *)wanted->Name, "CopyFile2") != 0) continue;
      DWORD before;
      VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &before);
      slot->u1.Function = (ULONGLONG)copy_file_2;
      VirtualProtect(slot, sizeof *slot, before, &before);
    }
  }
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved) {
  if (reason != DLL_PROCESS_ATTACH || GetProcAddress(GetModuleHandleA("kernel32"), "CopyFile2") != NULL) return TRUE;
  HMODULE python = GetModuleHandleA("python313.dll");
  if (python != NULL) mend_imports((BYTE *)python);
  return TRUE;
}
