// SPDX-License-Identifier: MIT
// AVX-512 VNNI on top of AVX-512: products of bytes on 512 bits.

#if defined(__clang__)
#pragma clang attribute push(                                                               \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
#pragma GCC optimize("O2", "fp-contract=off")  // what is fused is written so
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::avx512vnni {

namespace below = avx512;
using namespace below;

inline constexpr InstructionSet instruction_set = InstructionSet::avx512vnni;

inline constexpr std::uint8_t level_offset = 0;

[[gnu::always_inline]] inline Integers add_group_products(Integers sum, Groups x, Groups w) {
  return reinterpret_cast<Integers>(_mm512_dpbusd_epi32(
      reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(w)));
}

#include "edgeopt/kernels/source/byte_groups.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::avx512vnni

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
