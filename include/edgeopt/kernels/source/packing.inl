// SPDX-License-Identifier: MIT
// The packed form of a layer's parameters.
//
// Outputs are cut into blocks of `tile_vectors` vectors, then of one vector. The weights of a block
// lie in the order in which they are used:
//
//     weights  // [block][step][output of the block][group]
//
// A step takes `group` neighbouring operands. Outputs beyond the last and operands beyond the end
// of a run have weights of zero.

/// The operands of one output: in each of some rows, `count` runs of `length` neighbours.
struct Runs {
  std::int64_t rows;
  std::int64_t count;
  std::int64_t length;

  /// The three pixels of a row are one run when nothing lies between their channels.
  explicit Runs(const ConvolutionShape& shape)
      : rows(3),
        count(shape.in_pixel == shape.in_channels ? 1 : 3),
        length(count == 1 ? 3 * shape.in_channels : shape.in_channels) {}
  explicit Runs(const LinearShape& shape) : rows(1), count(1), length(shape.in_features) {}

  template <class Arithmetic>
  [[nodiscard]] std::int64_t steps() const {
    return (length + Arithmetic::group - 1) / Arithmetic::group;
  }
};

inline std::int64_t outputs_of(const ConvolutionShape& shape) {
  return shape.out_channels;
}
inline std::int64_t outputs_of(const LinearShape& shape) {
  return shape.out_features;
}

/// Index into the weights before packing, [out, in, 3, 3].
inline std::int64_t weight_index(const ConvolutionShape& shape, std::int64_t output,
                                 std::int64_t row, std::int64_t run, std::int64_t operand) {
  const std::int64_t column = run + operand / shape.in_channels;
  const std::int64_t channel = operand % shape.in_channels;
  return ((output * shape.in_channels + channel) * 3 + row) * 3 + column;
}
/// The same in [out, in].
inline std::int64_t weight_index(const LinearShape& shape, std::int64_t output, std::int64_t,
                                 std::int64_t, std::int64_t operand) {
  return output * shape.in_features + operand;
}

/// Where the parts of a layer's packed parameters lie.
template <class Arithmetic>
struct PackedLayout {
  std::int64_t steps;          ///< of one output
  std::int64_t outputs;        ///< in whole vectors
  std::int64_t weight_bytes;   ///< of all weights
  std::int64_t channel_bytes;  ///< of an array with one number for each output

  template <class LayerShape>
  explicit PackedLayout(const LayerShape& shape) {
    const Runs runs(shape);
    steps = runs.rows * runs.count * runs.template steps<Arithmetic>();
    outputs = round_up(outputs_of(shape), lanes);
    const auto weight_size = static_cast<std::int64_t>(sizeof(typename Arithmetic::Weight));
    weight_bytes = round_up(steps * outputs * Arithmetic::group * weight_size, alignment);
    channel_bytes = round_up(4 * outputs, alignment);
  }

  [[nodiscard]] std::int64_t bytes() const { return weight_bytes + 3 * channel_bytes; }

  [[nodiscard]] Packed<Arithmetic> in(const std::byte* parameters) const {
    return packed_at<Arithmetic>(parameters, weight_bytes, channel_bytes);
  }
};

/// Weights of `block_outputs` outputs from `first` on; returns where the next block begins.
template <class Arithmetic, class LayerShape>
typename Arithmetic::Weight* pack_block(const LayerShape& shape,
                                        const Weights<typename Arithmetic::Value>& from,
                                        std::int64_t first, std::int64_t block_outputs,
                                        typename Arithmetic::Weight* to) {
  const Runs runs(shape);
  for (std::int64_t row = 0; row < runs.rows; ++row)
    for (std::int64_t run = 0; run < runs.count; ++run)
      for (std::int64_t step = 0; step < runs.template steps<Arithmetic>(); ++step)
        for (std::int64_t output = first; output < first + block_outputs; ++output)
          for (std::int64_t i = 0; i < Arithmetic::group; ++i) {
            const std::int64_t operand = step * Arithmetic::group + i;
            const bool exists = output < outputs_of(shape) && operand < runs.length;
            *to++ = exists ? Arithmetic::weight(
                                 from.weights[weight_index(shape, output, row, run, operand)])
                           : typename Arithmetic::Weight{};
          }
  return to;
}

/// What belongs to outputs, behind the weights: three arrays of `channel_bytes`.
template <class Arithmetic, class LayerShape>
void pack_channels(const LayerShape& shape, const Weights<typename Arithmetic::Value>& from,
                   std::byte* channels, std::int64_t channel_bytes) {
  const Runs runs(shape);
  const std::int64_t weights_of_output = runs.rows * runs.count * runs.length;
  for (std::int64_t output = 0; output < outputs_of(shape); ++output) {
    store(channels + 4 * output, Arithmetic::start(from, output, weights_of_output));
    if constexpr (Arithmetic::requantizes) {
      const ChannelRequantization& channel = from.channels[output];
      store(channels + channel_bytes + 4 * output, channel.float_bias);
      store(channels + 2 * channel_bytes + 4 * output, channel.multiplier);
    }
  }
}

template <class Arithmetic, class LayerShape>
std::int64_t parameter_bytes(const LayerShape& shape) {
  return PackedLayout<Arithmetic>(shape).bytes();
}

template <class Arithmetic, class LayerShape>
void pack(const LayerShape& shape, const Weights<typename Arithmetic::Value>& from,
          std::byte* parameters) {
  const PackedLayout<Arithmetic> layout(shape);
  __builtin_memset(parameters, 0, static_cast<std::size_t>(layout.bytes()));
  auto* to = reinterpret_cast<typename Arithmetic::Weight*>(parameters);
  for (std::int64_t first = 0; first < layout.outputs;) {
    const bool whole = layout.outputs - first >= tile_vectors * lanes;
    const std::int64_t block_outputs = whole ? tile_vectors * lanes : lanes;
    to = pack_block<Arithmetic>(shape, from, first, block_outputs, to);
    first += block_outputs;
  }
  pack_channels<Arithmetic>(shape, from, parameters + layout.weight_bytes, layout.channel_bytes);
}
