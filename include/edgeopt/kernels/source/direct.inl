// SPDX-License-Identifier: MIT
// Direct 3x3 convolution with fused bias, ReLU and pooling, for any number of channels.
//
// A block of output channels at a time, so that its weights stay in the nearest cache; one or two
// rows of sums, as pooling needs, which are then brought down to one row of outputs.

/// Scratch memory of a convolution: widened operands, then rows of sums.
template <class Arithmetic>
std::int64_t operand_scratch_bytes(std::int64_t values) {
  // The last run may be read up to a whole group, whose extra operands meet weights of zero.
  return round_up((values + Arithmetic::group) * Arithmetic::operand_scratch, alignment);
}

template <class Arithmetic>
std::int64_t direct_scratch_bytes(const ConvolutionShape& shape) {
  return operand_scratch_bytes<Arithmetic>(shape.in_values()) +
         2 * shape.width * tile_vectors * lanes * 4;
}

/// One row of outputs from one row of sums, or from the maxima of two.
template <class Arithmetic, int Vectors>
void finish_row(const Convolution<typename Arithmetic::Value>& layer,
                const Packed<Arithmetic>& given, std::int64_t channel,
                const typename Arithmetic::Sum* sums, typename Arithmetic::Value* output) {
  using Sums = typename Arithmetic::Sums;
  // Copies, since outputs that are bytes may alias the caller's.
  const Packed<Arithmetic> packed = given;
  const OutputRange<typename Arithmetic::Value> range = layer.range;
  const std::int64_t out_pixel = layer.out_pixel;
  const std::int64_t width = layer.shape.out_width();
  constexpr std::int64_t pixel = Vectors * lanes;
  const std::int64_t row = layer.shape.width * pixel;
  if (layer.shape.pooling == Pooling::none) {
    for (std::int64_t x = 0; x < width; ++x, sums += pixel, output += out_pixel)
#pragma GCC unroll 2
      for (std::int64_t v = 0; v < pixel; v += lanes)
        Arithmetic::finish(packed, channel + v, range, load<Sums>(sums + v), output + v);
    return;
  }
  for (std::int64_t x = 0; x < width; ++x, sums += 2 * pixel, output += out_pixel)
#pragma GCC unroll 2
    for (std::int64_t v = 0; v < pixel; v += lanes) {
      const Sums sum =
          maximum(maximum(load<Sums>(sums + v), load<Sums>(sums + v + pixel)),
                  maximum(load<Sums>(sums + v + row), load<Sums>(sums + v + row + pixel)));
      Arithmetic::finish(packed, channel + v, range, sum, output + v);
    }
}

/// Vectors * lanes output channels of the whole image.
template <class Arithmetic, int Vectors>
void convolve_block(const Convolution<typename Arithmetic::Value>& layer,
                    const Packed<Arithmetic>& packed,
                    const typename Core<Arithmetic>::Weight* weights, std::int64_t channel,
                    const typename Arithmetic::Operand* operands,
                    typename Arithmetic::Value* output, typename Arithmetic::Sum* sums) {
  const ConvolutionShape& shape = layer.shape;
  const std::int64_t row_values = (shape.width + 2) * shape.in_pixel;
  const Runs runs(shape);
  Window window = {shape.in_pixel, runs.template steps<Arithmetic>(), runs.rows * runs.count, {}};
  for (std::int64_t run = 0; run < window.runs; ++run)
    window.run[run] = run / runs.count * row_values + run % runs.count * shape.in_pixel;
  const std::int64_t stride = shape.pooling == Pooling::none ? 1 : 2;
  const RowCut cut(stride * shape.out_width(), tile_pixels<Vectors>);
  for (std::int64_t y = 0; y < shape.out_height(); ++y) {
    for (std::int64_t row = 0; row < stride; ++row)
      sum_row<Core<Arithmetic>, Vectors>(window, cut, operands + (stride * y + row) * row_values,
                                         weights, packed.start + channel,
                                         sums + row * shape.width * Vectors * lanes);
    finish_row<Arithmetic, Vectors>(layer, packed, channel, sums,
                                    output + y * layer.out_row + channel);
  }
}

template <class Arithmetic>
void convolve_directly(const Convolution<typename Arithmetic::Value>& layer,
                       const typename Core<Arithmetic>::Weight* weights,
                       const typename Arithmetic::Value* input, typename Arithmetic::Value* output,
                       std::byte* scratch) {
  const std::int64_t values = layer.shape.in_values();
  const auto* operands = Arithmetic::operands(input, values, scratch);
  auto* sums = reinterpret_cast<typename Arithmetic::Sum*>(
      scratch + operand_scratch_bytes<Arithmetic>(values));
  const PackedLayout<Arithmetic> layout(layer.shape);
  const Packed<Arithmetic> packed = layout.in(layer.parameters);
  const std::int64_t output_weights = layout.steps * Arithmetic::group;
  std::int64_t channel = 0;
  for (; channel + tile_vectors * lanes <= layout.outputs; channel += tile_vectors * lanes)
    convolve_block<Arithmetic, tile_vectors>(layer, packed, weights + channel * output_weights,
                                             channel, operands, output, sums);
  for (; channel < layout.outputs; channel += lanes)
    convolve_block<Arithmetic, 1>(layer, packed, weights + channel * output_weights, channel,
                                  operands, output, sums);
}
