// SPDX-License-Identifier: MIT
/// @file
/// What "the operations of a network" are: people and tools count differently, and a number means
/// something beside its convention only. docs/conventions.md sets them beside each other.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// What is added up. A multiply-accumulate is one operation in the first three, two in the others.
enum class CostConvention : std::uint8_t {
  macs,               ///< multiply-accumulates with weights and between activations, no biases
  macs_bias,          ///< and one for each addition of a bias
  macs_elementwise,   ///< and one for each element-wise operation
  flops,              ///< 2 macs
  flops_bias,         ///< 2 macs + bias additions
  flops_elementwise,  ///< 2 macs + bias additions + element-wise operations
};

inline constexpr std::array<CostConvention, 6> cost_conventions = {
    CostConvention::macs,  CostConvention::macs_bias,  CostConvention::macs_elementwise,
    CostConvention::flops, CostConvention::flops_bias, CostConvention::flops_elementwise};

[[nodiscard]] constexpr std::string_view to_string(CostConvention convention) noexcept {
  switch (convention) {
    case CostConvention::macs: return "macs";
    case CostConvention::macs_bias: return "macs-bias";
    case CostConvention::macs_elementwise: return "macs-elementwise";
    case CostConvention::flops: return "flops";
    case CostConvention::flops_bias: return "flops-bias";
    case CostConvention::flops_elementwise: return "flops-elementwise";
  }
  return "";
}

/// Reads the name of a convention; false, with `convention` unchanged, when it is not one.
[[nodiscard]] constexpr bool from_string(std::string_view name,
                                         CostConvention& convention) noexcept {
  for (const CostConvention known : cost_conventions) {
    if (name != to_string(known)) continue;
    convention = known;
    return true;
  }
  return false;
}

/// @throws DomainError for any other name
[[nodiscard]] inline CostConvention parse_cost_convention(std::string_view name) {
  CostConvention convention{};
  if (from_string(name, convention)) return convention;
  std::vector<std::string_view> names;
  for (const CostConvention known : cost_conventions) names.push_back(to_string(known));
  throw DomainError("convention", "'" + std::string(name) + "'", one_of(names, name));
}

/// Operations of one operator, or of all, by a convention. `Costs` is NodeCost or CostTotals.
/// @throws DomainError when the count exceeds 64 bits
template <class Costs>
[[nodiscard]] std::int64_t operations(const Costs& costs, CostConvention convention) {
  const char* what = "number of operations";
  const bool twice = convention >= CostConvention::flops;
  std::int64_t count = twice ? checked_product({costs.macs, 2}, what) : costs.macs;
  if (convention == CostConvention::macs || convention == CostConvention::flops) return count;
  count = checked_sum(count, costs.bias_additions, what);
  if (convention == CostConvention::macs_bias || convention == CostConvention::flops_bias)
    return count;
  return checked_sum(count, costs.elementwise_operations, what);
}

}  // namespace edgeopt::inline v0
