// SPDX-License-Identifier: MIT
/// @file
/// Graphs and precisions: the one that a graph computes in, and the same graph stored in another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>  // std::move

#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/precision.hpp"

namespace edgeopt::inline v0 {

/// The precision whose rate no processor exceeds for a type: fp32 for doubles too, int8 for bytes
/// of either sign, fp16 for both formats of 16 bits; nothing for other types.
[[nodiscard]] constexpr std::optional<Precision> precision_of(ElementType type) noexcept {
  switch (type) {
    case ElementType::f32:
    case ElementType::f64: return Precision::fp32;
    case ElementType::f16:
    case ElementType::bf16: return Precision::fp16;
    case ElementType::u8:
    case ElementType::s8: return Precision::int8;
    default: return std::nullopt;
  }
}

/// The precision that most multiply-accumulates are computed in; fp32 where there are none.
[[nodiscard]] inline Precision computed_precision(std::span<const NodeCost> costs) {
  constexpr std::array precisions = {Precision::fp32, Precision::fp16, Precision::int8};
  std::array<double, precisions.size()> macs{};
  std::size_t most = 0;
  for (std::size_t i = 0; i < precisions.size(); ++i) {
    for (const NodeCost& cost : costs)
      if (precision_of(cost.compute_type) == precisions[i])
        macs[i] += static_cast<double>(cost.macs);
    if (macs[i] > macs[most]) most = i;
  }
  return precisions[most];
}

/// The graph as if every floating tensor, weights and biases included, were stored in a precision:
/// what its bytes would be. No operators that quantise are added.
[[nodiscard]] inline Graph stored_in(Graph graph, Precision precision) {
  for (Tensor& tensor : graph.tensors)
    if (is_floating(tensor.type)) tensor.type = element_type(precision);
  return graph;
}

}  // namespace edgeopt::inline v0
