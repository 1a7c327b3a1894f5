// SPDX-License-Identifier: MIT
/// @file
/// How many multiplications Winograd's convolutions save: a time bound that counts those of direct
/// convolution is none for an engine that uses them.
///
/// A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016: F(m x m, 3 x
/// 3) takes (m + 2)^2 multiplications where direct convolution takes 9 m^2.
#pragma once

#include <cstdint>
#include <string>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

namespace detail {

inline void require_winograd_tile(std::int64_t m) {
  if (m < 1 || m > 1000)
    throw DomainError("outputs of a Winograd tile", std::to_string(m), "1 to 1000");
}

}  // namespace detail

/// Multiplications of direct convolution by those of F(m x m, 3 x 3): 2.25 for m = 2, 4 for
/// 4, 5.0625 for 6; 1, no saving, for m = 1. @throws DomainError for m < 1
[[nodiscard]] inline double winograd_factor(std::int64_t m) {
  detail::require_winograd_tile(m);
  const auto direct = static_cast<double>(9 * m * m);
  return direct / static_cast<double>((m + 2) * (m + 2));
}

/// The multiply-accumulates that are left of `macs` when `eligible` of them, those of 3 x 3
/// convolutions with stride 1 that are not depthwise, go through F(m x m, 3 x 3); rounded down,
/// since a bound may be too low but not too high.
/// @throws DomainError for m < 1, and unless 0 <= eligible <= macs
[[nodiscard]] inline std::int64_t executed_macs(std::int64_t macs, std::int64_t eligible,
                                                std::int64_t m) {
  if (eligible < 0 || eligible > macs)
    throw DomainError("multiply-accumulates that Winograd applies to", std::to_string(eligible),
                      "0 to " + std::to_string(macs));
  detail::require_winograd_tile(m);
  const std::int64_t direct = 9 * m * m;
  const std::int64_t saved_to = (m + 2) * (m + 2);  // at most `direct`, so that nothing wraps
  return macs - eligible + eligible / direct * saved_to + eligible % direct * saved_to / direct;
}

}  // namespace edgeopt::inline v0
