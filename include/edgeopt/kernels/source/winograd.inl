// SPDX-License-Identifier: MIT
// Convolution by Winograd's F(2x2, 3x3), see winograd_transforms.inl. A group of windows at a time:
//
//     weights     // [block of outputs][position][in_channels][outputs of the block]
//     inputs      // [position][window of the group][in_channels in whole vectors]
//     products    // [position][window of a tile][outputs of the block]
//
// Weights are transformed when they are packed, or expanded. For each position the sum over
// channels is a product of matrices, computed in tiles with windows for pixels. A tile goes through
// all positions, so that its products and the weights of the block stay in the nearest cache.

/// Windows whose inputs are transformed together: many, so that a block's weights serve them all,
/// and few enough that the inputs (4 x 16 bytes for each window and channel) stay in the second
/// cache. A pooled image of 28 x 28 has four groups, one of 14 x 14 has one.
inline constexpr std::int64_t group_windows = 49;

/// The most vectors of products that a tile has at one position.
inline constexpr int wide_products = tile_vectors * tile_pixels<tile_vectors>;
inline constexpr int tile_products =
    wide_products > tile_pixels<1> ? wide_products : tile_pixels<1>;

inline constexpr float zero_sums[static_cast<std::size_t>(tile_vectors * lanes)] = {};

template <class Arithmetic>
std::int64_t winograd_scratch_bytes(const ConvolutionShape& shape) {
  const std::int64_t in_values = positions * group_windows * round_up(shape.in_channels, lanes);
  return 4 * (in_values + positions * tile_products * lanes);
}

/// B^T d of one column of a patch, for a vector of channels.
struct TransformedColumn {
  Floats rows[4];
};
template <class Arithmetic>
[[gnu::always_inline]] inline TransformedColumn transform_column(
    const Patch<typename Arithmetic::Value>& patch, int column, std::int64_t channel) {
  Floats d[4];
#pragma GCC unroll 4
  for (int y = 0; y < 4; ++y)
    d[y] = Arithmetic::operand_vector(patch.row[y] + patch.column[column] + channel);
  return {{d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]}};
}

/// B^T d B of neighbouring windows, for a vector of channels, to
/// inputs[position * step + window * pixel]. Two columns of a patch are the first two of the next.
template <class Arithmetic>
void transform_span(const ConvolutionShape& shape, const WindowSpan& span,
                    const typename Arithmetic::Value* input, std::int64_t channel,
                    std::int64_t pixel, float* inputs) {
  const std::int64_t step = group_windows * pixel;
  Patch<typename Arithmetic::Value> patch(shape, input, span);
  TransformedColumn first = transform_column<Arithmetic>(patch, 0, channel);
  TransformedColumn second = transform_column<Arithmetic>(patch, 1, channel);
  for (std::int64_t x = 0; x < span.count; ++x, patch.advance(), inputs += pixel) {
    const TransformedColumn third = transform_column<Arithmetic>(patch, 2, channel);
    const TransformedColumn fourth = transform_column<Arithmetic>(patch, 3, channel);
    float* to = inputs;
#pragma GCC unroll 4
    for (int y = 0; y < 4; ++y, to += 4 * step) {
      to = opaque(to);
      store(to, first.rows[y] - third.rows[y]);
      store(to + step, second.rows[y] + third.rows[y]);
      store(to + 2 * step, third.rows[y] - second.rows[y]);
      store(to + 3 * step, second.rows[y] - fourth.rows[y]);
    }
    first = third;
    second = fourth;
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
  const std::int64_t pixel = round_up(shape.in_channels, lanes);
  for (std::int64_t i = 0; i < group.count;) {
    const WindowSpan span = group.span(i);
    for (std::int64_t channel = 0; channel < pixel; channel += lanes)
      transform_span<Arithmetic>(shape, span, input, channel, pixel, inputs + i * pixel + channel);
    i += span.count;
  }
}

/// Stores what the products of a tile make, which are those of all windows of `group`.
template <class Arithmetic, int Vectors>
void transform_outputs(const Convolution<typename Arithmetic::Value>& layer,
                       const Packed<Arithmetic>& packed, std::int64_t channel,
                       const WindowGroup& group, const float* products,
                       typename Arithmetic::Value* output) {
  const std::int64_t step = group.count * Vectors * lanes;
  for (std::int64_t i = 0; i < group.count;) {
    const WindowSpan span = group.span(i);
    OutputWindow<typename Arithmetic::Value> window(layer, output, span);
    for (std::int64_t x = 0; x < span.count; ++x, ++i, window.advance())
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v, products += lanes) {
        Registers<Floats, 2, 2> sums;
        transform_products(products, step, sums);
        finish_window(layer, packed, channel + v * lanes, sums, window);
      }
  }
}

/// Products of some windows, a number known at run time, 1 to Windows, at all positions.
/// inputs  // of the first window at position 0
template <int Vectors, int Windows = tile_pixels<Vectors>>
void multiply_positions(std::int64_t windows, const Window& window, const float* inputs,
                        const float* weights, const float* start, float* products) {
  if constexpr (Windows > 1) {
    if (windows < Windows)
      return multiply_positions<Vectors, Windows - 1>(windows, window, inputs, weights, start,
                                                      products);
  }
  for (std::int64_t position = 0; position < positions; ++position) {
    sum_tile<FloatArithmetic, Vectors, Windows>(
        window, inputs, weights, position == bias_position ? start : zero_sums, products);
    inputs += group_windows * window.pixel;
    weights += window.run_steps * Vectors * lanes;
    products += Windows * Vectors * lanes;
  }
}

/// Vectors * lanes output channels of a group.
template <class Arithmetic, int Vectors>
void convolve_group(const Convolution<typename Arithmetic::Value>& layer,
                    const Packed<Arithmetic>& packed, const float* weights, std::int64_t channel,
                    const WindowGroup& group, const float* inputs, float* products,
                    typename Arithmetic::Value* output) {
  const Window window = {round_up(layer.shape.in_channels, lanes), layer.shape.in_channels, 1, {}};
  const RowCut cut(group.count, tile_pixels<Vectors>);
  std::int64_t first = 0;
  for (std::int64_t i = 0; i < cut.tiles; ++i) {
    const WindowGroup tile = {group.first + first, cut.width(i), group.columns};
    multiply_positions<Vectors>(tile.count, window, inputs + first * window.pixel, weights,
                                packed.start + channel, products);
    transform_outputs<Arithmetic, Vectors>(layer, packed, channel, tile, products, output);
    first += tile.count;
  }
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
  const RowCut groups(grid.rows * grid.columns, group_windows);
  std::int64_t first = 0;
  for (std::int64_t i = 0; i < groups.tiles; ++i) {
    const WindowGroup group = {first, groups.width(i), grid.columns};
    first += group.count;
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
