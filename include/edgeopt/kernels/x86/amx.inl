// SPDX-License-Identifier: MIT
// AMX-INT8 on top of AVX-512 VNNI: products of matrices of bytes. The instructions are written as
// assembly, as the intrinsics of GCC 12 do not say that they read and write memory.

#if defined(__clang__)
#pragma clang attribute push(                                                                      \
    __attribute__((                                                                                \
        target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,amx-tile,amx-int8"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,amx-tile,amx-int8")
#pragma GCC optimize("O2", "fp-contract=off")  // what is fused is written so
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::amx {

namespace below = avx512vnni;
using namespace below;

inline constexpr InstructionSet instruction_set = InstructionSet::amx;

template <class Configuration>
[[gnu::always_inline]] inline void configure_tiles(const Configuration& configuration) {
  __asm__ volatile("ldtilecfg %0" : : "m"(configuration) : "memory");
}
[[gnu::always_inline]] inline void release_tiles() {
  __asm__ volatile("tilerelease" : : : "memory");
}

template <int Tile>
[[gnu::always_inline]] inline void zero_tile() {
  __asm__ volatile("tilezero %%tmm%c0" : : "i"(Tile));
}
template <int Tile>
[[gnu::always_inline]] inline void load_tile(const void* from, std::int64_t stride) {
  __asm__ volatile("tileloadd (%1,%2,1), %%tmm%c0"
                   :
                   : "i"(Tile), "r"(from), "r"(stride)
                   : "memory");
}
template <int Tile>
[[gnu::always_inline]] inline void store_tile(void* to, std::int64_t stride) {
  __asm__ volatile("tilestored %%tmm%c0, (%1,%2,1)" : : "i"(Tile), "r"(to), "r"(stride) : "memory");
}
template <int Sums, int Operands, int Weights>
[[gnu::always_inline]] inline void add_tile_products() {
  __asm__ volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0"
                   :
                   : "i"(Sums), "i"(Operands), "i"(Weights));
}

#include "edgeopt/kernels/source/byte_tiles.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::amx

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
