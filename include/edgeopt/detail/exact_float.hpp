// SPDX-License-Identifier: MIT
/// @file
/// Floating-point arithmetic whose bits do not depend on the compiler or its options.
///
/// Single operations on floats are exact by IEEE 754 in the default rounding mode, which this
/// library assumes and never changes. What a compiler may still do is contract a product and the
/// sum it enters into one fused operation; `rounded` forbids that where it would matter, and
/// `std::fma` asks for it where it is wanted. Options that let a compiler change results are
/// refused.
#pragma once

#include <cfloat>  // FLT_EVAL_METHOD

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || \
    (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "edgeopt promises bits here that -ffast-math and its parts do not keep"
#endif

namespace edgeopt::inline v0::detail {

static_assert(FLT_EVAL_METHOD == 0, "float operations have to round to float");

/// The value itself, rounded to its type before anything else is done with it: a product in here is
/// not fused with a sum out there.
[[nodiscard]] inline float rounded(float value) noexcept {
#if defined(__GNUC__) && defined(__x86_64__)
  asm("" : "+x"(value));
#elif defined(__GNUC__) && defined(__aarch64__)
  asm("" : "+w"(value));
#else
  volatile float stored = value;
  value = stored;
#endif
  return value;
}

/// The nearest integer, halves to even. Adding and taking away 2^23 leaves no room for a fraction;
/// from there on every float is an integer. Unlike std::nearbyint no call without SSE4.1.
[[nodiscard]] inline float round_half_even(float value) noexcept {
  constexpr float no_fraction = 0x1p23F;
  value = rounded(value);
  if (value >= 0 && value < no_fraction) return (value + no_fraction) - no_fraction;
  if (value < 0 && value > -no_fraction) return (value - no_fraction) + no_fraction;
  return value;
}

/// NaN becomes `low`.
[[nodiscard]] constexpr float clamp(float value, float low, float high) noexcept {
  return value > low ? (value < high ? value : high) : low;
}

}  // namespace edgeopt::inline v0::detail
