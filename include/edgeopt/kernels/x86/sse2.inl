// SPDX-License-Identifier: MIT
// SSE2: what every x86-64 processor has. No fused multiply-add, no conversion of halves.

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("sse2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC optimize("O2", "fp-contract=off")  // the same bits when the unit itself has FMA
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::sse2 {

inline constexpr InstructionSet instruction_set = InstructionSet::sse2;
inline constexpr int lanes = 4;

#include "edgeopt/kernels/source/vectors.inl"

// 16 registers: 12 sums, 2 weights, an operand and a product.
template <int Vectors>
inline constexpr int tile_pixels = Vectors == 1 ? 8 : 6;

[[gnu::always_inline]] inline Floats broadcast(float value) {
  return _mm_set1_ps(value);
}
[[gnu::always_inline]] inline Integers broadcast(std::int32_t value) {
  return reinterpret_cast<Integers>(_mm_set1_epi32(value));
}

[[gnu::always_inline]] inline Floats multiply_add(Floats sum, Floats x, Floats w) {
  const Floats product = x * w;
  return sum + product;
}

/// Fused by definition: there is no such instruction, so the mathematical library does it.
[[gnu::always_inline]] inline Floats fused_multiply_add(Floats sum, Floats x, Floats w) {
  for (int lane = 0; lane < lanes; ++lane) sum[lane] = __builtin_fmaf(x[lane], w[lane], sum[lane]);
  return sum;
}

[[gnu::always_inline]] inline Integers add_pair_products(Integers sum, Pairs x, Pairs w) {
  return sum + reinterpret_cast<Integers>(
                   _mm_madd_epi16(reinterpret_cast<__m128i>(x), reinterpret_cast<__m128i>(w)));
}

[[gnu::always_inline]] inline Integers round_to_even(Floats x) {
  return reinterpret_cast<Integers>(_mm_cvtps_epi32(x));
}

[[gnu::always_inline]] inline Floats widen(Halves halves) {
  return widen_by_bits(halves);
}
[[gnu::always_inline]] inline Halves narrow(Floats x) {
  return narrow_by_bits(x);
}

[[gnu::always_inline]] inline Integers widen(Bytes bytes) {
  std::int32_t four;
  __builtin_memcpy(&four, &bytes, sizeof four);
  const __m128i zero = _mm_setzero_si128();
  const __m128i words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero);
  return reinterpret_cast<Integers>(_mm_unpacklo_epi16(words, zero));
}
/// Levels within 0..255.
[[gnu::always_inline]] inline Bytes narrow(Integers levels) {
  const __m128i words = _mm_packs_epi32(reinterpret_cast<__m128i>(levels), _mm_setzero_si128());
  const __m128i bytes = _mm_packus_epi16(words, words);
  return load<Bytes>(&bytes);
}

[[gnu::always_inline]] inline Floats square_root(Floats x) {
  return _mm_sqrt_ps(x);
}

#include "edgeopt/kernels/source/kernels.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::sse2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
