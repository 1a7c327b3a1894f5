// SPDX-License-Identifier: MIT
// Defines EDGEOPT_KERNEL_UNIT, a name that tells apart units of a program whose options let the
// compiler generate different code for the same function: unit_<vectors>_<others>. unit_end.inl
// takes all macros back.

// The widest vectors; each of these brings along those named after it.
#if defined(__x86_64__)
#if defined(__AVX512F__)
#define EDGEOPT_UNIT_VECTORS avx512
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
#elif defined(__ARM_FEATURE_SVE2)
#define EDGEOPT_UNIT_VECTORS sve2
#elif defined(__ARM_FEATURE_SVE)
#define EDGEOPT_UNIT_VECTORS sve
#else
#define EDGEOPT_UNIT_VECTORS neon
#endif

// Bits of SVE's vectors, where the unit is compiled for one width.
#if defined(__ARM_FEATURE_SVE_BITS) && __ARM_FEATURE_SVE_BITS
#define EDGEOPT_UNIT_WIDTH __ARM_FEATURE_SVE_BITS
#else
#define EDGEOPT_UNIT_WIDTH
#endif

// EDGEOPT_UNIT_PART(macro, part): `part` where the compiler has defined the macro as 1, as it does
// for what the options allow; otherwise nothing.
#define EDGEOPT_UNIT_IS_1 ,
#define EDGEOPT_UNIT_SECOND(first, second, ...) second
#define EDGEOPT_UNIT_PICK(...) EDGEOPT_UNIT_SECOND(__VA_ARGS__)
#define EDGEOPT_UNIT_PART_NOW(value, part) EDGEOPT_UNIT_PICK(EDGEOPT_UNIT_IS_##value part, , )
#define EDGEOPT_UNIT_PART(macro, part) EDGEOPT_UNIT_PART_NOW(macro, part)

// What compilers use by themselves in code like that of the kernels; each architecture lacks the
// other's macros. The last one is no instruction set: a unit without optimisation shall not slow
// down the others.
#define EDGEOPT_UNIT_JOIN_NOW(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, \
                              x)                                                                   \
  unit_##a##b##c##d##e##f##g##h##i##j##k##l##m##n##o##p##q##r##s##t##u##v##w##x
#define EDGEOPT_UNIT_JOIN(...) EDGEOPT_UNIT_JOIN_NOW(__VA_ARGS__)
// clang-format off
#define EDGEOPT_KERNEL_UNIT                                                         \
  EDGEOPT_UNIT_JOIN(EDGEOPT_UNIT_VECTORS, EDGEOPT_UNIT_WIDTH,                       \
                    EDGEOPT_UNIT_PART(__AVX512BW__, bw),                            \
                    EDGEOPT_UNIT_PART(__AVX512DQ__, dq),                            \
                    EDGEOPT_UNIT_PART(__AVX512VL__, vl),                            \
                    EDGEOPT_UNIT_PART(__AVX512VBMI__, _vbmi),                       \
                    EDGEOPT_UNIT_PART(__AVX512VBMI2__, _vbmi2),                     \
                    EDGEOPT_UNIT_PART(__AVX512VNNI__, _vnni),                       \
                    EDGEOPT_UNIT_PART(__AVXVNNI__, _avxvnni),                       \
                    EDGEOPT_UNIT_PART(__AVX512FP16__, _fp16),                       \
                    EDGEOPT_UNIT_PART(__GFNI__, _gfni),                             \
                    EDGEOPT_UNIT_PART(__FMA__, _fma),                               \
                    EDGEOPT_UNIT_PART(__FMA4__, _fma4),                             \
                    EDGEOPT_UNIT_PART(__XOP__, _xop),                               \
                    EDGEOPT_UNIT_PART(__F16C__, _half),                             \
                    EDGEOPT_UNIT_PART(__BMI__, _bmi),                               \
                    EDGEOPT_UNIT_PART(__BMI2__, _bmi2),                             \
                    EDGEOPT_UNIT_PART(__APX_F__, _apx),                             \
                    EDGEOPT_UNIT_PART(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC, _half), \
                    EDGEOPT_UNIT_PART(__ARM_FEATURE_DOTPROD, _dot),                 \
                    EDGEOPT_UNIT_PART(__ARM_FEATURE_MATMUL_INT8, _i8mm),            \
                    EDGEOPT_UNIT_PART(__ARM_FEATURE_COMPLEX, _complex),             \
                    EDGEOPT_UNIT_PART(__ARM_FEATURE_SHA3, _sha3),                   \
                    EDGEOPT_UNIT_PART(__OPTIMIZE__, _optimized))
// clang-format on
