// SPDX-License-Identifier: MIT
/// @file
/// Cross-entropy of one image, and the labels it is taken of.
///
/// With z the logits of an image, t its label and m = max z:
///
///     (6)  s    = sum over j of exp(z_j - m)
///     (7)  loss = mean over images of  log s + m - z_t
///     (8)  dz_j = (exp(z_j - m) / s - [j = t]) / batch
///
/// Subtracting the maximum first keeps every exponential in [0, 1] and s in [1, classes], so that
/// finite logits of any size have a finite loss.
#pragma once

#include <cmath>  // std::exp, std::log
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

/// The class of each image of a batch: a vector, array or span of any integer type.
template <class R>
concept LabelRange = std::ranges::random_access_range<const R> &&
    std::ranges::sized_range<const R> && std::integral<std::ranges::range_value_t<R>>;

namespace detail {

/// Labels are as many as the images, and each is a class.
template <LabelRange Labels>
void require_labels(const Labels& labels, std::int64_t batch, std::int64_t classes) {
  if (std::ranges::size(labels) != static_cast<std::size_t>(batch))
    throw DomainError("number of labels", std::to_string(std::ranges::size(labels)),
                      std::to_string(batch) + ", one for each image");
  std::int64_t image = 0;
  for (const auto label : labels) {
    const auto value = static_cast<std::int64_t>(label);
    if (value < 0 || value >= classes)
      throw DomainError("label of image " + std::to_string(image), std::to_string(value),
                        "0 .. " + std::to_string(classes - 1));
    ++image;
  }
}

/// (6), (7) and, in place, (8) for one image: its share of the sum in (7); `logits` become their
/// gradient  // [classes]
template <std::floating_point T>
T cross_entropy_gradient(std::span<T> logits, std::size_t label, T batch) {
  T maximum = logits[0];
  for (const T z : logits)
    if (z > maximum) maximum = z;
  const T target = logits[label];
  T sum = 0;
  for (T& z : logits) sum += z = std::exp(z - maximum);
  for (T& z : logits) z = z / sum / batch;
  logits[label] -= 1 / batch;
  return std::log(sum) + (maximum - target);
}

}  // namespace detail

}  // namespace edgeopt::inline v0
