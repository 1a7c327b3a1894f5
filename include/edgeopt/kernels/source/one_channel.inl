// SPDX-License-Identifier: MIT
// Convolution of an image of one channel. A vector of outputs has nine vectors of weights, which
// stay in registers for the whole image, beside the four sums of a window.

template <class Arithmetic>
std::int64_t one_channel_scratch_bytes(const ConvolutionShape& shape) {
  return operand_scratch_bytes<Arithmetic>(shape.in_values());
}

/// The sums of a window: sum(i, j) = start + sum of x(i + r, j + c) w(r, c).
[[gnu::always_inline]] inline void sum_window(const Patch<float>& patch, const Floats (&weights)[9],
                                              Floats start, Registers<Floats, 2, 2>& sums) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) sums[i / 2][i % 2] = start;
#pragma GCC unroll 4
  for (int y = 0; y < 4; ++y)
#pragma GCC unroll 4
    for (int x = 0; x < 4; ++x) {
      const Floats operand = broadcast(patch.row[y][patch.column[x]]);
#pragma GCC unroll 2
      for (int i = 0; i < 2; ++i)
#pragma GCC unroll 2
        for (int j = 0; j < 2; ++j)
          if (y >= i && y - i < 3 && x >= j && x - j < 3)
            sums[i][j] = multiply_add(sums[i][j], operand, weights[3 * (y - i) + x - j]);
    }
}

/// One vector of output channels; weights  // [9][tap_weights]
template <class Arithmetic>
void convolve_vector(const Convolution<typename Arithmetic::Value>& layer,
                     const Packed<Arithmetic>& packed, const float* weights,
                     std::int64_t tap_weights, std::int64_t channel, const float* operands,
                     typename Arithmetic::Value* output) {
  Floats w[9];
#pragma GCC unroll 9
  for (int tap = 0; tap < 9; ++tap) w[tap] = load<Floats>(weights + tap * tap_weights);
  const Floats start = load<Floats>(packed.start + channel);
  const WindowGrid grid(layer.shape);
  for (std::int64_t y = 0; y < grid.rows; ++y) {
    const WindowSpan span = {y, 0, grid.columns};
    Patch<float> patch(layer.shape, operands, span);
    OutputWindow<typename Arithmetic::Value> window(layer, output, span);
    for (std::int64_t x = 0; x < span.count; ++x, patch.advance(), window.advance()) {
      Registers<Floats, 2, 2> sums;
      sum_window(patch, w, start, sums);
      finish_window(layer, packed, channel, sums, window);
    }
  }
}

template <class Arithmetic>
void convolve_one_channel(const Convolution<typename Arithmetic::Value>& layer,
                          const float* weights, const typename Arithmetic::Value* input,
                          typename Arithmetic::Value* output, std::byte* scratch) {
  const float* const operands = Arithmetic::operands(input, layer.shape.in_values(), scratch);
  const PackedLayout<Arithmetic> layout(layer.shape);
  const Packed<Arithmetic> packed = layout.in(layer.parameters);
  for (std::int64_t channel = 0; channel < layout.outputs; channel += lanes) {
    const Block block = block_of(channel, layout.outputs);
    convolve_vector(layer, packed, weights + 9 * block.first + channel - block.first, block.outputs,
                    channel, operands, output);
  }
}
