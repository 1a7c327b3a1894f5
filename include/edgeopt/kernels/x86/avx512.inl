// SPDX-License-Identifier: MIT
// AVX-512 with its byte, word, doubleword and short-vector parts: 512-bit vectors, 32 registers.

#if defined(__clang__)
#pragma clang attribute push(                                                    \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")
#pragma GCC optimize("O2", "fp-contract=off")  // what is fused is written so
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::avx512 {

inline constexpr InstructionSet instruction_set = InstructionSet::avx512;
inline constexpr int lanes = 16;

#include "edgeopt/kernels/source/vectors.inl"

// 24 sums, 2 weights and an operand of 32 registers.
template <int Vectors>
inline constexpr int tile_pixels = Vectors == 1 ? 14 : 12;

// The forms without a mask start from an undefined vector, of which GCC 12 warns. With all lanes
// chosen the instruction is the same.
inline constexpr __mmask16 every_lane = 0xffff;

[[gnu::always_inline]] inline Floats broadcast(float value) {
  return _mm512_set1_ps(value);
}
[[gnu::always_inline]] inline Integers broadcast(std::int32_t value) {
  return reinterpret_cast<Integers>(_mm512_set1_epi32(value));
}

[[gnu::always_inline]] inline Floats multiply_add(Floats sum, Floats x, Floats w) {
  return _mm512_fmadd_ps(x, w, sum);
}
[[gnu::always_inline]] inline Floats fused_multiply_add(Floats sum, Floats x, Floats w) {
  return _mm512_fmadd_ps(x, w, sum);
}

[[gnu::always_inline]] inline Integers add_pair_products(Integers sum, Pairs x, Pairs w) {
  return sum + reinterpret_cast<Integers>(
                   _mm512_madd_epi16(reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(w)));
}

[[gnu::always_inline]] inline Integers round_to_even(Floats x) {
  return reinterpret_cast<Integers>(_mm512_maskz_cvtps_epi32(every_lane, x));
}

[[gnu::always_inline]] inline Floats widen(Halves halves) {
  return _mm512_maskz_cvtph_ps(every_lane, reinterpret_cast<__m256i>(halves));
}
[[gnu::always_inline]] inline Halves narrow(Floats x) {
  return reinterpret_cast<Halves>(_mm512_maskz_cvtps_ph(every_lane, x, _MM_FROUND_TO_NEAREST_INT));
}

[[gnu::always_inline]] inline Integers widen(Bytes bytes) {
  return reinterpret_cast<Integers>(
      _mm512_maskz_cvtepu8_epi32(every_lane, reinterpret_cast<__m128i>(bytes)));
}
/// Levels within 0..255.
[[gnu::always_inline]] inline Bytes narrow(Integers levels) {
  return reinterpret_cast<Bytes>(
      _mm512_maskz_cvtepi32_epi8(every_lane, reinterpret_cast<__m512i>(levels)));
}

[[gnu::always_inline]] inline Floats square_root(Floats x) {
  return _mm512_maskz_sqrt_ps(every_lane, x);
}

#include "edgeopt/kernels/source/kernels.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::avx512

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
