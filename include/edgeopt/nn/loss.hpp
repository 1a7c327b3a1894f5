// SPDX-License-Identifier: MIT
/// @file
/// Mean cross-entropy of logits and labels, and its gradient: (6) to (8) of `cross_entropy.hpp`.
#pragma once

#include <concepts>
#include <cstddef>
#include <ranges>  // std::ranges::begin

#include "edgeopt/cross_entropy.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/tensor.hpp"

namespace edgeopt::inline v0 {

/// A loss and its gradient at the logits.
template <std::floating_point T>
struct CrossEntropy {
  T loss = 0;                  ///< mean over the batch
  xt::xtensor<T, 2> gradient;  ///< [batch, classes]
};

/// Mean cross-entropy of `logits  // [batch, classes]`, by (6) to (8). Images are added in order.
/// @throws DomainError when labels are not one for each image, or one is not in 0 .. classes-1, or
///   the batch is empty
template <std::floating_point T, LabelRange Labels>
[[nodiscard]] CrossEntropy<T> cross_entropy(const xt::xtensor<T, 2>& logits, const Labels& labels) {
  const Shape shape = shape_of(logits);
  if (shape[0] < 1 || shape[1] < 1)
    throw DomainError("shape of the logits", to_string(shape), "[batch >= 1, classes >= 1]");
  detail::require_labels(labels, shape[0], shape[1]);
  CrossEntropy<T> result{0, logits};
  const auto batch = static_cast<T>(shape[0]);
  const auto classes = static_cast<std::size_t>(shape[1]);
  auto label = std::ranges::begin(labels);
  for (std::size_t row = 0; row < result.gradient.size(); row += classes, ++label)
    result.loss += detail::cross_entropy_gradient(span_of(result.gradient).subspan(row, classes),
                                                  static_cast<std::size_t>(*label), batch);
  result.loss /= batch;
  return result;
}

}  // namespace edgeopt::inline v0
