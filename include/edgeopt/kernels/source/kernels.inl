// SPDX-License-Identifier: MIT
// Everything, written once and included in the namespace and the target region of each instruction
// set. What stands here uses raw pointers, builtins and functions of this namespace only: a
// standard template that is instantiated here would have this instruction set everywhere.
//
// The instruction set has defined before: instruction_set, lanes, tile_pixels, broadcast,
// multiply_add, fused_multiply_add, add_pair_products, round_to_even, widen, narrow; and included
// vectors.inl. The order of includes matters here.

#include "edgeopt/kernels/source/packed.inl"

#include "edgeopt/kernels/source/byte_levels.inl"

#include "edgeopt/kernels/source/arithmetic.inl"

#include "edgeopt/kernels/source/operations.inl"

#include "edgeopt/kernels/source/byte_winograd.inl"

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
constexpr const Kernels<Value>& kernels() {
  return table_with_winograd<typename ArithmeticOf<Value>::Type>;
}

#include "edgeopt/kernels/source/training.inl"
