/* Keeps a Wine session alive, as a logged-on user does, until its standard input ends.
 *
 * Wine starts its desktop (explorer.exe) and COM services from within the first program that needs them; they then keep that
 * program's inherited pipes open, and whoever waits for the end of its output waits for ever. This program comes first.
 */
#define COBJMACROS
#include <windows.h>
#include <wbemidl.h>
#include <stdio.h>

int main(void) {
  IUnknown *locator = NULL;
  char byte;
  DWORD got;
  GetDesktopWindow();
  CreateWindowA("STATIC", "session", 0, 0, 0, 1, 1, NULL, NULL, NULL, NULL);
  CoInitializeEx(NULL, COINIT_APARTMENTTHREADED);
  CoCreateInstance(&CLSID_WbemLocator, NULL, CLSCTX_INPROC_SERVER, &IID_IWbemLocator, (void **)&locator);
  puts("ready");
  fflush(stdout);
  while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &got, NULL) && got > 0) {}
  return 0;
}
