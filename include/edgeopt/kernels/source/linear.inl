// SPDX-License-Identifier: MIT
// A fully connected layer: of integers in integer_linear.inl, of floats and halves in dot.inl.

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
