// SPDX-License-Identifier: MIT
// All operations, written once and included in the namespace and the target region of each
// instruction set. What stands here uses raw pointers, builtins and functions of this namespace
// only: a standard template that is instantiated here would have this instruction set everywhere.
//
// The instruction set has defined before: instruction_set, lanes, tile_pixels, broadcast,
// multiply_add, fused_multiply_add, add_pair_products, round_to_even, widen, narrow; and included
// vectors.inl. The order of includes matters here.

#include "edgeopt/kernels/source/arithmetic.inl"

#include "edgeopt/kernels/source/winograd_transforms.inl"

#include "edgeopt/kernels/source/packing.inl"

#include "edgeopt/kernels/source/tile.inl"

#include "edgeopt/kernels/source/convolution.inl"

#include "edgeopt/kernels/source/window.inl"

#include "edgeopt/kernels/source/one_channel.inl"

#include "edgeopt/kernels/source/winograd.inl"

#include "edgeopt/kernels/source/expansion.inl"

#include "edgeopt/kernels/source/linear.inl"

#include "edgeopt/kernels/source/dot.inl"

#include "edgeopt/kernels/source/dispatch.inl"

#include "edgeopt/kernels/source/image.inl"

template <class Arithmetic>
inline constexpr Kernels<typename Arithmetic::Value> table = {
    instruction_set,
    lanes,
    &load_image<Arithmetic>,
    &parameter_bytes<Arithmetic, ConvolutionShape>,
    &convolution_scratch_bytes<Arithmetic>,
    &pack<Arithmetic, ConvolutionShape>,
    &algorithm_of<Arithmetic>,
    &expanded_bytes<Arithmetic>,
    &expand<Arithmetic>,
    &convolution<Arithmetic>,
    &linear_parameter_bytes<Arithmetic>,
    &linear_scratch_bytes<Arithmetic>,
    &pack_linear<Arithmetic>,
    &linear<Arithmetic>,
};

template <class Value>
struct ArithmeticOf;
template <>
struct ArithmeticOf<float> {
  using Type = FloatArithmetic;
};
template <>
struct ArithmeticOf<Half> {
  using Type = HalfArithmetic;
};
template <>
struct ArithmeticOf<std::uint8_t> {
  using Type = ByteArithmetic;
};

/// A template, so that only what a program uses is compiled.
template <class Value>
const Kernels<Value>& kernels() {
  return table<typename ArithmeticOf<Value>::Type>;
}

#include "edgeopt/kernels/source/training.inl"
