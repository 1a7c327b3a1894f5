// SPDX-License-Identifier: MIT
// The primitives of an instruction set with any number of lanes, as plain loops.

template <int Vectors>
inline constexpr int tile_pixels = lanes == 16    ? 14
                                   : Vectors == 1 ? 8
                                                  : 6;

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
inline Floats multiply_add(Floats sum, Floats x, Floats w) {
  return fused_multiply_add(sum, x, w);
}

inline Integers add_pair_products(Integers sum, Pairs x, Pairs w) {
  for (int lane = 0; lane < lanes; ++lane)
    for (int i = 2 * lane; i < 2 * lane + 2; ++i) sum[lane] += x[i] * w[i];
  return sum;
}

inline Integers round_to_even(Floats x) {
  Integers result = {};
  for (int lane = 0; lane < lanes; ++lane)
    result[lane] = static_cast<std::int32_t>(__builtin_rintf(x[lane]));
  return result;
}

inline Floats square_root(Floats x) {
  for (int lane = 0; lane < lanes; ++lane) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
}

inline Floats widen(Halves halves) {
  return widen_by_bits(halves);
}
inline Halves narrow(Floats x) {
  return narrow_by_bits(x);
}
inline Integers widen(Bytes bytes) {
  return __builtin_convertvector(bytes, Integers);
}
inline Bytes narrow(Integers levels) {
  return __builtin_convertvector(levels, Bytes);
}
