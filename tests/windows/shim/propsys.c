/* VariantToString, which Wine 8's propsys lacks and CPython's _wmi (platform.platform) calls. */
#define COBJMACROS
#include <windows.h>
#include <oleauto.h>

HRESULT WINAPI shim_VariantToString(const VARIANT *value, wchar_t *text, UINT room) {
  VARIANT as_text;
  VariantInit(&as_text);
  if (room == 0) return E_INVALIDARG;
  HRESULT result = VariantChangeTypeEx(&as_text, (VARIANT *)value, LOCALE_INVARIANT, VARIANT_ALPHABOOL, VT_BSTR);
  if (FAILED(result)) return result;
  UINT length = SysStringLen(as_text.bstrVal);
  if (length >= room) {
    result = E_OUTOFMEMORY;
    length = room - 1;
  }
  for (UINT i = 0; i < length; i++) text[i] = as_text.bstrVal[i];
  text[length] = 0;
  VariantClear(&as_text);
  return result;
}
