// SPDX-License-Identifier: MIT
// The dot product on top of NEON. It multiplies s8 only, so levels become s8 less 128.

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#else
#pragma GCC push_options
#if !defined(__ARM_FEATURE_DOTPROD)
// Assemblers know the dot product from ARMv8.2 on only. Naming an architecture takes back what the
// unit has beyond it, which functions of the set below were compiled for; so that is added again.
#pragma GCC target("arch=armv8.2-a+dotprod")
#if defined(__ARM_FEATURE_CRYPTO)
#pragma GCC target("+crypto")
#endif
#if defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
#pragma GCC target("+fp16")
#endif
#if defined(__ARM_FEATURE_SVE)
#pragma GCC target("+sve")
#endif
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
