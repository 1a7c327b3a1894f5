// SPDX-License-Identifier: MIT
// Convolution by Winograd's F(2x2, 3x3), see winograd_transforms.inl. A group of windows at a time:
//
//     weights     // [block of outputs][position][in_channels][outputs of the block]
//     inputs      // [position][window of the group][in_channels in whole vectors]
//     products    // [position][window of the group][outputs of the block]
//
// Weights are transformed when they are packed, or expanded. For each position the sum over
// channels is a product of matrices: what `sum_row` does, with windows for pixels.

/// Windows that are transformed together: many, so that a block's weights serve them all, and few
/// enough that what lies between the steps (4 x 16 numbers for each window and channel) stays in
/// the second cache. A pooled image of 28 x 28 has four groups, one of 14 x 14 has one.
inline constexpr std::int64_t group_windows = 49;

inline constexpr float zero_sums[static_cast<std::size_t>(tile_vectors * lanes)] = {};

template <class Arithmetic>
std::int64_t winograd_scratch_bytes(const ConvolutionShape& shape) {
  const std::int64_t in_values = positions * group_windows * round_up(shape.in_channels, lanes);
  return 4 * (in_values + positions * group_windows * tile_vectors * lanes);
}

/// B^T d B of one window, for all channels, to inputs[position * step + channel].
template <class Arithmetic>
[[gnu::always_inline]] inline void transform_patch(const Patch<typename Arithmetic::Value>& patch,
                                                   std::int64_t channels, std::int64_t step,
                                                   float* inputs) {
  for (std::int64_t c = 0; c < channels; c += lanes) {
    Registers<Floats, 4, 4> rows;
#pragma GCC unroll 4
    for (int x = 0; x < 4; ++x) {
      Floats d[4];
#pragma GCC unroll 4
      for (int y = 0; y < 4; ++y)
        d[y] = Arithmetic::operand_vector(patch.row[y] + patch.column[x] + c);
      rows[0][x] = d[0] - d[2];
      rows[1][x] = d[1] + d[2];
      rows[2][x] = d[2] - d[1];
      rows[3][x] = d[1] - d[3];
    }
#pragma GCC unroll 4
    for (int y = 0; y < 4; ++y) {
      float* const to = inputs + 4 * y * step + c;
      store(to, rows[y][0] - rows[y][2]);
      store(to + step, rows[y][1] + rows[y][2]);
      store(to + 2 * step, rows[y][2] - rows[y][1]);
      store(to + 3 * step, rows[y][1] - rows[y][3]);
    }
  }
}

/// A^T m A of one window and vector of outputs, m(position) = products[position * step].
[[gnu::always_inline]] inline void transform_products(const float* products, std::int64_t step,
                                                      Registers<Floats, 2, 2>& sums) {
  Registers<Floats, 2, 4> rows;
#pragma GCC unroll 4
  for (int x = 0; x < 4; ++x) {
    const Floats inner = load<Floats>(products + (4 + x) * step);
    const Floats other = load<Floats>(products + (8 + x) * step);
    rows[0][x] = load<Floats>(products + x * step) + inner + other;
    rows[1][x] = inner - other - load<Floats>(products + (12 + x) * step);
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    sums[i][0] = rows[i][0] + rows[i][1] + rows[i][2];
    sums[i][1] = rows[i][1] - rows[i][2] - rows[i][3];
  }
}

/// Neighbouring windows of the grid, counted row by row.
struct WindowGroup {
  std::int64_t first;
  std::int64_t count;
  std::int64_t columns;  ///< of the grid

  /// The windows from the i-th on, to the end of its row or of the group.
  [[nodiscard]] WindowSpan span(std::int64_t i) const {
    const std::int64_t x = (first + i) % columns;
    const std::int64_t of_row = columns - x;
    return {(first + i) / columns, x, of_row < count - i ? of_row : count - i};
  }
};

template <class Arithmetic>
void transform_inputs(const ConvolutionShape& shape, const WindowGroup& group,
                      const typename Arithmetic::Value* input, float* inputs) {
  const std::int64_t channels = round_up(shape.in_channels, lanes);
  for (std::int64_t i = 0; i < group.count;) {
    const WindowSpan span = group.span(i);
    Patch<typename Arithmetic::Value> patch(shape, input, span);
    for (std::int64_t x = 0; x < span.count; ++x, ++i, patch.advance())
      transform_patch<Arithmetic>(patch, channels, group_windows * channels, inputs + i * channels);
  }
}

/// Stores what the products of a block make.
template <class Arithmetic, int Vectors>
void transform_outputs(const Convolution<typename Arithmetic::Value>& layer,
                       const Packed<Arithmetic>& packed, std::int64_t channel,
                       const WindowGroup& group, const float* products,
                       typename Arithmetic::Value* output) {
  constexpr std::int64_t block = Vectors * lanes;
  for (std::int64_t i = 0; i < group.count;) {
    const WindowSpan span = group.span(i);
    OutputWindow<typename Arithmetic::Value> window(layer, output, span);
    for (std::int64_t x = 0; x < span.count; ++x, ++i, window.advance())
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) {
        Registers<Floats, 2, 2> sums;
        transform_products(products + i * block + v * lanes, group_windows * block, sums);
        finish_window(layer, packed, channel + v * lanes, sums, window);
      }
  }
}

/// Vectors * lanes output channels of a group.
template <class Arithmetic, int Vectors>
void convolve_group(const Convolution<typename Arithmetic::Value>& layer,
                    const Packed<Arithmetic>& packed, const float* weights, std::int64_t channel,
                    const WindowGroup& group, const float* inputs, float* products,
                    typename Arithmetic::Value* output) {
  constexpr std::int64_t block = Vectors * lanes;
  constexpr std::int64_t step = group_windows * block;
  const std::int64_t in_pixel = round_up(layer.shape.in_channels, lanes);
  const Window window = {in_pixel, layer.shape.in_channels, 1, {}};
  const RowCut cut(group.count, tile_pixels<Vectors>);
  for (std::int64_t position = 0; position < positions; ++position)
    sum_row<FloatArithmetic, Vectors>(
        window, cut, inputs + position * group_windows * in_pixel,
        weights + position * layer.shape.in_channels * block,
        position == bias_position ? packed.start + channel : zero_sums, products + position * step);
  transform_outputs<Arithmetic, Vectors>(layer, packed, channel, group, products, output);
}

template <class Arithmetic>
void convolve_by_winograd(const Convolution<typename Arithmetic::Value>& layer,
                          const float* weights, const typename Arithmetic::Value* input,
                          typename Arithmetic::Value* output, std::byte* scratch) {
  const std::int64_t in_channels = layer.shape.in_channels;
  auto* const inputs = reinterpret_cast<float*>(scratch);
  float* const products = inputs + positions * group_windows * round_up(in_channels, lanes);
  const PackedLayout<Arithmetic> layout(layer.shape);
  const Packed<Arithmetic> packed = layout.in(layer.parameters);
  const WindowGrid grid(layer.shape);
  const std::int64_t windows = grid.rows * grid.columns;
  for (std::int64_t first = 0; first < windows; first += group_windows) {
    const std::int64_t left = windows - first;
    const WindowGroup group = {first, left < group_windows ? left : group_windows, grid.columns};
    transform_inputs<Arithmetic>(layer.shape, group, input, inputs);
    std::int64_t channel = 0;
    for (; channel + tile_vectors * lanes <= layout.outputs; channel += tile_vectors * lanes)
      convolve_group<Arithmetic, tile_vectors>(layer, packed,
                                               weights + channel * positions * in_channels, channel,
                                               group, inputs, products, output);
    for (; channel < layout.outputs; channel += lanes)
      convolve_group<Arithmetic, 1>(layer, packed, weights + channel * positions * in_channels,
                                    channel, group, inputs, products, output);
  }
}
