// SPDX-License-Identifier: MIT
/// @file
/// IEEE 754 binary16 ("half"), held as its bits in `std::uint16_t`: conversion from and to binary32
/// by integer arithmetic, the same bits on every machine, usable in constant expressions.
///
/// A half has a sign, 5 bits of exponent (bias 15) and 10 of fraction; its subnormals are multiples
/// of 2^-24 and its largest number is 65504. See IEEE 754-2019, sections 3.4 and 4.3.1.
#pragma once

#include <bit>  // std::bit_cast
#include <cstdint>

namespace edgeopt::inline v0 {

namespace detail {

/// value / 2^shift, rounded to the nearest integer, halves to even; shift >= 1.
[[nodiscard]] constexpr std::uint32_t shift_right_to_even(std::uint32_t value, int shift) noexcept {
  const std::uint32_t almost_half = (std::uint32_t{1} << (shift - 1)) - 1;
  const std::uint32_t odd = (value >> shift) & 1;
  return (value + almost_half + odd) >> shift;
}

}  // namespace detail

/// The half nearest to a float, halves to even. Numbers from 65520 on become infinite; below 2^-14
/// the result is subnormal or zero. A NaN stays a (quiet) NaN of the same sign.
[[nodiscard]] constexpr std::uint16_t half_from_float(float value) noexcept {
  constexpr std::uint32_t infinity = 0x7f800000;         // of binary32
  constexpr std::uint32_t overflow = 0x47800000;         // 2^16
  constexpr std::uint32_t smallest_normal = 0x38800000;  // 2^-14
  constexpr std::uint32_t rebias = (127 - 15) << 23;

  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000;
  const std::uint32_t magnitude = bits & 0x7fffffff;

  std::uint32_t half = 0;
  if (magnitude > infinity) {
    half = 0x7e00 | ((magnitude >> 13) & 0x3ff);  // the upper bits of the payload are kept
  } else if (magnitude >= overflow) {
    half = 0x7c00;
  } else if (magnitude >= smallest_normal) {
    // Rounding up may carry into the exponent, which is right, up to infinity.
    half = detail::shift_right_to_even(magnitude - rebias, 13);
  } else if (const auto exponent = static_cast<int>(magnitude >> 23); exponent >= 127 - 25) {
    // significand * 2^(exponent - 150) as a multiple of 2^-24; below 2^-25 all round to zero.
    const std::uint32_t significand = (magnitude & 0x7fffff) | 0x800000;
    half = detail::shift_right_to_even(significand, 126 - exponent);
  }
  return static_cast<std::uint16_t>(sign | half);
}

/// The value of a half; exact, as every half is a float. A NaN keeps its sign and payload.
[[nodiscard]] constexpr float float_from_half(std::uint16_t half) noexcept {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1f;
  const std::uint32_t fraction = half & 0x3ff;

  std::uint32_t magnitude = 0;
  if (exponent == 0)
    magnitude = std::bit_cast<std::uint32_t>(static_cast<float>(fraction) * 0x1p-24f);
  else if (exponent == 0x1f)
    magnitude = 0x7f800000 | (fraction << 13);
  else
    magnitude = ((exponent + 127 - 15) << 23) | (fraction << 13);
  return std::bit_cast<float>(sign | magnitude);
}

}  // namespace edgeopt::inline v0
