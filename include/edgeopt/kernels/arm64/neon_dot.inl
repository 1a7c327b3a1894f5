// SPDX-License-Identifier: MIT
// The dot product on top of NEON. It multiplies s8 only, so levels become s8 less 128.

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("+dotprod")
#pragma GCC optimize("fp-contract=off")  // what is fused is written so
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::neon_dot {

namespace below = neon;
using namespace below;

inline constexpr InstructionSet instruction_set = InstructionSet::neon_dot;

inline constexpr std::uint8_t level_offset = 128;

/// Clang 14 hides `vdotq_s32` unless the whole unit has the dot product.
[[gnu::always_inline]] inline Integers add_group_products(Integers sum, Groups x, Groups w) {
  __asm__("sdot %0.4s, %1.16b, %2.16b" : "+w"(sum) : "w"(x), "w"(w));
  return sum;
}

#include "edgeopt/kernels/source/byte_groups.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::neon_dot

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
