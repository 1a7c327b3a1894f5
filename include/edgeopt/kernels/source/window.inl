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

/// Neighbouring windows of one row.
struct WindowSpan {
  std::int64_t y;
  std::int64_t x;
  std::int64_t count;
};

/// The 4 x 4 inputs of a window: value(y, x) = row[y][column[x]]. Where the extent is odd, the last
/// window has outputs beyond it, which are dropped; the inputs that only they need are replaced by
/// their neighbours, so that nothing outside is read.
template <class Value>
struct Patch {
  const Value* row[4];
  std::int64_t column[4];
  std::int64_t whole_windows;  ///< from here to the end of the row

  /// The first patch of a span.
  [[gnu::always_inline]] Patch(const ConvolutionShape& shape, const Value* input,
                               const WindowSpan& span) {
    const std::int64_t row_values = (shape.width + 2) * shape.in_pixel;
    const bool last_row = 2 * span.y + 2 > shape.height;
    row[0] = input + 2 * span.y * row_values + 2 * span.x * shape.in_pixel;
    row[1] = row[0] + row_values;
    row[2] = row[1] + row_values;
    row[3] = last_row ? row[2] : row[2] + row_values;
    whole_windows = shape.width / 2 - span.x;
    column[0] = 0;
    column[1] = shape.in_pixel;
    column[2] = 2 * shape.in_pixel;
    column[3] = whole_windows > 0 ? 3 * shape.in_pixel : column[2];
  }

  /// Goes to the window on the right.
  [[gnu::always_inline]] void advance() {
#pragma GCC unroll 4
    for (int y = 0; y < 4; ++y) row[y] += column[2];
    if (--whole_windows <= 0) column[3] = column[2];
  }
};

/// Where the outputs of a window are stored.
template <class Value>
struct OutputWindow {
  Value* first;
  std::int64_t rows;     ///< that exist, 1 or 2
  std::int64_t columns;  ///< that exist from here to the end of the row
  std::int64_t width;    ///< values from one window to the next

  [[gnu::always_inline]] OutputWindow(const Convolution<Value>& layer, Value* output,
                                      const WindowSpan& span) {
    const std::int64_t size = layer.shape.pooling == Pooling::none ? 2 : 1;
    width = size * layer.out_pixel;
    first = output + size * span.y * layer.out_row + span.x * width;
    rows = layer.shape.height - 2 * span.y;
    columns = layer.shape.width - 2 * span.x;
  }

  [[gnu::always_inline]] void advance() {
    first += width;
    columns -= 2;
  }
};

/// Stores the sums of a window, or their maximum, for a vector of channels.
template <class Arithmetic>
[[gnu::always_inline]] inline void finish_window(
    const Convolution<typename Arithmetic::Value>& layer, const Packed<Arithmetic>& packed,
    std::int64_t channel, const Registers<Floats, 2, 2>& sums,
    const OutputWindow<typename Arithmetic::Value>& window) {
  if (layer.shape.pooling != Pooling::none) {
    Arithmetic::finish(packed, channel, layer.range,
                       maximum(maximum(sums[0][0], sums[0][1]), maximum(sums[1][0], sums[1][1])),
                       window.first + channel);
    return;
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j)
      if (i < window.rows && j < window.columns)
        Arithmetic::finish(packed, channel, layer.range, sums[i][j],
                           window.first + i * layer.out_row + j * layer.out_pixel + channel);
}
