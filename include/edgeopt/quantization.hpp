// SPDX-License-Identifier: MIT
/// @file
/// The arithmetic of int8 inference, one number at a time: u8 activations with a scale and a zero
/// point, s8 weights with a scale, s32 sums.
///
/// The rules are those of FBGEMM (https://github.com/pytorch/FBGEMM) and QNNPACK
/// (https://github.com/pytorch/QNNPACK) as PyTorch uses them; given the same scales every integer
/// is the same. Formulas are numbered from (1) to (10) and referred to by these numbers elsewhere.
/// All operations are in float, each rounded by itself unless std::fma is written; "rne" is
/// rounding to the nearest integer, halves to even. Results are bit-identical for any compiler and
/// option.
#pragma once

#include <cmath>  // std::fma
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "edgeopt/detail/exact_float.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/text.hpp"  // format_real

namespace edgeopt::inline v0 {

/// What the integers of a tensor stand for: x = (q - zero_point) * scale.
struct QuantizationParameters {
  float scale = 1;              ///< > 0
  std::int32_t zero_point = 0;  ///< 0..255 for u8 activations, 0 for weights

  friend bool operator==(const QuantizationParameters&, const QuantizationParameters&) = default;
};

/// Scales below this are not used: a tensor of zeros gets it.
inline constexpr float smallest_scale = 0x1p-23F;

/// An interval of real numbers.
struct ValueRange {
  float min = 0;
  float max = 0;

  friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

/// Over how many of the 256 levels the range of an activation is spread: fbgemm leaves one bit
/// unused, for processors that would overflow 16-bit partial sums.
enum class ActivationLevels : std::uint8_t { seven_bits, eight_bits };

[[nodiscard]] constexpr ActivationLevels activation_levels(QuantizationBackend backend) noexcept {
  return backend == QuantizationBackend::fbgemm ? ActivationLevels::seven_bits
                                                : ActivationLevels::eight_bits;
}

/// What the clamp of a layer's output includes.
enum class OutputActivation : std::uint8_t { none, relu };

namespace detail {

/// @throws DomainError when the value is NaN or infinite
inline void require_finite(float value, const char* name) {
  constexpr float largest = std::numeric_limits<float>::max();
  if (!(value >= -largest && value <= largest))
    throw DomainError(name, format_real(double{value}), "a finite number");
}

}  // namespace detail

/// @throws DomainError unless the scale is a positive finite number whose reciprocal is finite, and
///   the zero point in 0..255; `activation` is named in the message
inline void require_valid(QuantizationParameters parameters, const std::string& activation) {
  constexpr float largest = std::numeric_limits<float>::max();
  const float scale = parameters.scale;
  if (!(scale > 0 && scale <= largest && 1 / scale <= largest))
    throw DomainError("scale of activation '" + activation + "'", format_real(double{scale}),
                      "a positive number that, like its reciprocal, is finite");
  if (parameters.zero_point < 0 || parameters.zero_point > 255)
    throw DomainError("zero point of activation '" + activation + "'",
                      std::to_string(parameters.zero_point), "an integer in 0..255");
}

/// Scale and zero point that spread a range, widened to hold 0 exactly, over the levels:
/// lo = min(range.min, 0), hi = max(range.max, 0), Q = 127 or 255,
/// scale = max((hi - lo) / Q, 2^-23), zero_point = clamp(-rne(lo / scale), 0, Q).
/// @throws DomainError when the range is not finite, is wider than a float, or ends before it
/// starts
[[nodiscard]] inline QuantizationParameters quantization_parameters(ValueRange range,
                                                                    ActivationLevels levels) {
  const float low = detail::rounded(range.min < 0 ? range.min : 0);
  const float high = detail::rounded(range.max > 0 ? range.max : 0);
  if (!(range.min <= range.max) || !(high - low <= std::numeric_limits<float>::max()))
    throw DomainError(
        "range of an activation",
        "[" + format_real(double{range.min}) + ", " + format_real(double{range.max}) + "]",
        "min <= max, both finite, and a finite width");
  const float highest = levels == ActivationLevels::seven_bits ? 127 : 255;
  const float spread = (high - low) / highest;
  const float scale = spread > smallest_scale ? spread : smallest_scale;
  const float zero_point = detail::clamp(-detail::round_half_even(low / scale), 0, highest);
  return {scale, static_cast<std::int32_t>(zero_point)};
}

/// (1) s_w = max(max|w| / 127.5, 2^-23) over the weights that share a scale: an output channel
/// (fbgemm) or a layer (qnnpack).
/// @throws DomainError when a weight is not finite
[[nodiscard]] inline float weight_scale(std::span<const float> weights) {
  float largest = 0;
  for (const float weight : weights) {
    detail::require_finite(weight, "weight");
    const float magnitude = weight < 0 ? -weight : weight;
    if (magnitude > largest) largest = magnitude;
  }
  const float scale = largest / 127.5F;
  return scale > smallest_scale ? scale : smallest_scale;
}

/// (2) before its clamp: rne(w * (1 / s_w)), at most 128 in magnitude for the scale of (1).
[[nodiscard]] inline float weight_level(float weight, float scale) noexcept {
  return detail::round_half_even(weight * (1 / scale));
}

/// (2) q_w = clamp(rne(w * (1 / s_w)), -128, 127); the reciprocal is rounded first.
[[nodiscard]] inline std::int8_t quantize_s8(float weight, float scale) noexcept {
  return static_cast<std::int8_t>(detail::clamp(weight_level(weight, scale), -128, 127));
}

/// (3) before its clamp: rne(fma(x, 1 / s, z)).
[[nodiscard]] inline float activation_level(float x, QuantizationParameters parameters) noexcept {
  const auto zero_point = static_cast<float>(parameters.zero_point);
  return detail::round_half_even(std::fma(x, 1 / parameters.scale, zero_point));
}

/// (3) q = clamp(rne(fma(x, 1 / s, z)), 0, 255). The zero point is added before rounding. Infinity
/// saturates; NaN has no useful result (it gives 0), and who takes data from outside refuses it.
[[nodiscard]] inline std::uint8_t quantize_u8(float x, QuantizationParameters parameters) noexcept {
  return static_cast<std::uint8_t>(detail::clamp(activation_level(x, parameters), 0, 255));
}

/// (10), and the first half of (9): x = (q - z) * s.
[[nodiscard]] inline float dequantize(std::uint8_t level,
                                      QuantizationParameters parameters) noexcept {
  return detail::rounded(static_cast<float>(level - parameters.zero_point) * parameters.scale);
}

/// (9) A u8 in other parameters: dequantised and quantised again.
[[nodiscard]] inline std::uint8_t rescale(std::uint8_t level, QuantizationParameters from,
                                          QuantizationParameters to) noexcept {
  return quantize_u8(dequantize(level, from), to);
}

/// The constants that turn the s32 sum A of an output channel into its real value in units of the
/// output scale, y = (f32(A + integer_bias) + float_bias) * multiplier. Both backends have this
/// form: fbgemm keeps the bias in float, qnnpack in integers, and the other one is 0, which leaves
/// the value as it is. An engine may fold what else it adds to A, such as -z_x * sum(q_w), into
/// integer_bias.
struct ChannelRequantization {
  std::int32_t integer_bias = 0;
  float float_bias = 0;
  float multiplier = 1;

  friend bool operator==(const ChannelRequantization&, const ChannelRequantization&) = default;
};

/// The constants of a channel.
/// (5) fbgemm:  a = s_x * s_w; multiplier = a / s_out; float_bias = bias / a.
/// (6) qnnpack: a = s_x * s_w; multiplier = a * (1 / s_out); integer_bias = rne(bias * (1 / a)).
/// @throws DomainError when the scales or the bias are so large or small that a constant is not a
/// finite number, the multiplier not positive, or the integer bias does not fit 32 bits
[[nodiscard]] inline ChannelRequantization channel_requantization(QuantizationBackend backend,
                                                                  float input_scale,
                                                                  float weight_scale,
                                                                  float output_scale, float bias) {
  const float accumulator_scale = input_scale * weight_scale;
  ChannelRequantization channel;
  if (backend == QuantizationBackend::fbgemm) {
    channel.multiplier = accumulator_scale / output_scale;
    channel.float_bias = bias / accumulator_scale;
    detail::require_finite(channel.float_bias, "bias in units of input scale * weight scale");
  } else {
    channel.multiplier = accumulator_scale * (1 / output_scale);
    const float integer = detail::round_half_even(bias * (1 / accumulator_scale));
    if (!(integer >= -0x1p31F && integer < 0x1p31F))
      throw DomainError("bias in units of input scale * weight scale", format_real(double{integer}),
                        "an integer of 32 bits");
    channel.integer_bias = static_cast<std::int32_t>(integer);
  }
  detail::require_finite(channel.multiplier, "input scale * weight scale / output scale");
  if (!(channel.multiplier > 0))
    throw DomainError("input scale * weight scale / output scale",
                      format_real(double{channel.multiplier}), "a positive number");
  return channel;
}

/// (4) Whether every sum A = sum (q_x - z_x) * q_w of an output channel, and A + integer_bias, fits
/// 32 bits whatever the activations are. |q_x - z_x| is at most 255.
[[nodiscard]] inline bool accumulator_fits(std::span<const std::int8_t> channel_weights,
                                           const ChannelRequantization& channel) noexcept {
  std::int64_t bound = channel.integer_bias;
  if (bound < 0) bound = -bound;
  for (const std::int8_t weight : channel_weights)
    bound += std::int64_t{255} * (weight < 0 ? -weight : weight);
  return bound <= std::numeric_limits<std::int32_t>::max();
}

/// (5), (6) and (7) before the clamp: rne(y) + z_out. The zero point is added after rounding,
/// unlike in (3). Values far outside u8 come out as +-2^16 + z_out.
[[nodiscard]] inline std::int32_t requantized_level(std::int32_t accumulator,
                                                    const ChannelRequantization& channel,
                                                    std::int32_t output_zero_point) noexcept {
  const auto sum = static_cast<float>(accumulator + channel.integer_bias);
  const float y = (sum + channel.float_bias) * channel.multiplier;
  const float nearest = detail::round_half_even(detail::clamp(y, -0x1p16F, 0x1p16F));
  return static_cast<std::int32_t>(nearest) + output_zero_point;
}

/// (7) The lowest u8 of a layer's output: its zero point with ReLU, else 0.
[[nodiscard]] constexpr std::int32_t lowest_level(OutputActivation activation,
                                                  std::int32_t output_zero_point) noexcept {
  return activation == OutputActivation::relu ? output_zero_point : 0;
}

/// (7) q = clamp(rne(y) + z_out, low, 255).
[[nodiscard]] inline std::uint8_t requantize(std::int32_t accumulator,
                                             const ChannelRequantization& channel,
                                             std::int32_t output_zero_point,
                                             OutputActivation activation) noexcept {
  const std::int32_t level = requantized_level(accumulator, channel, output_zero_point);
  const std::int32_t lowest = lowest_level(activation, output_zero_point);
  return static_cast<std::uint8_t>(level < lowest ? lowest : level > 255 ? 255 : level);
}

}  // namespace edgeopt::inline v0
