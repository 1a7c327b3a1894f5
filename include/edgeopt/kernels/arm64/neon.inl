// SPDX-License-Identifier: MIT
// NEON: what every arm64 processor has. 128-bit vectors, 32 registers, fused multiply-add and
// conversion of halves.

#if !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("O2", "fp-contract=off")  // what is fused is written so
#endif

namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::neon {

inline constexpr InstructionSet instruction_set = InstructionSet::neon;
inline constexpr int lanes = 4;

#include "edgeopt/kernels/source/vectors.inl"

template <int Vectors>
inline constexpr int tile_pixels = 8;

[[gnu::always_inline]] inline Floats broadcast(float value) {
  return reinterpret_cast<Floats>(vdupq_n_f32(value));
}
[[gnu::always_inline]] inline Integers broadcast(std::int32_t value) {
  return reinterpret_cast<Integers>(vdupq_n_s32(value));
}

[[gnu::always_inline]] inline Floats fused_multiply_add(Floats sum, Floats x, Floats w) {
  return reinterpret_cast<Floats>(vfmaq_f32(reinterpret_cast<float32x4_t>(sum),
                                            reinterpret_cast<float32x4_t>(x),
                                            reinterpret_cast<float32x4_t>(w)));
}
[[gnu::always_inline]] inline Floats multiply_add(Floats sum, Floats x, Floats w) {
  return fused_multiply_add(sum, x, w);
}

[[gnu::always_inline]] inline Integers add_pair_products(Integers sum, Pairs x, Pairs w) {
  const int16x8_t a = reinterpret_cast<int16x8_t>(x);
  const int16x8_t b = reinterpret_cast<int16x8_t>(w);
  const int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
  const int32x4_t high = vmull_high_s16(a, b);
  return sum + reinterpret_cast<Integers>(vpaddq_s32(low, high));
}

[[gnu::always_inline]] inline Integers round_to_even(Floats x) {
  return reinterpret_cast<Integers>(vcvtnq_s32_f32(reinterpret_cast<float32x4_t>(x)));
}

[[gnu::always_inline]] inline Floats widen(Halves halves) {
  return reinterpret_cast<Floats>(vcvt_f32_f16(reinterpret_cast<float16x4_t>(halves)));
}
[[gnu::always_inline]] inline Halves narrow(Floats x) {
  return reinterpret_cast<Halves>(vcvt_f16_f32(reinterpret_cast<float32x4_t>(x)));
}

[[gnu::always_inline]] inline Integers widen(Bytes bytes) {
  std::uint32_t four;
  __builtin_memcpy(&four, &bytes, sizeof four);
  const uint8x8_t eight = vreinterpret_u8_u32(vdup_n_u32(four));
  return reinterpret_cast<Integers>(vmovl_u16(vget_low_u16(vmovl_u8(eight))));
}
/// Levels within 0..255.
[[gnu::always_inline]] inline Bytes narrow(Integers levels) {
  return __builtin_convertvector(levels, Bytes);
}

[[gnu::always_inline]] inline Floats square_root(Floats x) {
  return reinterpret_cast<Floats>(vsqrtq_f32(reinterpret_cast<float32x4_t>(x)));
}

#include "edgeopt/kernels/source/kernels.inl"

}  // namespace edgeopt::inline v0::kernels::inline EDGEOPT_KERNEL_UNIT::neon

#if !defined(__clang__)
#pragma GCC pop_options
#endif
