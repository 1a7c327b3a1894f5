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
