// refused with: -ffast-math
#ifdef MISUSE
#define __FAST_MATH__ 1  // what that option defines
#endif
#include "edgeopt/quantization.hpp"
