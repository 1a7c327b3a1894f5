// SPDX-License-Identifier: MIT
// A fully connected layer of one image of floats or halves. Features lie side by side in vectors,
// so that no lane idles when outputs are few and every weight is read once, in order:
//
//     weights  // [block of outputs][vector of features][output of the block][lanes]
//
// Features beyond the last have weights of zero. Each output has one vector of sums.

/// Outputs that are computed together at most: their sums, and the features, in 16 registers.
inline constexpr int dot_outputs = 12;

template <class Arithmetic>
struct DotLayout {
  std::int64_t vectors;       ///< of features
  std::int64_t outputs;       ///< in whole vectors
  std::int64_t weight_bytes;  ///< of all weights

  explicit DotLayout(const LinearShape& shape)
      : vectors(round_up(shape.in_features, lanes) / lanes),
        outputs(round_up(shape.out_features, lanes)),
        weight_bytes(round_up(shape.out_features * vectors * lanes *
                                  static_cast<std::int64_t>(sizeof(typename Arithmetic::Weight)),
                              alignment)) {}

  [[nodiscard]] std::int64_t bytes() const { return weight_bytes + 4 * outputs; }

  [[nodiscard]] Packed<Arithmetic> in(const std::byte* parameters) const {
    return {reinterpret_cast<const typename Arithmetic::Weight*>(parameters),
            reinterpret_cast<const float*>(parameters + weight_bytes), nullptr, nullptr};
  }
};

/// Sums before the bias  // [outputs in whole vectors]
inline std::int64_t dot_scratch_bytes(const LinearShape& shape) {
  return 4 * round_up(shape.out_features, lanes);
}

template <class Arithmetic>
void pack_dots(const LinearShape& shape, const Weights<typename Arithmetic::Value>& from,
               std::byte* parameters) {
  const DotLayout<Arithmetic> layout(shape);
  __builtin_memset(parameters, 0, static_cast<std::size_t>(layout.bytes()));
  auto* to = reinterpret_cast<typename Arithmetic::Weight*>(parameters);
  const RowCut cut(shape.out_features, dot_outputs);
  std::int64_t first = 0;
  for (std::int64_t block = 0; block < cut.tiles; ++block) {
    const std::int64_t outputs = cut.width(block);
    for (std::int64_t vector = 0; vector < layout.vectors; ++vector)
      for (std::int64_t output = first; output < first + outputs; ++output)
        for (std::int64_t feature = vector * lanes; feature < (vector + 1) * lanes; ++feature, ++to)
          if (feature < shape.in_features)
            *to = Arithmetic::weight(from.weights[output * shape.in_features + feature]);
    first += outputs;
  }
  std::byte* const start = parameters + layout.weight_bytes;
  for (std::int64_t output = 0; output < shape.out_features; ++output)
    store(start + 4 * output, Arithmetic::start(from, output, shape.in_features));
}

/// The sum of all lanes, added in pairs.
[[gnu::always_inline]] inline float sum_of_lanes(Floats x) {
  float sums[lanes];
  store(sums, x);
#pragma GCC unroll 4
  for (int half = lanes / 2; half >= 1; half /= 2)
#pragma GCC unroll 8
    for (int lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
  return sums[0];
}

/// The last features, as a whole vector.
template <class Arithmetic>
[[gnu::always_inline]] inline Floats last_features(const typename Arithmetic::Value* values,
                                                   std::int64_t count) {
  typename Arithmetic::Value whole[lanes] = {};
  for (std::int64_t i = 0; i < count; ++i) whole[i] = values[i];
  return Arithmetic::operand_vector(whole);
}

/// Sums of `outputs` outputs, a number known at run time, 1 to Outputs.
template <class Arithmetic, int Outputs = dot_outputs>
void sum_dots(std::int64_t outputs, std::int64_t features, const typename Arithmetic::Value* values,
              const typename Arithmetic::Weight* weights, float* sums) {
  if constexpr (Outputs > 1) {
    if (outputs < Outputs)
      return sum_dots<Arithmetic, Outputs - 1>(outputs, features, values, weights, sums);
  }
  Registers<Floats, 1, Outputs> dots = {};
  std::int64_t i = 0;
  for (; i + lanes <= features; i += lanes, weights += Outputs * lanes) {
    const Floats x = Arithmetic::operand_vector(values + i);
#pragma GCC unroll 16
    for (int output = 0; output < Outputs; ++output)
      dots[0][output] =
          multiply_add(dots[0][output], x, Arithmetic::weights(weights + output * lanes));
  }
  if (i < features) {
    const Floats x = last_features<Arithmetic>(values + i, features - i);
#pragma GCC unroll 16
    for (int output = 0; output < Outputs; ++output)
      dots[0][output] =
          multiply_add(dots[0][output], x, Arithmetic::weights(weights + output * lanes));
  }
#pragma GCC unroll 16
  for (int output = 0; output < Outputs; ++output) sums[output] = sum_of_lanes(dots[0][output]);
}

template <class Arithmetic>
void multiply_dots(const Linear<typename Arithmetic::Value>& layer,
                   const typename Arithmetic::Value* input, typename Arithmetic::Value* output,
                   std::byte* scratch) {
  const DotLayout<Arithmetic> layout(layer.shape);
  const Packed<Arithmetic> packed = layout.in(layer.parameters);
  auto* const sums = reinterpret_cast<float*>(scratch);
  const RowCut cut(layer.shape.out_features, dot_outputs);
  std::int64_t first = 0;
  for (std::int64_t block = 0; block < cut.tiles; ++block) {
    const std::int64_t outputs = cut.width(block);
    sum_dots<Arithmetic>(outputs, layer.shape.in_features, input,
                         packed.weights + first * layout.vectors * lanes, sums + first);
    first += outputs;
  }
  for (; first < layout.outputs; ++first) sums[first] = 0;
  for (std::int64_t channel = 0; channel < layout.outputs; channel += lanes)
    Arithmetic::finish(packed, channel, layer.range,
                       load<Floats>(packed.start + channel) + load<Floats>(sums + channel),
                       output + channel);
}
