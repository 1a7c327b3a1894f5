// SPDX-License-Identifier: MIT
/// @file
/// What each precision costs and gives, averaged over a sweep.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>  // std::swap
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/rows.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// Before in the table: lower latency, then the precision's name.
inline bool comes_before(const PrecisionTradeoff& a, const PrecisionTradeoff& b) {
  if (a.latency_ms_mean != b.latency_ms_mean) return a.latency_ms_mean < b.latency_ms_mean;
  return to_string(a.precision) < to_string(b.precision);
}

/// Means over the rows of one precision, of which there is at least one.
inline PrecisionTradeoff mean_tradeoff(std::span<const SweepRow> rows, Precision precision) {
  PrecisionTradeoff mean{.precision = precision};
  double count = 0;
  for (const SweepRow& row : rows) {
    if (row.precision != precision) continue;
    count += 1;
    mean.accuracy_mean += row.metrics.accuracy;
    mean.latency_ms_mean += row.metrics.latency_ms;
    mean.memory_mb_mean += row.metrics.memory_mb;
    mean.energy_proxy_j_mean += row.metrics.energy_proxy_j;
    mean.accepted_ratio += row.accepted ? 1 : 0;
  }
  for (double* sum : {&mean.accuracy_mean, &mean.latency_ms_mean, &mean.memory_mb_mean,
                      &mean.energy_proxy_j_mean, &mean.accepted_ratio})
    *sum /= count;
  return mean;
}

}  // namespace detail

/// One row for each precision of the sweep, by mean latency ascending, ties by the precision's
/// name.
/// @throws DomainError when a mean is NaN, because a measurement was
[[nodiscard]] inline std::vector<PrecisionTradeoff> precision_tradeoff_table(
    std::span<const SweepRow> rows) {
  std::vector<PrecisionTradeoff> table;
  for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::int8}) {
    bool present = false;
    for (const SweepRow& row : rows) present = present || row.precision == precision;
    if (!present) continue;
    const PrecisionTradeoff mean = detail::mean_tradeoff(rows, precision);
    for (const double value :
         {mean.accuracy_mean, mean.latency_ms_mean, mean.memory_mb_mean, mean.energy_proxy_j_mean})
      if (value != value)
        throw DomainError("mean of the " + std::string(to_string(precision)) + " rows", "nan",
                          "a number");
    table.push_back(mean);
    for (std::size_t i = table.size() - 1; i > 0; --i)  // sorted by insertion
      if (detail::comes_before(table[i], table[i - 1])) std::swap(table[i], table[i - 1]);
  }
  return table;
}

}  // namespace edgeopt::inline v0
