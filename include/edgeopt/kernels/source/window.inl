// SPDX-License-Identifier: MIT
// Outputs in windows of 2 x 2: a pooling window where pooling follows, and what one patch of 4 x 4
// inputs determines.

/// The windows that cover all outputs that are used.
struct WindowGrid {
  std::int64_t rows;
  std::int64_t columns;

  explicit WindowGrid(const ConvolutionShape& shape)
      : rows(shape.pooling == Pooling::none ? (shape.height + 1) / 2 : shape.height / 2),
        columns(shape.pooling == Pooling::none ? (shape.width + 1) / 2 : shape.width / 2) {}
};

/// The 4 x 4 inputs of a window: value(y, x) = row[y][column[x]]. Where the extent is odd, the last
/// window has outputs beyond it, which are dropped; the inputs that only they need are replaced by
/// their neighbours, so that nothing outside is read.
template <class Value>
struct Patch {
  const Value* row[4];
  std::int64_t column[4];

  [[gnu::always_inline]] Patch(const ConvolutionShape& shape, const Value* input, std::int64_t y,
                               std::int64_t x) {
    const std::int64_t row_values = (shape.width + 2) * shape.in_pixel;
    const Value* const first = input + 2 * y * row_values + 2 * x * shape.in_pixel;
    const bool last_row = 2 * y + 2 > shape.height;
    const bool last_column = 2 * x + 2 > shape.width;
    row[0] = first;
    row[1] = first + row_values;
    row[2] = first + 2 * row_values;
    row[3] = last_row ? row[2] : first + 3 * row_values;
    column[0] = 0;
    column[1] = shape.in_pixel;
    column[2] = 2 * shape.in_pixel;
    column[3] = last_column ? column[2] : 3 * shape.in_pixel;
  }
};

/// Stores the sums of window (y, x), or their maximum, for a vector of channels.
template <class Arithmetic>
[[gnu::always_inline]] inline void finish_window(
    const Convolution<typename Arithmetic::Value>& layer, const Packed<Arithmetic>& packed,
    std::int64_t channel, std::int64_t y, std::int64_t x, const Registers<Floats, 2, 2>& sums,
    typename Arithmetic::Value* output) {
  if (layer.shape.pooling != Pooling::none) {
    Arithmetic::finish(packed, channel, layer.range,
                       maximum(maximum(sums[0][0], sums[0][1]), maximum(sums[1][0], sums[1][1])),
                       output + y * layer.out_row + x * layer.out_pixel + channel);
    return;
  }
  for (std::int64_t i = 0; i < 2 && 2 * y + i < layer.shape.height; ++i)
    for (std::int64_t j = 0; j < 2 && 2 * x + j < layer.shape.width; ++j)
      Arithmetic::finish(
          packed, channel, layer.range, sums[i][j],
          output + (2 * y + i) * layer.out_row + (2 * x + j) * layer.out_pixel + channel);
}
