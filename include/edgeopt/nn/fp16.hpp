// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN with half storage: the plain reference of fp16 inference.
///
/// Parameters, images and every stored activation are halves; each sum, with its bias, is taken in
/// float and rounded to half once. (ReLU and pooling only choose among values, so it does not
/// matter on which side of the rounding they stand.) Where float sums of another order fall on the
/// other side of a rounding tie, two implementations differ by one unit in the last place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgeopt/half.hpp"
#include "edgeopt/nn/forward.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"

namespace edgeopt::inline v0 {

/// SmallCNN with the bits of a half for each parameter.
using HalfSmallCNN = SmallCNN<std::uint16_t>;

/// Every parameter rounded to the nearest half; from 65520 on they become infinite.
/// @throws DomainError when the tensors do not fit one another
[[nodiscard]] inline HalfSmallCNN to_fp16(const SmallCNN<float>& model) {
  HalfSmallCNN half(model.spec());
  visit_parameters(
      [](const char*, const auto& from, auto& to) {
        for (std::size_t i = 0; i < from.size(); ++i)
          to.data()[i] = half_from_float(from.data()[i]);
      },
      model, half);
  return half;
}

/// The same network with its halves as floats; exact.
/// @throws DomainError when the tensors do not fit one another
[[nodiscard]] inline SmallCNN<float> to_fp32(const HalfSmallCNN& model) {
  SmallCNN<float> wide(model.spec());
  visit_parameters(
      [](const char*, const auto& from, auto& to) {
        for (std::size_t i = 0; i < from.size(); ++i)
          to.data()[i] = float_from_half(from.data()[i]);
      },
      model, wide);
  return wide;
}

namespace detail {

/// Activations are stored as halves.
struct StoreHalves {
  void operator()(float* values, std::int64_t count) const noexcept {
    for (float& value : std::span(values, static_cast<std::size_t>(count)))
      value = float_from_half(half_from_float(value));
  }
};

inline std::vector<float> rounded_to_halves(std::span<const float> values) {
  std::vector<float> rounded(values.begin(), values.end());
  StoreHalves{}(rounded.data(), static_cast<std::int64_t>(rounded.size()));
  return rounded;
}

}  // namespace detail

/// Runs the network and keeps every activation; all are halves, held as floats.
/// images  // [batch, channels, height, width], normalised, batch >= 1; rounded to halves first
/// @throws DomainError as `forward` of a floating network
inline void forward(const HalfSmallCNN& model, std::span<const float> images,
                    Activations<float>& activations) {
  std::vector<float> columns;
  detail::forward<float>(to_fp32(model), model.spec(), detail::rounded_to_halves(images), columns,
                         activations, detail::StoreHalves{});
}

/// The logits of a batch  // [batch, classes], as above; activations are not kept.
[[nodiscard]] inline xt::xtensor<float, 2> forward(const HalfSmallCNN& model,
                                                   std::span<const float> images) {
  return detail::logits<float>(to_fp32(model), detail::rounded_to_halves(images),
                               detail::StoreHalves{});
}

}  // namespace edgeopt::inline v0
