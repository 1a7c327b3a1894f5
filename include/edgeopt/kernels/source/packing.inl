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

/// Whether weights are packed as Winograd's algorithm multiplies them; halves are expanded to that.
template <class Arithmetic>
bool packs_transformed(const ConvolutionShape& shape) {
  return !Arithmetic::requantizes && !expands<Arithmetic> &&
         choose_algorithm(shape, lanes) == ConvolutionAlgorithm::winograd;
}

/// Groups of weights that one output has.
template <class Arithmetic>
std::int64_t stored_steps(const LinearShape& shape) {
  return Runs(shape).template steps<Arithmetic>();
}
template <class Arithmetic>
std::int64_t stored_steps(const ConvolutionShape& shape) {
  if (packs_transformed<Arithmetic>(shape)) return positions * shape.in_channels;
  const Runs runs(shape);
  return runs.rows * runs.count * runs.template steps<Arithmetic>();
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
    steps = stored_steps<Arithmetic>(shape);
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

/// Weights of a block of outputs; returns where the next block begins.
template <class Arithmetic, class LayerShape>
typename Arithmetic::Weight* pack_block(const LayerShape& shape,
                                        const Weights<typename Arithmetic::Value>& from,
                                        Block block, typename Arithmetic::Weight* to) {
  const Runs runs(shape);
  for (std::int64_t row = 0; row < runs.rows; ++row)
    for (std::int64_t run = 0; run < runs.count; ++run)
      for (std::int64_t step = 0; step < runs.template steps<Arithmetic>(); ++step)
        for (std::int64_t output = block.first; output < block.first + block.outputs; ++output)
          for (std::int64_t i = 0; i < Arithmetic::group; ++i) {
            const std::int64_t operand = step * Arithmetic::group + i;
            const bool exists = output < outputs_of(shape) && operand < runs.length;
            *to++ = exists ? Arithmetic::weight(
                                 from.weights[weight_index(shape, output, row, run, operand)])
                           : typename Arithmetic::Weight{};
          }
  return to;
}

/// The same for Winograd's algorithm; see winograd.inl.
inline float* pack_transformed_block(const ConvolutionShape& shape, const Weights<float>& from,
                                     Block block, float* to) {
  const std::int64_t step = shape.in_channels * block.outputs;
  for (std::int64_t in = 0; in < shape.in_channels; ++in)
    for (std::int64_t i = 0; i < block.outputs; ++i) {
      double weights[9] = {};
      double transformed[positions];
      if (block.first + i < shape.out_channels)
        for (std::int64_t tap = 0; tap < 9; ++tap)
          weights[tap] =
              double{from.weights[((block.first + i) * shape.in_channels + in) * 9 + tap]};
      transform_weights(weights, transformed);
      for (std::int64_t position = 0; position < positions; ++position)
        to[position * step + in * block.outputs + i] = static_cast<float>(transformed[position]);
    }
  return to + positions * step;
}

template <class Arithmetic>
typename Arithmetic::Weight* pack_layer_block(const LinearShape& shape,
                                              const Weights<typename Arithmetic::Value>& from,
                                              Block block, typename Arithmetic::Weight* to) {
  return pack_block<Arithmetic>(shape, from, block, to);
}
template <class Arithmetic>
typename Arithmetic::Weight* pack_layer_block(const ConvolutionShape& shape,
                                              const Weights<typename Arithmetic::Value>& from,
                                              Block block, typename Arithmetic::Weight* to) {
  if constexpr (!Arithmetic::requantizes && !expands<Arithmetic>)
    if (packs_transformed<Arithmetic>(shape)) return pack_transformed_block(shape, from, block, to);
  return pack_block<Arithmetic>(shape, from, block, to);
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
  for (Block block = block_of(0, layout.outputs); block.first < layout.outputs;
       block = block_of(block.first + block.outputs, layout.outputs))
    to = pack_layer_block<Arithmetic>(shape, from, block, to);
  pack_channels<Arithmetic>(shape, from, parameters + layout.weight_bytes, layout.channel_bytes);
}
