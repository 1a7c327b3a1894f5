// SPDX-License-Identifier: MIT
// Which code computes a layer. Integers have the direct loop, and linear layers of their own.

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

template <class Arithmetic>
std::int64_t linear_parameter_bytes(const LinearShape& shape) {
  if constexpr (Arithmetic::requantizes)
    return parameter_bytes<Arithmetic>(shape);
  else
    return DotLayout<Arithmetic>(shape).bytes();
}

template <class Arithmetic>
std::int64_t linear_scratch_bytes(const LinearShape& shape) {
  if constexpr (Arithmetic::requantizes)
    return integer_linear_scratch_bytes<Arithmetic>(shape);
  else
    return dot_scratch_bytes(shape);
}

template <class Arithmetic>
void pack_linear(const LinearShape& shape, const Weights<typename Arithmetic::Value>& from,
                 std::byte* parameters) {
  if constexpr (Arithmetic::requantizes)
    pack<Arithmetic>(shape, from, parameters);
  else
    pack_dots<Arithmetic>(shape, from, parameters);
}

template <class Arithmetic>
void linear(const Linear<typename Arithmetic::Value>& layer,
            const typename Arithmetic::Value* input, typename Arithmetic::Value* output,
            std::byte* scratch) {
  if constexpr (Arithmetic::requantizes)
    multiply_integers<Arithmetic>(layer, input, output, scratch);
  else
    multiply_dots<Arithmetic>(layer, input, output, scratch);
}
