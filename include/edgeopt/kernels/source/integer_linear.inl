// SPDX-License-Identifier: MIT
// A fully connected layer of one image of integers. Each output has several sums, so that additions
// need not wait for each other; sum i takes the steps that are i modulo their number, and the sums
// are added in pairs at the end.

template <class Arithmetic>
std::int64_t integer_linear_scratch_bytes(const LinearShape& shape) {
  return operand_scratch_bytes<Arithmetic>(shape.in_features);
}

/// Vectors * lanes outputs from `channel` on.
template <class Arithmetic, int Vectors>
void multiply_block(const Packed<Arithmetic>& packed, std::int64_t steps, std::int64_t channel,
                    const typename Arithmetic::Operand* operands,
                    const OutputRange<typename Arithmetic::Value>& range,
                    typename Arithmetic::Value* output) {
  using Sums = typename Arithmetic::Sums;
  constexpr int chains = 8 / Vectors;
  constexpr std::int64_t step_weights = Vectors * lanes * Arithmetic::group;
  const auto* weights = packed.weights + channel * steps * Arithmetic::group;

  Registers<Sums, chains, Vectors> sums;
#pragma GCC unroll 16
  for (int chain = 0; chain < chains; ++chain)
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      sums[chain][v] = chain == 0 ? load<Sums>(packed.start + channel + v * lanes) : Sums{};

  std::int64_t step = 0;
  for (; step + chains <= steps; step += chains)
#pragma GCC unroll 16
    for (int chain = 0; chain < chains; ++chain) {
      const auto x = Arithmetic::operand(operands + (step + chain) * Arithmetic::group);
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v)
        sums[chain][v] =
            Arithmetic::add_products(sums[chain][v], x,
                                     Arithmetic::weights(weights + (step + chain) * step_weights +
                                                         v * lanes * Arithmetic::group));
    }
  for (; step < steps; ++step) {
    const auto x = Arithmetic::operand(operands + step * Arithmetic::group);
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      sums[0][v] = Arithmetic::add_products(
          sums[0][v], x,
          Arithmetic::weights(weights + step * step_weights + v * lanes * Arithmetic::group));
  }

#pragma GCC unroll 16
  for (int half = chains / 2; half >= 1; half /= 2)
#pragma GCC unroll 16
    for (int chain = 0; chain < half; ++chain)
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) sums[chain][v] += sums[chain + half][v];
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v)
    Arithmetic::finish(packed, channel + v * lanes, range, sums[0][v],
                       output + channel + v * lanes);
}

template <class Arithmetic>
void multiply_integers(const Linear<typename Arithmetic::Value>& layer,
                       const typename Arithmetic::Value* input, typename Arithmetic::Value* output,
                       std::byte* scratch) {
  const auto* operands = Arithmetic::operands(input, layer.shape.in_features, scratch);
  const PackedLayout<Arithmetic> layout(layer.shape);
  const Packed<Arithmetic> packed = layout.in(layer.parameters);
  std::int64_t channel = 0;
  for (; channel + tile_vectors * lanes <= layout.outputs; channel += tile_vectors * lanes)
    multiply_block<Arithmetic, tile_vectors>(packed, layout.steps, channel, operands, layer.range,
                                             output);
  for (; channel < layout.outputs; channel += lanes)
    multiply_block<Arithmetic, 1>(packed, layout.steps, channel, operands, layer.range, output);
}
