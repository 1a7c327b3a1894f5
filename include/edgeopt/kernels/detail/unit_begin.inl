// SPDX-License-Identifier: MIT
// Defines EDGEOPT_KERNEL_UNIT, a name that tells apart units of a program whose options let the
// compiler generate different code for the same function: unit_<vectors>_<others>. unit_end.inl
// takes all macros back.

#if defined(__x86_64__)
#if defined(__AVX512VNNI__)
#define EDGEOPT_UNIT_VECTORS avx512vnni
#elif defined(__AVX512BW__) && defined(__AVX512VL__)
#define EDGEOPT_UNIT_VECTORS avx512bwvl
#elif defined(__AVX512F__)
#define EDGEOPT_UNIT_VECTORS avx512f
#elif defined(__AVX2__)
#define EDGEOPT_UNIT_VECTORS avx2
#elif defined(__AVX__)
#define EDGEOPT_UNIT_VECTORS avx
#elif defined(__SSE4_2__)
#define EDGEOPT_UNIT_VECTORS sse4_2
#elif defined(__SSE4_1__)
#define EDGEOPT_UNIT_VECTORS sse4_1
#elif defined(__SSSE3__)
#define EDGEOPT_UNIT_VECTORS ssse3
#elif defined(__SSE3__)
#define EDGEOPT_UNIT_VECTORS sse3
#else
#define EDGEOPT_UNIT_VECTORS sse2
#endif
#elif defined(__ARM_FEATURE_SVE)
#define EDGEOPT_UNIT_VECTORS sve
#else
#define EDGEOPT_UNIT_VECTORS neon
#endif

#if defined(__FMA__)
#define EDGEOPT_UNIT_FMA _fma
#else
#define EDGEOPT_UNIT_FMA
#endif

#if defined(__F16C__) || defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
#define EDGEOPT_UNIT_HALF _half
#else
#define EDGEOPT_UNIT_HALF
#endif

#if defined(__BMI2__)
#define EDGEOPT_UNIT_BITS _bmi2
#elif defined(__BMI__)
#define EDGEOPT_UNIT_BITS _bmi
#else
#define EDGEOPT_UNIT_BITS
#endif

#if defined(__ARM_FEATURE_DOTPROD) || defined(__AVXVNNI__)
#define EDGEOPT_UNIT_DOT _dot
#else
#define EDGEOPT_UNIT_DOT
#endif

// A unit without optimisation shall not slow down the others.
#if defined(__OPTIMIZE__)
#define EDGEOPT_UNIT_SPEED _optimized
#else
#define EDGEOPT_UNIT_SPEED
#endif

#define EDGEOPT_UNIT_JOIN_NOW(vectors, fma, half, bits, dot, speed) \
  unit_##vectors##fma##half##bits##dot##speed
#define EDGEOPT_UNIT_JOIN(vectors, fma, half, bits, dot, speed) \
  EDGEOPT_UNIT_JOIN_NOW(vectors, fma, half, bits, dot, speed)
#define EDGEOPT_KERNEL_UNIT                                                                       \
  EDGEOPT_UNIT_JOIN(EDGEOPT_UNIT_VECTORS, EDGEOPT_UNIT_FMA, EDGEOPT_UNIT_HALF, EDGEOPT_UNIT_BITS, \
                    EDGEOPT_UNIT_DOT, EDGEOPT_UNIT_SPEED)
