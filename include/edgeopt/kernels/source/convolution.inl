// SPDX-License-Identifier: MIT
// A 3x3 convolution by whichever algorithm suits it. Integers have the direct loop; see also
// byte_winograd.inl and byte_tiles.inl.

template <class Arithmetic>
ConvolutionAlgorithm algorithm_of(const ConvolutionShape& shape) {
  return Arithmetic::requantizes ? ConvolutionAlgorithm::direct : choose_algorithm(shape, lanes);
}

template <class Arithmetic>
std::int64_t convolution_scratch_bytes(const ConvolutionShape& shape) {
  if constexpr (!Arithmetic::requantizes) {
    switch (algorithm_of<Arithmetic>(shape)) {
      case ConvolutionAlgorithm::one_channel: return one_channel_scratch_bytes<Arithmetic>(shape);
      case ConvolutionAlgorithm::winograd: return winograd_scratch_bytes<Arithmetic>(shape);
      case ConvolutionAlgorithm::direct: break;
    }
  }
  return direct_scratch_bytes<Arithmetic>(shape);
}

template <class Arithmetic>
void convolution(const Convolution<typename Arithmetic::Value>& layer, const std::byte* expanded,
                 const typename Arithmetic::Value* input, typename Arithmetic::Value* output,
                 std::byte* scratch) {
  using Weight = typename Core<Arithmetic>::Weight;
  if (layer.shape.out_height() * layer.shape.out_width() == 0) return;
  const auto* weights =
      reinterpret_cast<const Weight*>(expanded != nullptr ? expanded : layer.parameters);
  if constexpr (!Arithmetic::requantizes) {
    switch (algorithm_of<Arithmetic>(layer.shape)) {
      case ConvolutionAlgorithm::one_channel:
        return convolve_one_channel<Arithmetic>(layer, weights, input, output, scratch);
      case ConvolutionAlgorithm::winograd:
        return convolve_by_winograd<Arithmetic>(layer, weights, input, output, scratch);
      case ConvolutionAlgorithm::direct: break;
    }
  }
  convolve_directly<Arithmetic>(layer, weights, input, output, scratch);
}
