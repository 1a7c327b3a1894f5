// Arrays that every format has to hold.
#pragma once

#include <cstdint>
#include <vector>

#include "edgeopt/array.hpp"

/// One array of every element type; scalars, empty arrays and several ranks among them. Ordered as
/// safetensors orders them: wide elements first, then by name.
inline std::vector<edgeopt::NamedArray> arrays_of_all_kinds() {
  using edgeopt::Array;
  const std::vector<double> f64{0.1, -0.0};
  const std::vector<std::int64_t> s64{-1, INT64_MAX, INT64_MIN, 7};
  const std::vector<float> f32{1.5F, -2, 1e-45F, 3.4e38F, 5, 6};
  const std::vector<std::int32_t> s32{-7};
  const std::vector<std::uint16_t> f16{0x3c00, 0xfbff, 0x0001};
  const std::vector<std::int8_t> s8{-128, 127};
  const std::vector<std::uint8_t> u8{0, 255, 128};
  return {{"classifier.bias", Array::of<double>({2}, f64)},
          {"s64", Array::of<std::int64_t>({2, 2}, s64)},
          {"conv1.weight", Array::of<float>({1, 2, 3}, f32)},
          {"empty", Array::of<float>({0, 3}, {})},
          {"scalar", Array::of<std::int32_t>({}, s32)},
          {"half", Array::of<std::uint16_t>({3, 1}, f16)},
          {"s8", Array::of<std::int8_t>({2}, s8)},
          {"u8", Array::of<std::uint8_t>({1, 1, 1, 3}, u8)}};
}
