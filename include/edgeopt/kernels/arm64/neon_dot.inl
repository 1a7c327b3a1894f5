// SPDX-License-Identifier: MIT
// The dot product on top of NEON. It multiplies s8 only, so levels become s8 less 128.

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#else
#pragma GCC push_options
// Functions of the set below are inlined here, so the region must allow whatever the unit does.
#if defined(__ARM_FEATURE_COMPLEX)  // ARMv8.3, where adding the dot product is enough
#pragma GCC target("+dotprod")
#elif !defined(__ARM_FEATURE_DOTPROD)
// Assemblers know the dot product from ARMv8.2 on only. Naming an architecture takes back what the
// unit has beyond it; so that is added again, with what no macro tells of and nothing here uses.
#define EDGEOPT_DOT_PRAGMA(...) _Pragma(#__VA_ARGS__)
#define EDGEOPT_DOT_TARGET(...) EDGEOPT_DOT_PRAGMA(GCC target(__VA_ARGS__))
// clang-format off
EDGEOPT_DOT_TARGET("arch=armv8.2-a+dotprod+flagm+memtag+predres+profile+rcpc+sb+ssbs"
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_AES, "+aes")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SHA2, "+sha2")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_CRYPTO, "+crypto")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SHA3, "+sha3")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SM4, "+sm4")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_RNG, "+rng")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC, "+fp16")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_FP16_FML, "+fp16fml")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC, "+bf16")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_MATMUL_INT8, "+i8mm")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SVE, "+sve")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SVE_MATMUL_FP32, "+f32mm")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SVE_MATMUL_FP64, "+f64mm")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SVE2, "+sve2")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SVE2_AES, "+sve2-aes")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SVE2_BITPERM, "+sve2-bitperm")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SVE2_SHA3, "+sve2-sha3")
                   EDGEOPT_UNIT_PART(__ARM_FEATURE_SVE2_SM4, "+sve2-sm4"))
// clang-format on
#undef EDGEOPT_DOT_TARGET
#undef EDGEOPT_DOT_PRAGMA
#endif
#pragma GCC optimize("O2", "fp-contract=off")  // what is fused is written so
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::neon_dot {

namespace below = neon;
using namespace below;

inline constexpr InstructionSet instruction_set = InstructionSet::neon_dot;

inline constexpr std::uint8_t level_offset = 128;

[[gnu::always_inline]] inline Integers add_group_products(Integers sum, Groups x, Groups w) {
#if defined(__clang__)
  // Clang 14 hides vdotq_s32 unless the whole unit has the dot product.
  __asm__("sdot %0.4s, %1.16b, %2.16b" : "+w"(sum) : "w"(x), "w"(w));
  return sum;
#else
  return reinterpret_cast<Integers>(vdotq_s32(reinterpret_cast<int32x4_t>(sum),
                                              reinterpret_cast<int8x16_t>(x),
                                              reinterpret_cast<int8x16_t>(w)));
#endif
}

#include "edgeopt/kernels/source/byte_groups.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::neon_dot

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
