// SPDX-License-Identifier: MIT
// Weights of convolutions that are stored as halves become floats, packed as those of
// FloatArithmetic are, once for all images of a run: each is used for many pixels.

template <class Arithmetic>
std::int64_t expanded_bytes(const ConvolutionShape& shape) {
  if constexpr (expands<Arithmetic>)
    return PackedLayout<Core<Arithmetic>>(shape).weight_bytes;
  else
    return 0;
}

/// One block: from  // [9][in_channels][outputs], to  // [position][in_channels][outputs]
inline void expand_transformed(std::int64_t in_channels, std::int64_t outputs, const Half* from,
                               float* to) {
  const std::int64_t step = in_channels * outputs;
  for (std::int64_t i = 0; i < step; i += lanes) {
    Floats weights[9];
    Floats transformed[positions];
#pragma GCC unroll 9
    for (int tap = 0; tap < 9; ++tap) weights[tap] = widen(load<Halves>(from + tap * step + i));
    transform_weights(weights, transformed);
#pragma GCC unroll 16
    for (int position = 0; position < positions; ++position)
      store(to + position * step + i, transformed[position]);
  }
}

template <class Arithmetic>
void expand([[maybe_unused]] const ConvolutionShape& shape,
            [[maybe_unused]] const std::byte* parameters, [[maybe_unused]] std::byte* expanded) {
  if constexpr (expands<Arithmetic>) {
    const PackedLayout<Arithmetic> layout(shape);
    const Half* const from = layout.in(parameters).weights;
    auto* const to = reinterpret_cast<float*>(expanded);
    if (choose_algorithm(shape, lanes) != ConvolutionAlgorithm::winograd) {
      for (std::int64_t i = 0; i < layout.steps * layout.outputs; i += lanes)
        store(to + i, widen(load<Halves>(from + i)));
      return;
    }
    Block block = block_of(0, layout.outputs);
    for (; block.first < layout.outputs;
         block = block_of(block.first + block.outputs, layout.outputs))
      expand_transformed(shape.in_channels, block.outputs,
                         from + 9 * shape.in_channels * block.first,
                         to + positions * shape.in_channels * block.first);
  }
}
