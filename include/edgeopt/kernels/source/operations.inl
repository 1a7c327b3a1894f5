// SPDX-License-Identifier: MIT
// All operations, for any arithmetic, and the table of them. The order of includes matters here.

#include "edgeopt/kernels/source/packing.inl"

#include "edgeopt/kernels/source/tile.inl"

#include "edgeopt/kernels/source/convolution.inl"

#include "edgeopt/kernels/source/linear.inl"

#include "edgeopt/kernels/source/image.inl"

#include "edgeopt/kernels/source/rescale.inl"

template <class Arithmetic>
inline constexpr Kernels<typename Arithmetic::Value> table = {
    instruction_set,
    lanes,
    &load_image<Arithmetic>,
    &parameter_bytes<Arithmetic, ConvolutionShape>,
    &convolution_scratch_bytes<Arithmetic>,
    &pack<Arithmetic, ConvolutionShape>,
    &convolution<Arithmetic>,
    &parameter_bytes<Arithmetic, LinearShape>,
    &linear_scratch_bytes<Arithmetic>,
    &pack<Arithmetic, LinearShape>,
    &linear<Arithmetic>,
    &rescale<Arithmetic>,
};
