// SPDX-License-Identifier: MIT
// The inner loop of a convolution: a register tile.

/// How the operands of neighbouring pixels lie, in operands.
struct Window {
  std::int64_t row;        ///< from a row to the next
  std::int64_t pixel;      ///< from a pixel, and from a run, to the next
  std::int64_t runs;       ///< in a row
  std::int64_t run_steps;  ///< in a run
};

/// Sums of Pixels neighbouring pixels times Vectors vectors of outputs, all kept in registers:
/// sums  // [Pixels][Vectors * lanes]
template <class Arithmetic, int Vectors, int Pixels>
void sum_tile(const Window& window, const typename Arithmetic::Operand* operands,
              const typename Arithmetic::Weight* weights, const typename Arithmetic::Sum* start,
              typename Arithmetic::Sum* sums) {
  Registers<typename Arithmetic::Sums, Pixels, Vectors> tile;
#pragma GCC unroll 16
  for (int pixel = 0; pixel < Pixels; ++pixel)
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      tile[pixel][v] = load<typename Arithmetic::Sums>(start + v * lanes);

  for (int row = 0; row < 3; ++row)
    for (std::int64_t run = 0; run < window.runs; ++run) {
      const typename Arithmetic::Operand* operand =
          operands + row * window.row + run * window.pixel;
      for (std::int64_t step = 0; step < window.run_steps; ++step) {
        Registers<decltype(Arithmetic::weights(weights)), 1, Vectors> w;
#pragma GCC unroll 16
        for (int v = 0; v < Vectors; ++v)
          w[0][v] = Arithmetic::weights(weights + v * lanes * Arithmetic::group);
#pragma GCC unroll 16
        for (int pixel = 0; pixel < Pixels; ++pixel) {
          const auto x = Arithmetic::operand(operand + pixel * window.pixel);
#pragma GCC unroll 16
          for (int v = 0; v < Vectors; ++v)
            tile[pixel][v] = Arithmetic::add_products(tile[pixel][v], x, w[0][v]);
        }
        operand += Arithmetic::group;
        weights += Vectors * lanes * Arithmetic::group;
      }
    }

#pragma GCC unroll 16
  for (int pixel = 0; pixel < Pixels; ++pixel)
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) store(sums + (pixel * Vectors + v) * lanes, tile[pixel][v]);
}

/// The same for a number of pixels known at run time, from 1 to Pixels.
template <class Arithmetic, int Vectors, int Pixels = tile_pixels<Vectors>>
void sum_pixels(std::int64_t pixels, const Window& window,
                const typename Arithmetic::Operand* operands,
                const typename Arithmetic::Weight* weights, const typename Arithmetic::Sum* start,
                typename Arithmetic::Sum* sums) {
  if constexpr (Pixels > 1) {
    if (pixels < Pixels)
      return sum_pixels<Arithmetic, Vectors, Pixels - 1>(pixels, window, operands, weights, start,
                                                         sums);
  }
  sum_tile<Arithmetic, Vectors, Pixels>(window, operands, weights, start, sums);
}
