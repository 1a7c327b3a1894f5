// SPDX-License-Identifier: MIT
// The source of all operations for vectors of 16 lanes that no instruction of this machine need
// know: the primitives are plain loops. What depends on the number of lanes (remainders, packing,
// tiles) is thus tested on machines without AVX-512; the file of the instruction set itself is not.
#pragma once

#include "edgeopt/kernels/kernels.hpp"

namespace edgeopt::inline v0::kernels::emulated {

inline constexpr InstructionSet instruction_set = InstructionSet::avx512;
inline constexpr int lanes = 16;

#include "edgeopt/kernels/source/vectors.inl"

template <int Vectors>
inline constexpr int tile_pixels = 5 - Vectors;  // few, as each costs time to compile

inline Floats broadcast(float value) {
  return Floats{} + value;
}
inline Integers broadcast(std::int32_t value) {
  return Integers{} + value;
}

inline Floats fused_multiply_add(Floats sum, Floats x, Floats w) {
  for (int lane = 0; lane < lanes; ++lane) sum[lane] = __builtin_fmaf(x[lane], w[lane], sum[lane]);
  return sum;
}
/// In float layers an operation is fused or not; their bounds allow both.
inline Floats multiply_add(Floats sum, Floats x, Floats w) {
  const Floats product = x * w;
  return sum + product;
}

inline Integers add_pair_products(Integers sum, Pairs x, Pairs w) {
  for (int lane = 0; lane < lanes; ++lane)
    sum[lane] += x[2 * lane] * w[2 * lane] + x[2 * lane + 1] * w[2 * lane + 1];
  return sum;
}

inline Integers round_to_even(Floats x) {
  Integers rounded;
  for (int lane = 0; lane < lanes; ++lane)
    rounded[lane] = static_cast<std::int32_t>(__builtin_nearbyintf(x[lane]));
  return rounded;
}

inline Floats widen(Halves halves) {
  return widen_by_bits(halves);
}
inline Halves narrow(Floats x) {
  return narrow_by_bits(x);
}
inline Bytes narrow(Integers levels) {
  return __builtin_convertvector(levels, Bytes);
}

inline Floats square_root(Floats x) {
  for (int lane = 0; lane < lanes; ++lane) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
}

#include "edgeopt/kernels/source/kernels.inl"

}  // namespace edgeopt::inline v0::kernels::emulated
