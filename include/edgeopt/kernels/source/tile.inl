// SPDX-License-Identifier: MIT
// The inner loop of a convolution: a register tile.

/// How the operands of neighbouring pixels lie, in operands: a pixel's are some runs of neighbours.
struct Window {
  std::int64_t pixel;      ///< from a pixel to the next
  std::int64_t run_steps;  ///< in a run
  std::int64_t runs;       ///< of a pixel, 1 to 9
  std::int64_t run[9];     ///< where each starts
};

/// Sums of Pixels neighbouring pixels times Vectors vectors of outputs, all kept in registers:
/// sums  // [Pixels][Vectors * lanes]
template <class Arithmetic, int Vectors, int Pixels>
[[gnu::always_inline]] inline void sum_tile(const Window& window,
                                            const typename Arithmetic::Operand* operands,
                                            const typename Arithmetic::Weight* weights,
                                            const typename Arithmetic::Sum* start,
                                            typename Arithmetic::Sum* sums) {
  Registers<typename Arithmetic::Sums, Pixels, Vectors> tile;
#pragma GCC unroll 16
  for (int pixel = 0; pixel < Pixels; ++pixel)
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      tile[pixel][v] = load<typename Arithmetic::Sums>(start + v * lanes);

  for (std::int64_t run = 0; run < window.runs; ++run) {
    const typename Arithmetic::Operand* operand = operands + window.run[run];
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

/// `tiles` tiles side by side, each of `pixels` pixels: a number known at run time, 1 to Pixels.
template <class Arithmetic, int Vectors, int Pixels = tile_pixels<Vectors>>
void sum_tiles(std::int64_t tiles, std::int64_t pixels, const Window& window,
               const typename Arithmetic::Operand* operands,
               const typename Arithmetic::Weight* weights, const typename Arithmetic::Sum* start,
               typename Arithmetic::Sum* sums) {
  if constexpr (Pixels > 1) {
    if (pixels < Pixels)
      return sum_tiles<Arithmetic, Vectors, Pixels - 1>(tiles, pixels, window, operands, weights,
                                                        start, sums);
  }
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    sum_tile<Arithmetic, Vectors, Pixels>(window, operands, weights, start, sums);
    operands += Pixels * window.pixel;
    sums += Pixels * Vectors * lanes;
  }
}

/// Pixels in a row cut into tiles as equal as can be, since narrow ones are slow: the first `wide`
/// of them have a pixel more than the others.
struct RowCut {
  std::int64_t tiles;
  std::int64_t narrow_width;
  std::int64_t wide;

  RowCut(std::int64_t pixels, std::int64_t most)
      : tiles((pixels + most - 1) / most), narrow_width(pixels / tiles), wide(pixels % tiles) {}

  [[nodiscard]] std::int64_t width(std::int64_t tile) const {
    return narrow_width + (tile < wide ? 1 : 0);
  }
};

/// Sums of all pixels of a row  // [pixels][Vectors * lanes]
template <class Arithmetic, int Vectors>
void sum_row(const Window& window, const RowCut& cut, const typename Arithmetic::Operand* operands,
             const typename Arithmetic::Weight* weights, const typename Arithmetic::Sum* start,
             typename Arithmetic::Sum* sums) {
  const std::int64_t wide_pixels = cut.wide * (cut.narrow_width + 1);
  if (cut.wide > 0)
    sum_tiles<Arithmetic, Vectors>(cut.wide, cut.narrow_width + 1, window, operands, weights, start,
                                   sums);
  sum_tiles<Arithmetic, Vectors>(cut.tiles - cut.wide, cut.narrow_width, window,
                                 operands + wide_pixels * window.pixel, weights, start,
                                 sums + wide_pixels * Vectors * lanes);
}
