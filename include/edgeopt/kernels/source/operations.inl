// SPDX-License-Identifier: MIT
// All operations, for any arithmetic, and the table of them. The order of includes matters here.

#include "edgeopt/kernels/source/winograd_transforms.inl"

#include "edgeopt/kernels/source/packing.inl"

#include "edgeopt/kernels/source/tile.inl"

#include "edgeopt/kernels/source/direct.inl"

#include "edgeopt/kernels/source/window.inl"

#include "edgeopt/kernels/source/one_channel.inl"

#include "edgeopt/kernels/source/winograd.inl"

#include "edgeopt/kernels/source/expansion.inl"

#include "edgeopt/kernels/source/integer_linear.inl"

#include "edgeopt/kernels/source/dot.inl"

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
    &algorithm_of<Arithmetic>,
    &expanded_bytes<Arithmetic>,
    &expand<Arithmetic>,
    &convolution<Arithmetic>,
    &linear_parameter_bytes<Arithmetic>,
    &linear_scratch_bytes<Arithmetic>,
    &pack_linear<Arithmetic>,
    &linear<Arithmetic>,
    &rescale<Arithmetic>,
};
