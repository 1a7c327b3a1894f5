// SPDX-License-Identifier: MIT
// Forward pass of a block: convolution, ReLU and pooling that remembers the winners.
//
// Two rows of sums at a time, for one or two vectors of output channels, as pooling needs them.

/// The row of sums that a tile is part of.
struct SumRow {
  const float* input;  ///< the first value that the first pixel's window reads
  std::int64_t row;    ///< values from an input row to the next
  std::int64_t pixel;  ///< values from an input pixel to the next
  std::int64_t in_channels;
  const float* weights;         ///< [9][in_channels][lanes]
  std::int64_t vector_weights;  ///< from a vector of outputs to the next
  const float* bias;
};

/// sums  // [Pixels][Vectors * lanes], from pixel x on
template <int Vectors, int Pixels>
void sum_window_tile(const SumRow& from, std::int64_t x, float* sums) {
  Registers<Floats, Pixels, Vectors> tile;
#pragma GCC unroll 16
  for (int pixel = 0; pixel < Pixels; ++pixel)
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) tile[pixel][v] = load<Floats>(from.bias + v * lanes);

  const float* weights = from.weights;
  for (int y = 0; y < 3; ++y)
    for (int tap = 0; tap < 3; ++tap) {
      const float* operand = from.input + y * from.row + (x + tap) * from.pixel;
      for (std::int64_t c = 0; c < from.in_channels; ++c, ++operand, weights += lanes) {
        Registers<Floats, 1, Vectors> w;
#pragma GCC unroll 16
        for (int v = 0; v < Vectors; ++v) w[0][v] = load<Floats>(weights + v * from.vector_weights);
#pragma GCC unroll 16
        for (int pixel = 0; pixel < Pixels; ++pixel) {
          const Floats value = broadcast(operand[pixel * from.pixel]);
#pragma GCC unroll 16
          for (int v = 0; v < Vectors; ++v)
            tile[pixel][v] = multiply_add(tile[pixel][v], value, w[0][v]);
        }
      }
    }

#pragma GCC unroll 16
  for (int pixel = 0; pixel < Pixels; ++pixel)
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) store(sums + (pixel * Vectors + v) * lanes, tile[pixel][v]);
}

/// The same for a number of pixels known at run time, from 1 to Pixels.
template <int Vectors, int Pixels = tile_pixels<Vectors>>
void sum_window_pixels(std::int64_t pixels, const SumRow& from, std::int64_t x, float* sums) {
  if constexpr (Pixels > 1) {
    if (pixels < Pixels) return sum_window_pixels<Vectors, Pixels - 1>(pixels, from, x, sums);
  }
  sum_window_tile<Vectors, Pixels>(from, x, sums);
}

/// A row in tiles as equal as can be, since narrow ones are slow.
template <int Vectors>
void sum_window_row(const SumRow& from, std::int64_t columns, float* sums) {
  constexpr std::int64_t most = tile_pixels<Vectors>;
  std::int64_t tiles = (columns + most - 1) / most;
  for (std::int64_t x = 0; x < columns; --tiles) {
    const std::int64_t width = (columns - x) / tiles;
    sum_window_pixels<Vectors>(width, from, x, sums + x * Vectors * lanes);
    x += width;
  }
}

/// `b` where it is larger than `a`, whose place in the window is then `place`.
[[gnu::always_inline]] inline void prefer_larger(Floats& a, Integers& winner, Floats b, int place) {
  const Integers larger = b > a;
  a = larger ? b : a;
  winner = larger ? Integers{} + place : winner;
}

/// A row of windows from two rows of sums.
template <int Vectors>
void pool_window_row(const PooledConvolution& block, const float* sums, float* pooled,
                     std::int32_t* winners) {
  constexpr std::int64_t pixel = Vectors * lanes;
  const float* const below = sums + 2 * block.out_width() * pixel;
  for (std::int64_t x = 0; x < block.out_width(); ++x)
    for (std::int64_t v = 0; v < pixel; v += lanes) {
      const std::int64_t corner = 2 * x * pixel + v;
      Floats largest = load<Floats>(sums + corner);
      Integers winner = {};
      prefer_larger(largest, winner, load<Floats>(sums + corner + pixel), 1);
      prefer_larger(largest, winner, load<Floats>(below + corner), 2);
      prefer_larger(largest, winner, load<Floats>(below + corner + pixel), 3);
      store(pooled + x * block.out_pixel + v, maximum(Floats{}, largest));  // NaN is kept
      store(winners + x * block.out_pixel + v, winner);
    }
}

template <int Vectors>
void forward_channels(const PooledConvolution& block, std::int64_t channel, const float* input,
                      const float* weights, const float* bias, float* pooled, std::int32_t* winners,
                      float* scratch) {
  const std::int64_t vector_weights = 9 * block.in_channels * lanes;
  const std::int64_t columns = 2 * block.out_width();
  SumRow from = {input,
                 block.in_row(),
                 block.in_pixel,
                 block.in_channels,
                 weights + channel / lanes * vector_weights,
                 vector_weights,
                 bias + channel};
  for (std::int64_t y = 0; y < block.out_height(); ++y) {
    for (std::int64_t row = 0; row < 2; ++row, from.input += from.row)
      sum_window_row<Vectors>(from, columns, scratch + row * columns * Vectors * lanes);
    pool_window_row<Vectors>(block, scratch, pooled + y * block.out_row + channel,
                             winners + y * block.out_width() * block.out_pixel + channel);
  }
}

/// Two rows of sums.
inline std::int64_t forward_scratch(const PooledConvolution& block) {
  return 2 * 2 * block.out_width() * tile_vectors * lanes;
}

inline void forward(const PooledConvolution& block, const float* input, const float* weights,
                    const float* bias, float* pooled, std::int32_t* winners, float* scratch) {
  std::int64_t channel = 0;
  for (; channel + tile_vectors * lanes <= block.out_pixel; channel += tile_vectors * lanes)
    forward_channels<tile_vectors>(block, channel, input, weights, bias, pooled, winners, scratch);
  for (; channel < block.out_pixel; channel += lanes)
    forward_channels<1>(block, channel, input, weights, bias, pooled, winners, scratch);
}
