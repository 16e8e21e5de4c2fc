/* Foliodesk.exe (window) and foliodesk.com (console): starts the program inside this very process.

   It loads python\python313.dll beside it by its full path and runs `-m ui ARGUMENTS` there, so that the process carries
   our name, icon, version and manifest. No Python headers are needed: Py_Main takes an ordinary command line, and the
   file python313._pth beside the DLL isolates it from the user's environment and registry.

   With CONSOLE defined messages go to standard error, else into a message box. Exit code 3 is machine trouble, as
   everywhere in the program. */

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define MACHINE_TROUBLE 3
#define LONGEST_PATH 32768
#define OLDEST_BUILD 17763 /* Windows 10 1809 */
#define PYTHON_DLL L"python\\python313.dll"
#define REPAIR L"Run the setup file of Foliodesk again; it repairs the installation. Your work is not touched by that."

typedef int (*PyMain)(int, wchar_t **);
typedef LONG(WINAPI *GetVersionNumbers)(OSVERSIONINFOW *);

/* Wildcards in arguments are ours to read, not the C library's: a folder may be named [2024] or have a * typed. */
int _dowildcard = 0;

static const wchar_t *const NEEDED[] = {
    PYTHON_DLL, L"python\\python313._pth", L"python\\Lib\\os.py", L"packages", L"program\\ui\\__main__.py", NULL};

static int trouble(const wchar_t *what, const wchar_t *detail, const wchar_t *remedy) {
    static wchar_t text[LONGEST_PATH + 1024];
    _snwprintf(text, LONGEST_PATH + 1023, L"%ls%ls%ls\n\n%ls", what, detail[0] ? L"\n" : L"", detail, remedy);
#ifdef CONSOLE
    HANDLE out = GetStdHandle(STD_ERROR_HANDLE);
    DWORD mode, written;
    if (GetConsoleMode(out, &mode)) {
        WriteConsoleW(out, text, (DWORD)wcslen(text), &written, NULL);
        WriteConsoleW(out, L"\n", 1, &written, NULL);
    } else if (out && out != INVALID_HANDLE_VALUE) {
        static char bytes[4 * (LONGEST_PATH + 1024)];
        int count = WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes - 1, NULL, NULL);
        if (count > 0) {
            bytes[count - 1] = '\n';
            WriteFile(out, bytes, (DWORD)count, &written, NULL);
        }
    }
#else
    MessageBoxW(NULL, text, L"Foliodesk", MB_OK | MB_ICONERROR | MB_SETFOREGROUND);
#endif
    return MACHINE_TROUBLE;
}

static BOOL is_old_windows(void) {
    OSVERSIONINFOW found = {.dwOSVersionInfoSize = sizeof found};
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    GetVersionNumbers ask = ntdll ? (GetVersionNumbers)(void *)GetProcAddress(ntdll, "RtlGetVersion") : NULL;
    if (!ask || ask(&found) != 0) return FALSE;
    return found.dwMajorVersion < 10 || (found.dwMajorVersion == 10 && found.dwBuildNumber < OLDEST_BUILD);
}

/* Put our own directory, with its last backslash, into `directory`. */
static BOOL own_directory(wchar_t *directory) {
    DWORD length = GetModuleFileNameW(NULL, directory, LONGEST_PATH);
    if (length == 0 || length >= LONGEST_PATH) return FALSE;
    wchar_t *last = wcsrchr(directory, L'\\');
    if (!last) return FALSE;
    last[1] = 0;
    return TRUE;
}

/* A path below `directory`, in the form that has no limit of 260 characters when it is long. */
static const wchar_t *below(const wchar_t *directory, const wchar_t *name, wchar_t *path) {
    BOOL is_long = wcslen(directory) + wcslen(name) >= 248 && wcsncmp(directory, L"\\\\", 2) != 0;
    _snwprintf(path, LONGEST_PATH - 1, L"%ls%ls%ls", is_long ? L"\\\\?\\" : L"", directory, name);
    path[LONGEST_PATH - 1] = 0;
    return path;
}

/* What the setup was told for all starts (/HOME=): a variable that is set already wins. */
static void use_settings(const wchar_t *directory, wchar_t *path) {
    static wchar_t value[LONGEST_PATH];
    if (GetEnvironmentVariableW(L"FOLIODESK_HOME", NULL, 0) > 0) return;
    GetPrivateProfileStringW(L"foliodesk", L"home", L"", value, LONGEST_PATH, below(directory, L"install.ini", path));
    if (value[0]) {
        static wchar_t whole[LONGEST_PATH];
        DWORD length = ExpandEnvironmentStringsW(value, whole, LONGEST_PATH);
        if (length > 0 && length <= LONGEST_PATH) SetEnvironmentVariableW(L"FOLIODESK_HOME", whole);
    }
}

static int start(int count, wchar_t **arguments) {
    static wchar_t directory[LONGEST_PATH], path[LONGEST_PATH];
    if (is_old_windows())
        return trouble(L"Foliodesk needs Windows 10 version 1809 or newer.", L"", L"Please use a newer PC for it, or update Windows.");
    if (!own_directory(directory)) return trouble(L"Foliodesk cannot tell where it is installed.", L"", REPAIR);
    /* While a setup moves directories, and after one that was killed, parts of two versions may lie side by side. */
    if (GetFileAttributesW(below(directory, L"~old", path)) != INVALID_FILE_ATTRIBUTES)
        return trouble(L"A setup of Foliodesk is at work, or was interrupted.", L"", L"Wait until it has ended. " REPAIR);
    for (int i = 0; NEEDED[i]; i++)
        if (GetFileAttributesW(below(directory, NEEDED[i], path)) == INVALID_FILE_ATTRIBUTES)
            return trouble(L"A part of Foliodesk is missing:", path, REPAIR);
    use_settings(directory, path);
    /* Only Windows' own directory and those we name: never the current one. */
    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    /* Python's directory is that of its own programs, not of ours: packages look there for Microsoft's runtime. */
    AddDllDirectory(below(directory, L"python", path));
    HMODULE python = LoadLibraryExW(
        below(directory, PYTHON_DLL, path), NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (!python) {
        wchar_t reason[64];
        _snwprintf(reason, 63, L" (error %lu)", GetLastError());
        wcsncat(path, reason, LONGEST_PATH - wcslen(path) - 1);
        return trouble(L"A part of Foliodesk cannot be loaded:", path, REPAIR);
    }
    PyMain run = (PyMain)(void *)GetProcAddress(python, "Py_Main");
    if (!run) return trouble(L"A part of Foliodesk is damaged:", path, REPAIR);

    /* A worker that multiprocessing starts from this file brings Python's own arguments. */
    BOOL is_worker = count > 1 && wcscmp(arguments[count - 1], L"--multiprocessing-fork") == 0;
    static const wchar_t *const ours[] = {L"-B", L"-X", L"utf8", L"-m", L"ui"};
    int before = is_worker ? 0 : (int)(sizeof ours / sizeof *ours);
    wchar_t **words = calloc((size_t)(count + before + 1), sizeof *words);
    if (!words) return trouble(L"There is not enough memory to start Foliodesk.", L"", L"Close other programs and try again.");
    words[0] = arguments[0];
    for (int i = 0; i < before; i++) words[1 + i] = (wchar_t *)ours[i];
    for (int i = 1; i < count; i++) words[before + i] = arguments[i];
    return run(count + before, words);
}

#ifdef CONSOLE
int wmain(int count, wchar_t **arguments) { return start(count, arguments); }
#else
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE before, wchar_t *line, int show) {
    int count = 0;
    wchar_t **arguments = CommandLineToArgvW(GetCommandLineW(), &count);
    (void)instance, (void)before, (void)line, (void)show;
    if (!arguments) return trouble(L"Foliodesk cannot read how it was called.", L"", REPAIR);
    return start(count, arguments);
}
#endif
