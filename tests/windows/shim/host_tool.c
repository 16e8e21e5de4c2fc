/* Has the host run the tool that this program is named after, with its arguments and in its directory.
 *
 * Wine gives no handle to wait for when a Windows program starts one of the host's own, so the wish is left in a
 * directory (HOST_TOOLS) where the host's side looks for it: tests/windows/run_build.py.
 */
#include <stdio.h>
#include <windows.h>

#define LONGEST 32768

static wchar_t place[LONGEST], own[LONGEST];

static const wchar_t *named(wchar_t *path, const wchar_t *ending) {
  swprintf(path, LONGEST, L"%ls\\%lu.%ls", place, GetCurrentProcessId(), ending);
  return path;
}

static void put(FILE *out, const wchar_t *word) {
  static char utf8[4 * LONGEST];
  int bytes = WideCharToMultiByte(CP_UTF8, 0, word, -1, utf8, sizeof utf8, NULL, NULL);
  fwrite(utf8, 1, (size_t)bytes, out); /* with the zero at its end */
}

static void pass_on(const wchar_t *path, DWORD stream) {
  static char block[65536];
  FILE *in = _wfopen(path, L"rb");
  size_t got;
  DWORD written;
  if (in == NULL) return;
  while ((got = fread(block, 1, sizeof block, in)) > 0) WriteFile(GetStdHandle(stream), block, (DWORD)got, &written, NULL);
  fclose(in);
}

int wmain(int argc, wchar_t **argv) {
  static wchar_t part[LONGEST], wish[LONGEST], path[LONGEST], here[LONGEST];
  int code = 125;
  if (GetEnvironmentVariableW(L"HOST_TOOLS", place, LONGEST) == 0) return code;
  FILE *out = _wfopen(named(part, L"part"), L"wb");
  if (out == NULL) return code;
  GetCurrentDirectoryW(LONGEST, here);
  GetModuleFileNameW(NULL, own, LONGEST);
  put(out, here);
  put(out, own);
  for (int i = 1; i < argc; i++) put(out, argv[i]);
  fclose(out);
  MoveFileW(part, named(wish, L"wish"));
  while (GetFileAttributesW(named(path, L"code")) == INVALID_FILE_ATTRIBUTES) Sleep(20);
  FILE *told = _wfopen(path, L"rb");
  if (told != NULL) {
    if (fscanf(told, "%d", &code) != 1) code = 125;
    fclose(told);
  }
  pass_on(named(path, L"out"), STD_OUTPUT_HANDLE);
  pass_on(named(path, L"err"), STD_ERROR_HANDLE);
  return code;
}
