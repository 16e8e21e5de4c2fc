/* The C99 complex functions that Wine 8's ucrtbase lists as stubs and NumPy imports.
 *
 * Microsoft's _Dcomplex is a structure of 16 bytes, handed over by address; _Fcomplex is one of 8 bytes, handed over in
 * an integer register; long double is double there. Plain structures have just that form, so GCC's own complex
 * types (whose long double is wider) stay inside. The functions are exported under their right names by ucrtbase.def.
 */
#include <complex.h>

typedef struct { double re, im; } dcomplex;
typedef struct { float re, im; } fcomplex;

static double complex from_d(dcomplex z) { double complex w; __real__ w = z.re; __imag__ w = z.im; return w; }
static double complex from_f(fcomplex z) { double complex w; __real__ w = z.re; __imag__ w = z.im; return w; }
static dcomplex to_d(double complex w) { dcomplex z = {__real__ w, __imag__ w}; return z; }
static fcomplex to_f(double complex w) { fcomplex z = {(float)__real__ w, (float)__imag__ w}; return z; }

#define REAL_VALUED(name)                                              \
  double shim_##name(dcomplex z) { return name(from_d(z)); }           \
  double shim_##name##l(dcomplex z) { return name(from_d(z)); }        \
  float shim_##name##f(fcomplex z) { return (float)name(from_f(z)); }

#define COMPLEX_VALUED(name)                                           \
  dcomplex shim_##name(dcomplex z) { return to_d(name(from_d(z))); }   \
  dcomplex shim_##name##l(dcomplex z) { return to_d(name(from_d(z))); } \
  fcomplex shim_##name##f(fcomplex z) { return to_f(name(from_f(z))); }

REAL_VALUED(creal)
REAL_VALUED(cimag)
REAL_VALUED(cabs)
REAL_VALUED(carg)
COMPLEX_VALUED(cexp)
COMPLEX_VALUED(clog)
COMPLEX_VALUED(csqrt)
COMPLEX_VALUED(csin)
COMPLEX_VALUED(ccos)
COMPLEX_VALUED(ctan)
COMPLEX_VALUED(csinh)
COMPLEX_VALUED(ccosh)
COMPLEX_VALUED(ctanh)

dcomplex shim_cpow(dcomplex x, dcomplex y) { return to_d(cpow(from_d(x), from_d(y))); }
dcomplex shim_cpowl(dcomplex x, dcomplex y) { return to_d(cpow(from_d(x), from_d(y))); }
fcomplex shim_cpowf(fcomplex x, fcomplex y) { return to_f(cpow(from_f(x), from_f(y))); }
