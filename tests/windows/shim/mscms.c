/* Two colour profile functions that abort in Wine 8 and that Qt's windows platform plugin calls: no profile, no fault. */
#include <windows.h>

HANDLE WINAPI shim_WcsOpenColorProfileW(void *cdmp, void *camp, void *gmmp, DWORD access, DWORD share, DWORD mode, DWORD flags) {
  return NULL;
}

HANDLE WINAPI shim_WcsCreateIccProfile(HANDLE profile, DWORD options) {
  return NULL;
}
