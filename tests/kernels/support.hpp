// SPDX-License-Identifier: MIT
// Runs one layer through the kernels of an instruction set, in buffers of exactly the size that the
// kernels ask for, so that the address sanitizer sees any step beyond.
#pragma once

#include <cstdint>

#include "edgeopt/engines/detail/aligned_buffer.hpp"
#include "edgeopt/kernels/kernels.hpp"
#include "reference.hpp"

namespace support {

using edgeopt::detail::AlignedBuffer;
using edgeopt::kernels::Convolution;
using edgeopt::kernels::ConvolutionShape;
using edgeopt::kernels::Kernels;
using edgeopt::kernels::Linear;
using edgeopt::kernels::LinearShape;
using edgeopt::kernels::OutputRange;
using edgeopt::kernels::Weights;
using reference::List;

/// The input of a convolution as kernels expect it, with something finite in the gaps.
template <class Value>
List<Value> with_border(const ConvolutionShape& shape, const List<Value>& image, Value zero) {
  List<Value> frame(shape.in_values(), zero);
  const std::int64_t row = (shape.width + 2) * shape.in_pixel;
  for (std::int64_t y = 0; y < shape.height; ++y)
    for (std::int64_t x = 0; x < shape.width; ++x)
      for (std::int64_t c = 0; c < shape.in_pixel; ++c)
        frame[(y + 1) * row + (x + 1) * shape.in_pixel + c] =
            c < shape.in_channels ? image[(c * shape.height + y) * shape.width + x]
                                  : static_cast<Value>(7);
  return frame;
}

inline std::int32_t zero_of(const Weights<std::uint8_t>& weights) {
  return weights.in_zero_point;
}
template <class Value>
std::int32_t zero_of(const Weights<Value>&) {
  return 0;
}

/// An input with what kernels may read beyond its end.
template <class Value>
List<Value> with_overread(List<Value> input) {
  if (sizeof(Value) == 1)
    input.resize(input.size() + static_cast<std::size_t>(edgeopt::kernels::overread), Value{77});
  return input;
}

/// Output of a convolution, [out][y][x]; throws when something was written outside of it.
template <class Value>
List<Value> run_convolution(const Kernels<Value>& kernels, const ConvolutionShape& shape,
                            const List<Value>& image, const Weights<Value>& weights,
                            OutputRange<Value> range) {
  const AlignedBuffer parameters(kernels.convolution_parameter_bytes(shape));
  kernels.pack_convolution(shape, weights, parameters.data());
  const AlignedBuffer scratch(kernels.convolution_scratch_bytes(shape));
  const AlignedBuffer expanded(kernels.expanded_convolution_bytes(shape));
  kernels.expand_convolution(shape, parameters.data(), expanded.data());
  const List<Value> input =
      with_overread(with_border(shape, image, static_cast<Value>(zero_of(weights))));

  constexpr auto untouched = static_cast<Value>(99);
  const std::int64_t pixel =
      edgeopt::kernels::round_up(shape.out_channels, kernels.channel_multiple);
  const std::int64_t row = (shape.out_width() + 2) * pixel;
  List<Value> frame((shape.out_height() + 2) * row, untouched);
  const Convolution<Value> layer = {shape, pixel, row, range, parameters.data()};
  kernels.convolution(layer, expanded.bytes() == 0 ? nullptr : expanded.data(), input.data(),
                      frame.data() + row + pixel, scratch.data());

  List<Value> output(shape.out_channels * shape.out_height() * shape.out_width());
  for (std::int64_t y = -1; y <= shape.out_height(); ++y)
    for (std::int64_t x = -1; x <= shape.out_width(); ++x)
      for (std::int64_t c = 0; c < pixel; ++c) {
        const Value value = frame[(y + 1) * row + (x + 1) * pixel + c];
        const bool inside = y >= 0 && y < shape.out_height() && x >= 0 && x < shape.out_width();
        if (inside && c < shape.out_channels)
          output[(c * shape.out_height() + y) * shape.out_width() + x] = value;
        else if (!inside && value != untouched)
          throw edgeopt::Error("a convolution wrote to its output's border");
      }
  return output;
}

template <class Value>
List<Value> run_linear(const Kernels<Value>& kernels, const LinearShape& shape,
                       const List<Value>& input, const Weights<Value>& weights,
                       OutputRange<Value> range) {
  const AlignedBuffer parameters(kernels.linear_parameter_bytes(shape));
  kernels.pack_linear(shape, weights, parameters.data());
  const AlignedBuffer scratch(kernels.linear_scratch_bytes(shape));
  List<Value> output(edgeopt::kernels::round_up(shape.out_features, kernels.channel_multiple));
  const Linear<Value> layer = {shape, range, parameters.data()};
  kernels.linear(layer, with_overread(input).data(), output.data(), scratch.data());
  output.resize(static_cast<std::size_t>(shape.out_features));
  return output;
}

}  // namespace support
