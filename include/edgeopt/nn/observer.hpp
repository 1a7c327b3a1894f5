// SPDX-License-Identifier: MIT
/// @file
/// Observers find the range that an activation needs, from what it was in calibration. The concept,
/// so that a user may bring another one, and the simplest observer.
#pragma once

#include <concepts>
#include <limits>
#include <span>

#include "edgeopt/error.hpp"
#include "edgeopt/quantization.hpp"

namespace edgeopt::inline v0 {

/// Sees the values of one activation, batch by batch, and says over which range to quantise it.
///
/// `update(values)` takes one batch of values; `observed_range()` is the smallest and the largest
/// value so far, `quantized_range()` the range that the levels are spread over. Copies are
/// independent: a copy of an observer that has seen nothing starts a new activation.
template <class O>
concept Observer = std::copy_constructible<O> &&
    requires(O& observer, const O& seen, std::span<const float> values) {
  observer.update(values);
  { seen.observed_range() } -> std::convertible_to<ValueRange>;
  { seen.quantized_range() } -> std::convertible_to<ValueRange>;
};

/// The smallest and the largest of the finite values.
/// @throws DomainError when a value is NaN or none is finite
[[nodiscard]] inline ValueRange finite_range(std::span<const float> values) {
  constexpr float largest = std::numeric_limits<float>::max();
  ValueRange range{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
  for (const float value : values) {
    if (value != value) throw DomainError("observed value", "nan", "a number");
    if (value < range.min && value >= -largest) range.min = value;
    if (value > range.max && value <= largest) range.max = value;
  }
  if (!(range.min <= range.max))
    throw DomainError("finite values of an observed batch", "none", "at least one");
  return range;
}

namespace detail {

/// The smallest range that contains both.
[[nodiscard]] constexpr ValueRange united(ValueRange a, ValueRange b) noexcept {
  return {a.min < b.min ? a.min : b.min, a.max > b.max ? a.max : b.max};
}

inline void require_observed(bool observed) {
  if (!observed) throw DomainError("batches that an observer has seen", "0", "at least 1");
}

}  // namespace detail

/// Quantises over everything that was seen. Infinite values are dropped.
class MinMaxObserver {
 public:
  /// @throws DomainError when a value is NaN or none is finite
  void update(std::span<const float> values) {
    const ValueRange range = finite_range(values);
    range_ = observed_ ? detail::united(range_, range) : range;
    observed_ = true;
  }

  /// @throws DomainError before the first update
  [[nodiscard]] ValueRange observed_range() const {
    detail::require_observed(observed_);
    return range_;
  }
  /// @throws DomainError before the first update
  [[nodiscard]] ValueRange quantized_range() const { return observed_range(); }

 private:
  ValueRange range_;
  bool observed_ = false;
};

static_assert(Observer<MinMaxObserver>);

}  // namespace edgeopt::inline v0
