// SPDX-License-Identifier: MIT
// Where the parameters of a layer lie.

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
