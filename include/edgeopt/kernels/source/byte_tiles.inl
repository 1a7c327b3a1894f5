// SPDX-License-Identifier: MIT
// An instruction set that multiplies matrices of bytes in tiles, and stands on one that multiplies
// groups of bytes, `below`: convolutions are its own, everything else is what the other one has.
//
// It has made the names of `below` visible and defined before: instruction_set, and the
// instructions on tiles 0 to 7, of up to 16 rows of up to 64 bytes:
//   configure_tiles, release_tiles
//   zero_tile<T>()
//   load_tile<T>(from, stride), store_tile<T>(to, stride): rows begin `stride` bytes apart
//   add_tile_products<C, A, B>(): C[m][n] += sum over k of A[m][k] B[k / 4][4 n + k % 4],
//     with A of u8, B of s8 and C of s32

// Those of `below`, not of the set that it stands on.
using below::finish_row;
using below::LateStart;
using below::pack_channels;
using below::Packed;
using below::packed_at;
using below::tile_vectors;

/// The layout of LDTILECFG's operand.
struct TileConfiguration {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};
static_assert(sizeof(TileConfiguration) == 64);

/// A convolution as products of matrices, whose rows are neighbouring pixels of a row of the image.
/// Their operands lie in one run that starts `pixel` bytes after that of the pixel before, so that
/// the rows of a tile overlap in memory and nothing is copied. A run is cut into chunks that fit a
/// tile; where it goes on into gaps between channels or beyond its end, weights are zero.
///
/// With few channels a run is short: then three rows of the image are first stacked, a pixel upon
/// the one below it, and there is one run in place of three.
struct TileCut {
  static constexpr std::int64_t most_rows = 16;
  static constexpr std::int64_t most_bytes = 64;

  std::int64_t stack;   ///< bytes of three pixels upon each other, padded; 0 when not stacked
  std::int64_t pixel;   ///< bytes from a pixel to the next
  std::int64_t row;     ///< bytes from a row to the next
  std::int64_t runs;    ///< of an output
  std::int64_t chunks;  ///< of a run
  std::int64_t bytes;   ///< of a chunk
  std::int64_t columns;
  std::int64_t rows;    ///< of sums, an even number with pooling
  std::int64_t pixels;  ///< of a tile

  explicit TileCut(const ConvolutionShape& shape) {
    const std::int64_t padded = round_up(3 * shape.in_pixel, 4);
    stack = 3 * padded <= most_bytes ? padded : 0;
    pixel = stack != 0 ? stack : shape.in_pixel;
    row = (shape.width + 2) * pixel;
    runs = stack != 0 ? 1 : 3;
    chunks = (3 * pixel + most_bytes - 1) / most_bytes;
    bytes = round_up((3 * pixel + chunks - 1) / chunks, 4);
    const std::int64_t stride = shape.pooling == Pooling::none ? 1 : 2;
    columns = stride * shape.out_width();
    rows = stride * shape.out_height();
    const std::int64_t tiles = (columns + most_rows - 1) / most_rows;
    pixels = tiles == 0 ? 0 : (columns + tiles - 1) / tiles;
  }

  /// Bytes of the weights of one vector of outputs.
  [[nodiscard]] std::int64_t vector_bytes() const { return runs * chunks * bytes * lanes; }

  /// Stacked rows, and what the last tile reads beyond them.
  [[nodiscard]] std::int64_t stacked_bytes() const {
    return stack == 0 ? 0 : round_up(rows * row + most_bytes, alignment);
  }
};

struct TileLayout {
  std::int64_t outputs;
  std::int64_t weight_bytes;
  std::int64_t channel_bytes;

  explicit TileLayout(const ConvolutionShape& shape)
      : outputs(round_up(shape.out_channels, lanes)),
        weight_bytes(round_up(outputs / lanes * TileCut(shape).vector_bytes(), alignment)),
        channel_bytes(round_up(4 * outputs, alignment)) {}
};

inline std::int64_t tile_parameter_bytes(const ConvolutionShape& shape) {
  const TileLayout layout(shape);
  return layout.weight_bytes + 3 * layout.channel_bytes;
}

/// The weight that byte `operand` of run `run` meets; 0 for a gap.
inline std::int8_t tile_weight(const ConvolutionShape& shape, const TileCut& cut,
                               const std::int8_t* weights, std::int64_t output, std::int64_t run,
                               std::int64_t operand) {
  const std::int64_t column = operand / cut.pixel;
  const std::int64_t inside = operand % cut.pixel;
  const std::int64_t row = cut.stack != 0 ? inside / shape.in_pixel : run;
  const std::int64_t channel = cut.stack != 0 ? inside % shape.in_pixel : inside;
  if (output >= shape.out_channels || column >= 3 || row >= 3 || channel >= shape.in_channels)
    return 0;
  return weights[((output * shape.in_channels + channel) * 3 + row) * 3 + column];
}

/// weights  // [vector][run][chunk][bytes / 4][lanes][4]
inline void pack_tiles(const ConvolutionShape& shape, const Weights<std::uint8_t>& from,
                       std::byte* parameters) {
  const TileCut cut(shape);
  const TileLayout layout(shape);
  __builtin_memset(parameters, 0, static_cast<std::size_t>(tile_parameter_bytes(shape)));
  auto* to = reinterpret_cast<std::int8_t*>(parameters);
  for (std::int64_t first = 0; first < layout.outputs; first += lanes)
    for (std::int64_t run = 0; run < cut.runs; ++run)
      for (std::int64_t group = 0; group < cut.chunks * cut.bytes; group += 4)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
          for (std::int64_t i = 0; i < 4; ++i)
            *to++ = tile_weight(shape, cut, from.weights, first + lane, run, group + i);
  pack_channels<GroupArithmetic>(shape, from, parameters + layout.weight_bytes,
                                 layout.channel_bytes);
}

/// Three rows of an image upon each other, for every row of sums:
/// stacked  // [rows][width + 2][stack], a pixel's [3][in_pixel] first
inline const std::uint8_t* stack_rows(const ConvolutionShape& shape, const TileCut& cut,
                                      const std::uint8_t* input, std::uint8_t* stacked) {
  const std::int64_t in_row = (shape.width + 2) * shape.in_pixel;
  for (std::int64_t y = 0; y < cut.rows; ++y) {
    const std::uint8_t* const from = input + y * in_row;
    std::uint8_t* const to = stacked + y * cut.row;
    std::int64_t x = 0;
    if (shape.in_pixel == 1) {
      const auto widened =
          [ from, in_row ](std::int64_t row, std::int64_t column) __attribute__((always_inline)) {
        return widen(load<Bytes>(from + row * in_row + column));
      };
      for (; x + lanes <= shape.width + 2; x += lanes)
        store(to + 4 * x, widened(0, x) | widened(1, x) << 8 | widened(2, x) << 16);
    }
    for (; x < shape.width + 2; ++x)
      for (std::int64_t row = 0; row < 3; ++row)
        for (std::int64_t channel = 0; channel < shape.in_pixel; ++channel)
          to[x * cut.stack + row * shape.in_pixel + channel] =
              from[row * in_row + x * shape.in_pixel + channel];
  }
  return stacked;
}

/// Tiles 0 to 3 hold sums: two rows of pixels times two vectors of outputs; 4 and 5 the operands of
/// the rows; 6 and 7 the weights of the vectors.
inline void configure_for(const TileCut& cut) {
  TileConfiguration configuration;
  for (int tile = 0; tile < 8; ++tile) {
    const bool weights = tile >= 6;
    const bool operands = tile == 4 || tile == 5;
    configuration.rows[tile] = static_cast<std::uint8_t>(weights ? cut.bytes / 4 : cut.pixels);
    configuration.row_bytes[tile] =
        static_cast<std::uint16_t>(operands ? cut.bytes : TileCut::most_bytes);
  }
  configure_tiles(configuration);
}

/// Sums of neighbouring pixels in two rows of the image:
/// upper_sums, lower_sums  // [pixels][Vectors * lanes]
template <int Vectors>
void multiply_tiles(const TileCut& cut, const std::uint8_t* upper, const std::uint8_t* lower,
                    const std::int8_t* weights, std::int32_t* upper_sums,
                    std::int32_t* lower_sums) {
  constexpr std::int64_t sum_stride = Vectors * lanes * 4;
  const std::int64_t vector_bytes = cut.vector_bytes();
  zero_tile<0>();
  zero_tile<2>();
  if constexpr (Vectors == 2) {
    zero_tile<1>();
    zero_tile<3>();
  }
  for (std::int64_t run = 0; run < cut.runs; ++run)
    for (std::int64_t chunk = 0; chunk < cut.chunks; ++chunk) {
      const std::int64_t operand = run * cut.row + chunk * cut.bytes;
      load_tile<6>(weights, TileCut::most_bytes);
      load_tile<4>(upper + operand, cut.pixel);
      add_tile_products<0, 4, 6>();
      load_tile<5>(lower + operand, cut.pixel);
      add_tile_products<2, 5, 6>();
      if constexpr (Vectors == 2) {
        load_tile<7>(weights + vector_bytes, TileCut::most_bytes);
        add_tile_products<1, 4, 7>();
        add_tile_products<3, 5, 7>();
      }
      weights += cut.bytes * lanes;
    }
  store_tile<0>(upper_sums, sum_stride);
  if constexpr (Vectors == 2) store_tile<1>(upper_sums + lanes, sum_stride);
  store_tile<2>(lower_sums, sum_stride);
  if constexpr (Vectors == 2) store_tile<3>(lower_sums + lanes, sum_stride);
}

/// Two rows of sums become one row of outputs with pooling, else two.
template <int Vectors>
void finish_two_rows(const Convolution<std::uint8_t>& layer, const Packed<LateStart>& packed,
                     std::int64_t channel, std::int64_t row, const std::int32_t* sums,
                     std::uint8_t* output) {
  output += channel;
  if (layer.shape.pooling != Pooling::none) {
    finish_row<LateStart, Vectors>(layer, packed, channel, sums, output + row / 2 * layer.out_row);
    return;
  }
  const std::int64_t rows = row + 1 < layer.shape.out_height() ? 2 : 1;
  for (std::int64_t i = 0; i < rows; ++i)
    finish_row<LateStart, Vectors>(layer, packed, channel,
                                   sums + i * layer.shape.width * Vectors * lanes,
                                   output + (row + i) * layer.out_row);
}

/// Vectors * lanes output channels of the whole image. Two rows of sums are finished while the
/// products of the next two are under way.
template <int Vectors>
void convolve_tiles(const Convolution<std::uint8_t>& layer, const TileCut& cut,
                    const Packed<LateStart>& packed, std::int64_t channel,
                    const std::uint8_t* operands, std::uint8_t* output, std::int32_t* sums) {
  const std::int64_t row_sums = layer.shape.width * Vectors * lanes;
  const std::int8_t* const weights = packed.weights + channel / lanes * cut.vector_bytes();
  std::int32_t* const buffers[2] = {sums, sums + 2 * row_sums};
  int current = 0;
  for (std::int64_t row = 0; row < cut.rows; row += 2, current = 1 - current) {
    // An odd last row is computed twice; the second result is left lying.
    const std::uint8_t* const upper = operands + row * cut.row;
    const std::uint8_t* const lower = row + 1 < cut.rows ? upper + cut.row : upper;
    for (std::int64_t next = 0; next < cut.columns; next += cut.pixels) {
      // The last tile overlaps the one before it where the row does not come out even.
      const std::int64_t x = next + cut.pixels <= cut.columns ? next : cut.columns - cut.pixels;
      std::int32_t* const tile_sums = buffers[current] + x * Vectors * lanes;
      multiply_tiles<Vectors>(cut, upper + x * cut.pixel, lower + x * cut.pixel, weights, tile_sums,
                              tile_sums + row_sums);
    }
    if (row >= 2)
      finish_two_rows<Vectors>(layer, packed, channel, row - 2, buffers[1 - current], output);
  }
  const std::int64_t last = (cut.rows - 1) / 2 * 2;
  finish_two_rows<Vectors>(layer, packed, channel, last, buffers[1 - current], output);
}

/// Stacked rows, then twice two rows of sums.
inline std::int64_t tile_scratch_bytes(const ConvolutionShape& shape) {
  return TileCut(shape).stacked_bytes() + 4 * shape.width * tile_vectors * lanes * 4;
}

inline void tile_convolution(const Convolution<std::uint8_t>& layer, const std::byte*,
                             const std::uint8_t* input, std::uint8_t* output, std::byte* scratch) {
  const TileCut cut(layer.shape);
  if (cut.rows * cut.columns == 0) return;
  const TileLayout layout(layer.shape);
  const auto packed =
      packed_at<LateStart>(layer.parameters, layout.weight_bytes, layout.channel_bytes);
  const std::uint8_t* operands = input;
  if (cut.stack != 0)
    operands = stack_rows(layer.shape, cut, input, reinterpret_cast<std::uint8_t*>(scratch));
  auto* sums = reinterpret_cast<std::int32_t*>(scratch + cut.stacked_bytes());
  configure_for(cut);
  std::int64_t channel = 0;
  for (; channel + tile_vectors * lanes <= layout.outputs; channel += tile_vectors * lanes)
    convolve_tiles<tile_vectors>(layer, cut, packed, channel, operands, output, sums);
  for (; channel < layout.outputs; channel += lanes)
    convolve_tiles<1>(layer, cut, packed, channel, operands, output, sums);
  release_tiles();
}

/// A linear layer of one image would leave 15 of 16 rows of a tile empty: that of `below` is as
/// fast.
template <class Value>
constexpr Kernels<Value> with_tiles() {
  Kernels<Value> kernels = inherited(below::kernels<Value>(), instruction_set);
  if constexpr (__is_same(Value, std::uint8_t)) {
    kernels.convolution_parameter_bytes = &tile_parameter_bytes;
    kernels.convolution_scratch_bytes = &tile_scratch_bytes;
    kernels.pack_convolution = &pack_tiles;
    kernels.convolution = &tile_convolution;
  }
  return kernels;
}
template <class Value>
inline constexpr Kernels<Value> table_with_tiles = with_tiles<Value>();

template <class Value>
constexpr const Kernels<Value>& kernels() {
  return table_with_tiles<Value>;
}
