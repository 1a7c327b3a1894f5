// SPDX-License-Identifier: MIT
// AVX2 with FMA and F16C: 256-bit vectors, 16 registers.

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#pragma GCC optimize("O2", "fp-contract=off")  // what is fused is written so
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::avx2 {

inline constexpr InstructionSet instruction_set = InstructionSet::avx2;
inline constexpr int lanes = 8;

#include "edgeopt/kernels/source/vectors.inl"

// 12 sums, 2 weights and an operand; two multiply-adds a cycle need 8 sums under way.
template <int Vectors>
inline constexpr int tile_pixels = Vectors == 1 ? 8 : 6;

[[gnu::always_inline]] inline Floats broadcast(float value) {
  return _mm256_set1_ps(value);
}
[[gnu::always_inline]] inline Integers broadcast(std::int32_t value) {
  return reinterpret_cast<Integers>(_mm256_set1_epi32(value));
}

[[gnu::always_inline]] inline Floats multiply_add(Floats sum, Floats x, Floats w) {
  return _mm256_fmadd_ps(x, w, sum);
}
[[gnu::always_inline]] inline Floats fused_multiply_add(Floats sum, Floats x, Floats w) {
  return _mm256_fmadd_ps(x, w, sum);
}

[[gnu::always_inline]] inline Integers add_pair_products(Integers sum, Pairs x, Pairs w) {
  return sum + reinterpret_cast<Integers>(
                   _mm256_madd_epi16(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(w)));
}

[[gnu::always_inline]] inline Integers round_to_even(Floats x) {
  return reinterpret_cast<Integers>(_mm256_cvtps_epi32(x));
}

[[gnu::always_inline]] inline Floats widen(Halves halves) {
  return _mm256_cvtph_ps(reinterpret_cast<__m128i>(halves));
}
[[gnu::always_inline]] inline Halves narrow(Floats x) {
  return reinterpret_cast<Halves>(_mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
}

[[gnu::always_inline]] inline Integers widen(Bytes bytes) {
  return reinterpret_cast<Integers>(
      _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(&bytes))));
}
/// Levels within 0..255.
[[gnu::always_inline]] inline Bytes narrow(Integers levels) {
  const __m256i all = reinterpret_cast<__m256i>(levels);
  const __m128i words =
      _mm_packus_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  const __m128i bytes = _mm_packus_epi16(words, words);
  return load<Bytes>(&bytes);
}

[[gnu::always_inline]] inline Floats square_root(Floats x) {
  return _mm256_sqrt_ps(x);
}

#include "edgeopt/kernels/source/kernels.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::avx2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
