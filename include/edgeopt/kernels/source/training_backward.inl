// SPDX-License-Identifier: MIT
// Backward pass of a block, from the gradients of its windows.

inline void relu_backward(const PooledConvolution& block, const float* pooled,
                          const float* pooled_gradient, std::int64_t pooled_gradient_row,
                          float* gradients, float* bias_gradient) {
  for (std::int64_t v = 0; v < block.out_pixel; v += lanes) {
    Floats sum = {};
    for (std::int64_t y = 0; y < block.out_height(); ++y)
      for (std::int64_t x = 0; x < block.out_width(); ++x) {
        const std::int64_t pixel = x * block.out_pixel + v;
        const Integers alive = load<Floats>(pooled + y * block.out_row + pixel) > Floats{};
        const Floats gradient =
            alive ? load<Floats>(pooled_gradient + y * pooled_gradient_row + pixel) : Floats{};
        store(gradients + y * block.out_width() * block.out_pixel + pixel, gradient);
        sum += gradient;
      }
    store(bias_gradient + v, load<Floats>(bias_gradient + v) + sum);
  }
}

/// The nine taps of a vector of channels.
using Taps = Registers<Floats, 3, 3>;

/// taps[y][x] += sum over a list of gradient * values[offset + y * row + x * pixel]
[[gnu::always_inline]] inline void add_winners(const WinnerGradient* list, std::int64_t count,
                                               const float* values, std::int64_t row,
                                               std::int64_t pixel, Taps& taps) {
  for (const WinnerGradient* const end = list + count; list != end; ++list) {
    const float* const corner = values + list->offset;
    const Floats gradient = broadcast(list->gradient);
#pragma GCC unroll 3
    for (int y = 0; y < 3; ++y)
#pragma GCC unroll 3
      for (int x = 0; x < 3; ++x)
        taps[y][x] = multiply_add(taps[y][x], gradient, load<Floats>(corner + y * row + x * pixel));
  }
}

/// values[y * row + x * pixel] += taps[y][x]
[[gnu::always_inline]] inline void add_taps(float* values, std::int64_t row, std::int64_t pixel,
                                            const Taps& taps) {
#pragma GCC unroll 3
  for (int y = 0; y < 3; ++y)
#pragma GCC unroll 3
    for (int x = 0; x < 3; ++x) {
      float* const value = values + y * row + x * pixel;
      store(value, load<Floats>(value) + taps[y][x]);
    }
}

/// All winners of one output channel, where the window that they saw begins in the input.
inline std::int64_t list_of_channel(const PooledConvolution& block, std::int64_t channel,
                                    const float* gradients, const std::int32_t* winners,
                                    WinnerGradient* list) {
  const std::int64_t place[4] = {0, block.in_pixel, block.in_row(),
                                 block.in_row() + block.in_pixel};
  std::int64_t count = 0;
  std::int64_t window = channel;
  for (std::int64_t y = 0; y < block.out_height(); ++y)
    for (std::int64_t x = 0; x < block.out_width(); ++x, window += block.out_pixel) {
      list[count] = {2 * y * block.in_row() + 2 * x * block.in_pixel + place[winners[window]],
                     gradients[window]};
      count += gradients[window] != 0 ? 1 : 0;
    }
  return count;
}

/// Layout by_inputs: for each output channel the sum over its winners.
inline void add_weight_gradient_of_winners(const PooledConvolution& block, const float* input,
                                           const float* gradients, const std::int32_t* winners,
                                           float* weight_gradient, WinnerGradient* list) {
  for (std::int64_t channel = 0; channel < block.out_channels; ++channel) {
    const std::int64_t count = list_of_channel(block, channel, gradients, winners, list);
    for (std::int64_t v = 0; v < block.in_pixel; v += lanes, weight_gradient += 9 * lanes) {
      Taps taps = {};
      add_winners(list, count, input + v, block.in_row(), block.in_pixel, taps);
      add_taps(weight_gradient, 3 * lanes, lanes, taps);
    }
  }
}

/// taps += the four gradients of a window times the pixels that their windows saw.
/// corner  // first value of the 4x4 pixels
[[gnu::always_inline]] inline void add_window(const float* corner, std::int64_t row,
                                              std::int64_t pixel, Floats gradient, Integers winner,
                                              Taps& taps) {
  Registers<Floats, 2, 2> of_pixel;
#pragma GCC unroll 4
  for (int place = 0; place < 4; ++place)
    of_pixel[place / 2][place % 2] = winner == Integers{} + place ? gradient : Floats{};
#pragma GCC unroll 4
  for (int y = 0; y < 4; ++y)
#pragma GCC unroll 4
    for (int x = 0; x < 4; ++x) {
      const Floats value = broadcast(corner[y * row + x * pixel]);
#pragma GCC unroll 2
      for (int dy = 0; dy < 2; ++dy)
#pragma GCC unroll 2
        for (int dx = 0; dx < 2; ++dx)
          if (y - dy >= 0 && y - dy < 3 && x - dx >= 0 && x - dx < 3)
            taps[y - dy][x - dx] = multiply_add(taps[y - dy][x - dx], of_pixel[dy][dx], value);
    }
}

/// Layout by_outputs: for each input channel the sum over all windows, vectors of outputs.
inline void add_weight_gradient_of_windows(const PooledConvolution& block, const float* input,
                                           const float* gradients, const std::int32_t* winners,
                                           float* weight_gradient) {
  for (std::int64_t v = 0; v < block.out_pixel; v += lanes)
    for (std::int64_t c = 0; c < block.in_channels; ++c, weight_gradient += 9 * lanes) {
      Taps taps = {};
      std::int64_t window = v;
      for (std::int64_t y = 0; y < block.out_height(); ++y)
        for (std::int64_t x = 0; x < block.out_width(); ++x, window += block.out_pixel)
          add_window(input + 2 * y * block.in_row() + 2 * x * block.in_pixel + c, block.in_row(),
                     block.in_pixel, load<Floats>(gradients + window),
                     load<Integers>(winners + window), taps);
      add_taps(weight_gradient, 3 * lanes, lanes, taps);
    }
}

inline void add_weight_gradient(const PooledConvolution& block, WeightGradientLayout layout,
                                const float* input, const float* gradients,
                                const std::int32_t* winners, float* weight_gradient,
                                WinnerGradient* list) {
  if (layout == WeightGradientLayout::by_outputs)
    add_weight_gradient_of_windows(block, input, gradients, winners, weight_gradient);
  else
    add_weight_gradient_of_winners(block, input, gradients, winners, weight_gradient, list);
}

/// The winners of one window by their pixel: four lists of room `room`.
inline void lists_of_window(const PooledConvolution& block, const float* gradients,
                            const std::int32_t* winners, std::int64_t room, WinnerGradient* lists,
                            std::int64_t (&counts)[4]) {
  for (std::int64_t& count : counts) count = 0;
  for (std::int64_t channel = 0; channel < block.out_channels; ++channel) {
    std::int64_t& count = counts[winners[channel]];
    lists[winners[channel] * room + count] = {channel * 9 * block.in_pixel, gradients[channel]};
    count += gradients[channel] != 0 ? 1 : 0;
  }
}

inline void input_gradient(const PooledConvolution& block, const float* weights,
                           const float* gradients, const std::int32_t* winners,
                           float* input_gradient, WinnerGradient* list) {
  const std::int64_t room = block.out_channels + 1;
  __builtin_memset(input_gradient, 0, static_cast<std::size_t>(block.in_values()) * sizeof(float));
  std::int64_t window = 0;
  for (std::int64_t y = 0; y < block.out_height(); ++y)
    for (std::int64_t x = 0; x < block.out_width(); ++x, window += block.out_pixel) {
      std::int64_t counts[4];
      lists_of_window(block, gradients + window, winners + window, room, list, counts);
      for (std::int64_t place = 0; place < 4; ++place) {
        float* const corner = input_gradient + (2 * y + place / 2) * block.in_row() +
                              (2 * x + place % 2) * block.in_pixel;
        for (std::int64_t v = 0; v < block.in_pixel; v += lanes) {
          Taps taps = {};
          add_winners(list + place * room, counts[place], weights + 9 * v, 3 * lanes, lanes, taps);
          add_taps(corner + v, block.in_row(), block.in_pixel, taps);
        }
      }
    }
}
