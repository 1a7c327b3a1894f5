// SPDX-License-Identifier: MIT
/// @file
/// Which batch fits a device's memory, and how much of its compute budget a load takes.
#pragma once

#include <cmath>  // std::isfinite
#include <cstdint>
#include <string>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// What a device offers. MB are 2^20 bytes.
struct HardwareProfile {
  double memory_limit_mb = 0;
  double compute_budget = 0;  ///< operations it can spend, in the caller's unit

  friend bool operator==(const HardwareProfile&, const HardwareProfile&) = default;
};

template <class Visit>
constexpr void visit_columns(const HardwareProfile*, Visit&& visit) {
  visit("memory_limit_mb", &HardwareProfile::memory_limit_mb);
  visit("compute_budget", &HardwareProfile::compute_budget);
}

namespace detail {

inline void require_at_least_one(const char* name, std::int64_t value) {
  if (value < 1) throw DomainError(name, std::to_string(value), "an integer >= 1");
}

inline void require_amount(const char* name, double value) {
  if (!(std::isfinite(value) && value >= 0))
    throw DomainError(name, format_real(value), "a finite number >= 0");
}

}  // namespace detail

/// batch * features * bytes_per_value / 2^20.
/// @throws DomainError for a count below 1 or a product beyond 64 bits
[[nodiscard]] inline double estimate_batch_memory_mb(std::int64_t batch, std::int64_t features,
                                                     std::int64_t bytes_per_value = 8) {
  detail::require_at_least_one("batch", batch);
  detail::require_at_least_one("features", features);
  detail::require_at_least_one("bytes_per_value", bytes_per_value);
  return static_cast<double>(
             checked_product({batch, features, bytes_per_value}, "bytes of the batch")) /
         1048576;
}

/// The batch, halved (rounding down) while it is above 1 and needs more than the memory limit. A
/// batch of 1 is returned even where it does not fit: compare `estimate_batch_memory_mb`.
/// @throws DomainError as `estimate_batch_memory_mb`, and for a negative or not finite limit
[[nodiscard]] inline std::int64_t auto_adjust_batch_size(std::int64_t batch, std::int64_t features,
                                                         const HardwareProfile& profile,
                                                         std::int64_t bytes_per_value = 8) {
  detail::require_amount("memory_limit_mb", profile.memory_limit_mb);
  while (estimate_batch_memory_mb(batch, features, bytes_per_value) > profile.memory_limit_mb &&
         batch > 1)
    batch /= 2;
  return batch;
}

/// min(1, operations / max(compute_budget, 1)).
/// @throws DomainError for a negative or not finite number of operations or budget
[[nodiscard]] inline double compute_utilization(double operations, const HardwareProfile& profile) {
  detail::require_amount("operations", operations);
  detail::require_amount("compute_budget", profile.compute_budget);
  const double share = operations / (profile.compute_budget < 1 ? 1 : profile.compute_budget);
  return share < 1 ? share : 1;
}

}  // namespace edgeopt::inline v0
