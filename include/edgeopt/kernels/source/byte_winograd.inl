// SPDX-License-Identifier: MIT
// 3x3 convolution of bytes with 16 products for 4 outputs in place of 36, exactly: Winograd's
// F(2,3) in both directions (A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural
// Networks", 2016), with its halves multiplied away, so that all numbers are integers. For one
// direction
//
//     V = (d0 - d2, d1 + d2, d2 - d1, d1 - d3)          of four operands
//     U = (2 g0, g0 + g1 + g2, g0 - g1 + g2, 2 g2)      of three weights
//     2 y0 = M0 + M1 + M2,  2 y1 = M1 - M2 - M3         of the sums M of U V over channels
//
// In both directions |V| <= 4 * 255 and |U| <= 9 * 128 fit 16 bits, and sums come out four times
// too large. They are right modulo 2^32 whatever happens on the way, so it is enough that the last
// fits.

/// Whether a layer is computed so: where it pays, whole 2x2 windows are asked for, and four times
/// the largest sum of 9 in_channels products fits 32 bits.
inline bool uses_winograd(const ConvolutionShape& shape) {
  const bool whole_windows =
      shape.pooling != Pooling::none || (shape.height % 2 == 0 && shape.width % 2 == 0);
  constexpr std::int64_t largest = 0x7fffffff / (4 * 9 * 255 * 128);
  return whole_windows && shape.in_channels >= 8 && shape.in_channels <= largest;
}

/// Windows that are computed together.
inline constexpr int winograd_windows = tile_pixels<tile_vectors>;

struct WinogradLayout {
  std::int64_t steps;    ///< of a position
  std::int64_t outputs;  ///< in whole vectors
  std::int64_t weight_bytes;
  std::int64_t channel_bytes;
  std::int64_t window;   ///< operands of a window at one position
  std::int64_t rows;     ///< of windows
  std::int64_t columns;  ///< of windows

  explicit WinogradLayout(const ConvolutionShape& shape)
      : steps((shape.in_channels + 1) / 2),
        outputs(round_up(shape.out_channels, lanes)),
        weight_bytes(round_up(16 * steps * outputs * 4, alignment)),
        channel_bytes(round_up(4 * outputs, alignment)),
        window(round_up(shape.in_channels, 2 * lanes)),
        rows(shape.pooling == Pooling::none ? shape.height / 2 : shape.out_height()),
        columns(shape.pooling == Pooling::none ? shape.width / 2 : shape.out_width()) {}

  [[nodiscard]] std::int64_t operand_bytes() const {
    return round_up(16 * winograd_windows * window * 2, alignment);
  }
};

/// The weight of an input and an output channel at position 4 row + column.
inline std::int16_t winograd_weight(const std::int8_t* weights, std::int64_t row,
                                    std::int64_t column) {
  constexpr std::int32_t factors[4][3] = {{2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}};
  std::int32_t sum = 0;
  for (std::int64_t y = 0; y < 3; ++y)
    for (std::int64_t x = 0; x < 3; ++x)
      sum += factors[row][y] * factors[column][x] * weights[3 * y + x];
  return static_cast<std::int16_t>(sum);
}

/// weights  // [block][16][step][output of the block][2]
inline void pack_winograd(const ConvolutionShape& shape, const Weights<std::uint8_t>& from,
                          std::byte* parameters) {
  const WinogradLayout layout(shape);
  __builtin_memset(parameters, 0,
                   static_cast<std::size_t>(layout.weight_bytes + 3 * layout.channel_bytes));
  auto* to = reinterpret_cast<std::int16_t*>(parameters);
  for (std::int64_t first = 0, size = 0; first < layout.outputs; first += size) {
    size = layout.outputs - first >= tile_vectors * lanes ? tile_vectors * lanes : lanes;
    for (std::int64_t position = 0; position < 16; ++position)
      for (std::int64_t step = 0; step < layout.steps; ++step)
        for (std::int64_t output = first; output < first + size; ++output)
          for (std::int64_t channel = 2 * step; channel < 2 * step + 2; ++channel, ++to)
            if (output < shape.out_channels && channel < shape.in_channels)
              *to = winograd_weight(from.weights + (output * shape.in_channels + channel) * 9,
                                    position / 4, position % 4);
  }
  pack_channels<ByteArithmetic>(shape, from, parameters + layout.weight_bytes,
                                layout.channel_bytes);
}

/// V of four vectors.
[[gnu::always_inline]] inline void transform_operands(Pairs (&d)[4]) {
  const Pairs v[4] = {d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]};
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) d[i] = v[i];
}

/// The operands of one window at all positions.
/// operands  // [16][...], `position` operands from one to the next
inline void transform_window(const std::uint8_t* input, std::int64_t row, std::int64_t pixel,
                             std::int64_t channels, std::int16_t* operands, std::int64_t position) {
  for (std::int64_t channel = 0; channel < channels; channel += 2 * lanes) {
    Pairs d[4][4];
#pragma GCC unroll 4
    for (int y = 0; y < 4; ++y) {
#pragma GCC unroll 4
      for (int x = 0; x < 4; ++x)
        d[y][x] =
            __builtin_convertvector(load<BytePairs>(input + y * row + x * pixel + channel), Pairs);
      transform_operands(d[y]);
    }
#pragma GCC unroll 4
    for (int x = 0; x < 4; ++x) {
      Pairs column[4] = {d[0][x], d[1][x], d[2][x], d[3][x]};
      transform_operands(column);
#pragma GCC unroll 4
      for (int y = 0; y < 4; ++y) store(operands + (4 * y + x) * position + channel, column[y]);
    }
  }
}

/// M of `Windows` windows and Vectors * lanes outputs:
/// sums  // [16][Windows][Vectors * lanes]
template <int Vectors, int Windows>
void multiply_windows(const WinogradLayout& layout, const std::int16_t* operands,
                      std::int64_t position_operands, const std::int16_t* weights,
                      std::int32_t* sums) {
  for (std::int64_t position = 0; position < 16; ++position) {
    Registers<Integers, Windows, Vectors> tile = {};
    const std::int16_t* operand = operands + position * position_operands;
    for (std::int64_t step = 0; step < layout.steps; ++step) {
      Registers<Pairs, 1, Vectors> w;
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) w[0][v] = load<Pairs>(weights + v * lanes * 2);
#pragma GCC unroll 16
      for (int window = 0; window < Windows; ++window) {
        const Pairs x = ByteArithmetic::operand(operand + window * layout.window);
#pragma GCC unroll 16
        for (int v = 0; v < Vectors; ++v)
          tile[window][v] = add_pair_products(tile[window][v], x, w[0][v]);
      }
      operand += 2;
      weights += Vectors * lanes * 2;
    }
#pragma GCC unroll 16
    for (int window = 0; window < Windows; ++window)
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v, sums += lanes) store(sums, tile[window][v]);
  }
}

/// The sums of a window's four pixels, [y][x], from those at its 16 positions. Numbers without
/// sign, since those on the way may wrap.
[[gnu::always_inline]] inline void window_sums(const std::int32_t* sums, std::int64_t position,
                                               Integers (&y)[2][2]) {
  Counts rows[2][4];
#pragma GCC unroll 4
  for (int x = 0; x < 4; ++x) {
    Counts m[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) m[i] = load<Counts>(sums + (4 * i + x) * position);
    rows[0][x] = m[0] + m[1] + m[2];
    rows[1][x] = m[1] - m[2] - m[3];
  }
#pragma GCC unroll 2
  for (int row = 0; row < 2; ++row) {
    y[row][0] = reinterpret_cast<Integers>(rows[row][0] + rows[row][1] + rows[row][2]);
    y[row][1] = reinterpret_cast<Integers>(rows[row][1] - rows[row][2] - rows[row][3]);
  }
}

/// A vector of outputs of one window, whose first pixel or pooled pixel is `output`.
[[gnu::always_inline]] inline void finish_window(const Convolution<std::uint8_t>& layer,
                                                 const Packed<ByteArithmetic>& packed,
                                                 std::int64_t channel, const Integers (&y)[2][2],
                                                 std::uint8_t* output) {
  const Integers start = load<Integers>(packed.start + channel);
  if (layer.shape.pooling != Pooling::none) {
    const Integers most = maximum(maximum(y[0][0], y[0][1]), maximum(y[1][0], y[1][1]));
    ByteArithmetic::finish(packed, channel, layer.range, (most >> 2) + start, output);
    return;
  }
#pragma GCC unroll 2
  for (int row = 0; row < 2; ++row)
#pragma GCC unroll 2
    for (int x = 0; x < 2; ++x)
      ByteArithmetic::finish(packed, channel, layer.range, (y[row][x] >> 2) + start,
                             output + row * layer.out_row + x * layer.out_pixel);
}

/// The place of a window, counted along rows.
struct WindowPlace {
  std::int64_t row = 0;
  std::int64_t column = 0;

  void advance(std::int64_t columns) {
    if (++column < columns) return;
    column = 0;
    ++row;
  }
};

/// Vectors * lanes outputs of `count` windows from `place` on; Windows are multiplied.
template <int Vectors, int Windows>
void convolve_windows(const Convolution<std::uint8_t>& given, const WinogradLayout& layout,
                      std::int64_t channel, WindowPlace place, std::int64_t count,
                      const std::int16_t* operands, std::int64_t position_operands,
                      std::uint8_t* output, std::int32_t* sums) {
  const Convolution<std::uint8_t> layer = given;  // outputs may alias the caller's
  const auto packed =
      packed_at<ByteArithmetic>(layer.parameters, layout.weight_bytes, layout.channel_bytes);
  const std::int64_t columns = layout.columns;
  multiply_windows<Vectors, Windows>(layout, operands, position_operands,
                                     packed.weights + channel * 16 * layout.steps * 2, sums);
  const std::int64_t stride = layer.shape.pooling == Pooling::none ? 2 : 1;
  for (std::int64_t i = 0; i < count; ++i, place.advance(columns)) {
    std::uint8_t* const to = output + place.row * stride * layer.out_row +
                             place.column * stride * layer.out_pixel + channel;
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      Integers y[2][2];
      window_sums(sums + (i * Vectors + v) * lanes, Windows * Vectors * lanes, y);
      finish_window(layer, packed, channel + v * lanes, y, to + v * lanes);
    }
  }
}

/// The same for half as many windows where no more are left.
template <int Vectors>
void convolve_some_windows(const Convolution<std::uint8_t>& layer, const WinogradLayout& layout,
                           std::int64_t channel, WindowPlace place, std::int64_t count,
                           const std::int16_t* operands, std::int64_t position_operands,
                           std::uint8_t* output, std::int32_t* sums) {
  if (count > winograd_windows / 2)
    convolve_windows<Vectors, winograd_windows>(layer, layout, channel, place, count, operands,
                                                position_operands, output, sums);
  else
    convolve_windows<Vectors, winograd_windows / 2>(layer, layout, channel, place, count, operands,
                                                    position_operands, output, sums);
}

inline void winograd(const Convolution<std::uint8_t>& layer, const std::uint8_t* input,
                     std::uint8_t* output, std::byte* scratch) {
  const ConvolutionShape& shape = layer.shape;
  const WinogradLayout layout(shape);
  auto* const operands = reinterpret_cast<std::int16_t*>(scratch);
  auto* const sums = reinterpret_cast<std::int32_t*>(scratch + layout.operand_bytes());
  const std::int64_t position = winograd_windows * layout.window;
  const std::int64_t row = (shape.width + 2) * shape.in_pixel;
  const std::int64_t windows = layout.rows * layout.columns;
  WindowPlace next;
  for (std::int64_t first = 0; first < windows; first += winograd_windows) {
    const std::int64_t left = windows - first;
    const std::int64_t count = left < winograd_windows ? left : winograd_windows;
    const WindowPlace place = next;
    for (std::int64_t i = 0; i < count; ++i, next.advance(layout.columns))
      transform_window(input + 2 * next.row * row + 2 * next.column * shape.in_pixel, row,
                       shape.in_pixel, shape.in_channels, operands + i * layout.window, position);
    std::int64_t channel = 0;
    for (; channel + tile_vectors * lanes <= layout.outputs; channel += tile_vectors * lanes)
      convolve_some_windows<tile_vectors>(layer, layout, channel, place, count, operands, position,
                                          output, sums);
    for (; channel < layout.outputs; channel += lanes)
      convolve_some_windows<1>(layer, layout, channel, place, count, operands, position, output,
                               sums);
  }
}

inline std::int64_t byte_parameter_bytes(const ConvolutionShape& shape) {
  if (!uses_winograd(shape)) return parameter_bytes<ByteArithmetic, ConvolutionShape>(shape);
  const WinogradLayout layout(shape);
  return layout.weight_bytes + 3 * layout.channel_bytes;
}

inline std::int64_t byte_scratch_bytes(const ConvolutionShape& shape) {
  if (!uses_winograd(shape)) return convolution_scratch_bytes<ByteArithmetic>(shape);
  return WinogradLayout(shape).operand_bytes() + 16 * winograd_windows * tile_vectors * lanes * 4;
}

inline void pack_bytes(const ConvolutionShape& shape, const Weights<std::uint8_t>& from,
                       std::byte* parameters) {
  if (uses_winograd(shape))
    pack_winograd(shape, from, parameters);
  else
    pack<ByteArithmetic, ConvolutionShape>(shape, from, parameters);
}

inline ConvolutionAlgorithm byte_algorithm(const ConvolutionShape& shape) {
  return uses_winograd(shape) ? ConvolutionAlgorithm::winograd : ConvolutionAlgorithm::direct;
}

inline void byte_convolution(const Convolution<std::uint8_t>& layer, const std::byte* expanded,
                             const std::uint8_t* input, std::uint8_t* output, std::byte* scratch) {
  if (uses_winograd(layer.shape))
    winograd(layer, input, output, scratch);
  else
    convolution<ByteArithmetic>(layer, expanded, input, output, scratch);
}

/// For bytes, the table with the faster of two convolutions.
template <class Arithmetic>
constexpr Kernels<typename Arithmetic::Value> with_winograd() {
  Kernels<typename Arithmetic::Value> kernels = table<Arithmetic>;
  if constexpr (__is_same(Arithmetic, ByteArithmetic)) {
    kernels.convolution_parameter_bytes = &byte_parameter_bytes;
    kernels.convolution_scratch_bytes = &byte_scratch_bytes;
    kernels.pack_convolution = &pack_bytes;
    kernels.convolution_algorithm = &byte_algorithm;
    kernels.convolution = &byte_convolution;
  }
  return kernels;
}
template <class Arithmetic>
inline constexpr Kernels<typename Arithmetic::Value> table_with_winograd =
    with_winograd<Arithmetic>();
