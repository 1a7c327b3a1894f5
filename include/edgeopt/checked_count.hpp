// SPDX-License-Identifier: MIT
/// @file
/// Sums and products of counts that refuse to wrap: a count that does not fit 64 bits is an error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// The name of a count: a text, or what makes it once it is needed.
template <class What>
std::string count_name(const What& what) {
  if constexpr (requires { std::string(what); })
    return std::string(what);
  else
    return what();
}

}  // namespace detail

/// Product of non-negative counts; the empty product is 1. `what` names the result in messages: a
/// text, or a function that makes it.
/// @throws DomainError when a factor is negative or the product exceeds 2^63 - 1
template <class Counts, class What>
[[nodiscard]] std::int64_t checked_product(const Counts& counts, const What& what) {
  std::int64_t product = 1;
  bool overflow = false;  // forgiven when another factor is 0
  bool zero = false;
  for (const std::int64_t count : counts) {
    if (count < 0)
      throw DomainError(detail::count_name(what), "a product with " + std::to_string(count),
                        "a product of counts >= 0");
    if (count == 0) {
      zero = true;
    } else if (product > std::numeric_limits<std::int64_t>::max() / count) {
      overflow = true;
    } else {
      product *= count;
    }
  }
  if (zero) return 0;
  if (overflow)
    throw DomainError(detail::count_name(what), "more than 2^63 - 1", "a count that fits 64 bits");
  return product;
}

template <class What>
[[nodiscard]] std::int64_t checked_product(std::initializer_list<std::int64_t> counts,
                                           const What& what) {
  return checked_product<std::initializer_list<std::int64_t>, What>(counts, what);
}

/// Sum of two non-negative counts.
/// @throws DomainError when one is negative or the sum exceeds 2^63 - 1
template <class What>
[[nodiscard]] std::int64_t checked_sum(std::int64_t a, std::int64_t b, const What& what) {
  if (a < 0 || b < 0)
    throw DomainError(detail::count_name(what), "a sum with " + std::to_string(a < 0 ? a : b),
                      "a sum of counts >= 0");
  if (a > std::numeric_limits<std::int64_t>::max() - b)
    throw DomainError(detail::count_name(what), "more than 2^63 - 1", "a count that fits 64 bits");
  return a + b;
}

}  // namespace edgeopt::inline v0
