// SPDX-License-Identifier: MIT
// AVX-VNNI on top of AVX2: products of bytes on 256 bits.

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avxvnni")
#pragma GCC optimize("O2", "fp-contract=off")  // what is fused is written so
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::avxvnni {

namespace below = avx2;
using namespace below;

inline constexpr InstructionSet instruction_set = InstructionSet::avxvnni;

inline constexpr std::uint8_t level_offset = 0;

[[gnu::always_inline]] inline Integers add_group_products(Integers sum, Groups x, Groups w) {
  return reinterpret_cast<Integers>(_mm256_dpbusd_avx_epi32(
      reinterpret_cast<__m256i>(sum), reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(w)));
}

#include "edgeopt/kernels/source/byte_groups.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::avxvnni

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
