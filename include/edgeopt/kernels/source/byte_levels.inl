// SPDX-License-Identifier: MIT
// How levels begin and end.

/// What the arithmetics of bytes have in common, however products are computed.
///
/// Operands are levels as they are, so formula (4) of quantization.hpp reads
///
///     A + integer_bias = start + sum q_x q_w,   start = integer_bias - z_x sum q_w.
///
/// While some of the products have been added, the sum is that of (q_x - z_x) q_w over these and of
/// -z_x q_w over the others, and integer_bias: no factor exceeds 255 in magnitude, so what
/// `accumulator_fits` has proved of the whole holds at every step, in any order.
struct ByteLevels {
  using Value = std::uint8_t;
  using Sum = std::int32_t;
  using Sums = Integers;
  static constexpr bool requantizes = true;

  /// `offset` is what operands are less than levels.
  static std::int32_t start(const Weights<Value>& from, std::int64_t output,
                            std::int64_t weights_of_output, std::int32_t offset = 0) {
    std::int32_t sum = 0;
    for (std::int64_t i = 0; i < weights_of_output; ++i)
      sum += from.weights[output * weights_of_output + i];
    return from.channels[output].integer_bias - (from.in_zero_point - offset) * sum;
  }

  /// Formula (3). Clamping before rounding gives the same, as the bounds are integers.
  [[gnu::always_inline]] static Bytes nearest_level(Floats x, float inverse_scale,
                                                    std::int32_t zero_point) {
    const Floats level =
        fused_multiply_add(broadcast(static_cast<float>(zero_point)), x, broadcast(inverse_scale));
    return narrow(round_to_even(clamped(level, 0.0F, 255.0F)));
  }
  [[gnu::always_inline]] static void from_real(const ImageLayout& layout, Floats x, Value* values) {
    store(values, nearest_level(x, layout.inverse_scale, layout.zero_point));
  }

  /// Formulas (5) to (7). All steps keep the order of numbers, as multipliers are positive, so
  /// pooling the sums is pooling the levels.
  template <class Arithmetic>
  [[gnu::always_inline]] static void finish(const Packed<Arithmetic>& packed, std::int64_t channel,
                                            const OutputRange<Value>& range, Sums sums,
                                            Value* values) {
    const Floats biased =
        __builtin_convertvector(sums, Floats) + load<Floats>(packed.float_bias + channel);
    const Floats y = biased * load<Floats>(packed.multiplier + channel);
    const auto lowest = static_cast<float>(range.lowest - range.zero_point);
    const auto highest = static_cast<float>(255 - range.zero_point);
    store(values, narrow(round_to_even(clamped(y, lowest, highest)) + range.zero_point));
  }
};
