// SPDX-License-Identifier: MIT
// Which outputs are computed together, and where the parameters of a layer lie.

/// Vectors of outputs that are computed together where there are so many.
inline constexpr int tile_vectors = 2;

/// Outputs that are computed together.
struct Block {
  std::int64_t first;
  std::int64_t outputs;
};

/// The block that an output belongs to, of `outputs` outputs in whole vectors.
inline Block block_of(std::int64_t output, std::int64_t outputs) {
  constexpr std::int64_t whole = tile_vectors * lanes;
  if (output < outputs / whole * whole) return {output / whole * whole, whole};
  return {output / lanes * lanes, lanes};
}

/// The packed parameters of a layer with `outputs` outputs, rounded up to whole vectors.
template <class Arithmetic>
struct Packed {
  const typename Arithmetic::Weight* weights;  ///< see packing.inl
  const typename Arithmetic::Sum* start;       ///< [outputs], what sums start from: the bias
  const float* float_bias;                     ///< [outputs], u8 only: see ChannelRequantization
  const float* multiplier;                     ///< [outputs], u8 only
};

/// Parameters begin with weights; then come three arrays with a number for each output.
template <class Arithmetic>
Packed<Arithmetic> packed_at(const std::byte* parameters, std::int64_t weight_bytes,
                             std::int64_t channel_bytes) {
  const std::byte* const channels = parameters + weight_bytes;
  return {reinterpret_cast<const typename Arithmetic::Weight*>(parameters),
          reinterpret_cast<const typename Arithmetic::Sum*>(channels),
          reinterpret_cast<const float*>(channels + channel_bytes),
          reinterpret_cast<const float*>(channels + 2 * channel_bytes)};
}
