// SPDX-License-Identifier: MIT
/// @file
/// What kernels compute, in terms of raw memory: the layers of a network, the layout of their
/// activations, and the table of functions that every instruction set fills in.
///
/// Activations are values of one type: `float`, `Half`, or `std::uint8_t`. They are kept pixel by
/// pixel, the channels of a pixel side by side:
///
///     value(y, x, c) = activation[y * row + x * pixel + c]
///
/// `pixel` may exceed the number of channels; the values between are written as what weights of
/// zero make of a layer's input: 0, or NaN where that is infinite. Convolutions do not read them.
/// To a linear layer they are features like others, with weights of zero, which make NaN of NaN:
/// who lets infinities in clears them. The input of a convolution has a border of one pixel all
/// around that holds the value of zero, so that no kernel treats edges apart: it has (height + 2)
/// rows of (width + 2) pixels, without gaps between rows. Kernels for `std::uint8_t` read up to
/// `overread` bytes beyond the end of an input, whatever these hold.
///
/// How parameters are packed is each kernel's own affair: the table tells their size and writes
/// them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/quantization.hpp"

namespace edgeopt::inline v0::kernels {

/// Parameters and scratch memory start at multiples of this many bytes.
inline constexpr std::int64_t alignment = 64;

[[nodiscard, gnu::always_inline]] constexpr std::int64_t round_up(std::int64_t count,
                                                                  std::int64_t multiple) noexcept {
  return (count + multiple - 1) / multiple * multiple;
}

/// Bytes behind an input of type `std::uint8_t` that have to be readable.
inline constexpr std::int64_t overread = 64;

/// The bits of an IEEE binary16.
using Half = std::uint16_t;

/// Whether the maximum over 2x2 windows (stride 2, floor) follows a convolution.
enum class Pooling : std::uint8_t { none, max_2x2 };

/// How a convolution is computed; see convolution_algorithm.hpp.
enum class ConvolutionAlgorithm : std::uint8_t { direct, one_channel, winograd };

/// How an image enters the network.
struct ImageLayout {
  std::int64_t channels;
  std::int64_t height;
  std::int64_t width;
  std::int64_t pixel;           ///< values from a pixel to the next
  std::int64_t row;             ///< values from a row to the next
  float inverse_scale = 1;      ///< u8: 1 / scale, rounded
  std::int32_t zero_point = 0;  ///< u8
};

/// A 3x3 convolution with stride 1 and padding 1 of one image, with the pooling that follows.
struct ConvolutionShape {
  std::int64_t height;  ///< of the input, without its border
  std::int64_t width;
  std::int64_t in_channels;
  std::int64_t in_pixel;  ///< values from an input pixel to the next
  std::int64_t out_channels;
  Pooling pooling;

  [[nodiscard]] constexpr std::int64_t out_height() const noexcept {
    return pooling == Pooling::none ? height : height / 2;
  }
  [[nodiscard]] constexpr std::int64_t out_width() const noexcept {
    return pooling == Pooling::none ? width : width / 2;
  }
  /// Values of the input with its border.
  [[nodiscard]] constexpr std::int64_t in_values() const noexcept {
    return (height + 2) * (width + 2) * in_pixel;
  }
};

/// A fully connected layer of one image.
struct LinearShape {
  std::int64_t in_features;
  std::int64_t out_features;
};

/// The weights of a layer before packing, and what else belongs to its output channels.
template <class Value>
struct Weights {
  const float* weights;  ///< [out, in, 3, 3] or [out, in]; for `Half` rounded when packed
  const float* bias;     ///< [out]
};
template <>
struct Weights<std::uint8_t> {
  const std::int8_t* weights;             ///< [out, in, 3, 3] or [out, in]
  const ChannelRequantization* channels;  ///< [out]
  std::int32_t in_zero_point;             ///< of the input, whose border holds it
};

/// What happens to the sums of a layer: they are brought to a range and stored.
template <class Value>
struct OutputRange {
  float lowest;  ///< 0 with ReLU, else minus infinity
};
template <>
struct OutputRange<std::uint8_t> {
  std::int32_t lowest;      ///< the zero point with ReLU, else 0
  std::int32_t zero_point;  ///< of the output
};

/// A convolution that can be run. The output, of out_height() x out_width() pixels, starts at
/// pixel (0, 0); its `pixel` is a multiple of `Kernels::channel_multiple` and every one of these
/// values is written.
template <class Value>
struct Convolution {
  ConvolutionShape shape;
  std::int64_t out_pixel;
  std::int64_t out_row;
  OutputRange<Value> range;
  const std::byte* parameters;  ///< as packed
};

/// A linear layer that can be run. Its output has out_features rounded up to a multiple of
/// `Kernels::channel_multiple` values; those beyond are written too.
template <class Value>
struct Linear {
  LinearShape shape;
  OutputRange<Value> range;
  const std::byte* parameters;  ///< as packed
};

/// How levels change into those of other parameters: formula (9) of quantization.hpp.
struct Rescaling {
  QuantizationParameters from;
  std::int32_t zero_point;     ///< of the new ones
  float inverse_scale;         ///< of the new ones: 1 / scale, rounded
  const std::uint8_t* levels;  ///< [256], the new level for each level
};

/// Whether an image held what it must not.
enum class ImageState : std::uint8_t { good, holds_nan };

/// The functions of one instruction set for one type of activation. None of them allocates.
///
/// Sums of `float` and `Half` are computed in binary32 in an order that depends on the layer and
/// the instruction set only. With u = 2^-24 and gamma(k) = k u / (1 - k u), a sum of n products and
/// a bias lies within gamma(n + 1) * (|bias| + sum |x| |w|) of the exact one (N. Higham, "Accuracy
/// and Stability of Numerical Algorithms", 2002, section 3.1). Where convolution_algorithm says
/// Winograd, no number goes through more than c + 11 roundings, c the number of input channels, so
/// the bound is
///
///     gamma(c + 11) * (|bias| + |A^T| [ sum over channels (|G| |g| |G^T|) * (|B^T| |d| |B|) ] |A|)
///
/// with the matrices of source/winograd_transforms.inl and the 4 x 4 inputs d of the window; an
/// infinite input makes NaN of the whole window. Two instruction sets differ by at most the sum of
/// their bounds. A `Half` is rounded once from such a sum. Sums of `std::uint8_t` are exact.
template <class Value>
struct Kernels {
  InstructionSet instruction_set;  ///< whose they are, or a set above it that adds nothing
  std::int64_t channel_multiple;   ///< outputs are written in groups of this many channels

  /// image  // [channels, height, width] -> pixels from `pixels` on. Float types round, u8 is
  /// formula (3) of quantization.hpp; only u8 looks for NaN.
  ImageState (*load_image)(const ImageLayout& layout, const float* image, Value* pixels);

  std::int64_t (*convolution_parameter_bytes)(const ConvolutionShape& shape);
  std::int64_t (*convolution_scratch_bytes)(const ConvolutionShape& shape);
  void (*pack_convolution)(const ConvolutionShape& shape, const Weights<Value>& weights,
                           std::byte* parameters);
  ConvolutionAlgorithm (*convolution_algorithm)(const ConvolutionShape& shape);
  /// Weights that are stored as `Half` are expanded before they are used: once for all images of a
  /// run, into memory of the caller. 0 bytes: packed parameters are used as they are.
  std::int64_t (*expanded_convolution_bytes)(const ConvolutionShape& shape);
  void (*expand_convolution)(const ConvolutionShape& shape, const std::byte* parameters,
                             std::byte* expanded);
  /// `expanded` is null where nothing is expanded; `input` is the first value of the border,
  /// `output` the first of pixel (0, 0).
  void (*convolution)(const Convolution<Value>& layer, const std::byte* expanded,
                      const Value* input, Value* output, std::byte* scratch);

  std::int64_t (*linear_parameter_bytes)(const LinearShape& shape);
  std::int64_t (*linear_scratch_bytes)(const LinearShape& shape);
  void (*pack_linear)(const LinearShape& shape, const Weights<Value>& weights,
                      std::byte* parameters);
  void (*linear)(const Linear<Value>& layer, const Value* input, Value* output, std::byte* scratch);

  /// u8: rescales values in place; other types have no levels, and it does nothing.
  void (*rescale)(const Rescaling& rescaling, Value* values, std::int64_t count);
};

/// The functions of an instruction set for one above it that has nothing better.
template <class Value>
[[nodiscard]] constexpr Kernels<Value> inherited(Kernels<Value> kernels, InstructionSet above) {
  kernels.instruction_set = above;
  return kernels;
}

}  // namespace edgeopt::inline v0::kernels
