// SPDX-License-Identifier: MIT
/// @file
/// Orders in which the nodes of a network can run, and one of them that needs less memory.
///
/// Where a network branches, which branch runs first decides what has to be kept meanwhile: E.
/// Liberis and N. D. Lane, "Neural networks on microcontrollers: saving memory at inference via
/// operator reordering" (2019).
#pragma once

#include <algorithm>  // std::max
#include <cstddef>
#include <cstdint>
#include <numeric>  // std::iota
#include <optional>
#include <span>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/dataflow.hpp"
#include "edgeopt/detail/order_search.hpp"
#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

/// How long to look for a better order.
struct OrderOptions {
  /// Nodes that the searches may look at, >= 0; each set of nodes that they reach costs as many as
  /// the network has and 500 more. A count instead of a time: the same network gives the same order
  /// on any machine. The default takes up to some tenths of a second.
  std::int64_t budget = 100'000'000;
};

/// An order of execution and what it gains.
struct ExecutionOrder {
  std::vector<std::size_t> nodes;      ///< the first to run first
  std::int64_t peak_bytes_before = 0;  ///< largest sum of bytes alive, in the order given
  std::int64_t peak_bytes = 0;         ///< in this order; never more
  bool is_least = false;               ///< proven: no valid order has a lower peak
};

/// What is wrong with an order, as a sentence; nothing where it holds every node once, each behind
/// those that it waits for. O(nodes + dependencies).
[[nodiscard]] inline std::optional<std::string> find_fault(const Dataflow& flow,
                                                           std::span<const std::size_t> order) {
  const std::size_t count = flow.predecessors.size();
  if (order.size() != count)
    return std::to_string(order.size()) + " nodes are ordered, there are " + std::to_string(count);
  std::vector<bool> has_run(count, false);
  for (const std::size_t node : order) {
    if (node >= count) return "there is no node " + std::to_string(node);
    if (has_run[node]) return "node " + std::to_string(node) + " runs twice";
    for (const std::size_t needed : flow.predecessors[node])
      if (!has_run[needed])
        return "node " + std::to_string(node) + " runs before node " + std::to_string(needed) +
               ", which it waits for";
    has_run[node] = true;
  }
  return std::nullopt;
}

/// An order with a low peak of the bytes alive, never worse than the order given, 0, 1, 2, ...
///
/// Where the order given needs more than some single node does, two searches go through the sets of
/// nodes that can have run. A beam search of half the budget finds a good order in large networks,
/// unless hundreds of branches beside each other spend it before the end.
/// Then a search by lowest peak first, of the other half, looks for the least peak over all paths
/// from nothing to all nodes (as in B. H. Ahn et al., "Ordering Chaos: Memory-Aware Scheduling of
/// Irregularly Wired Neural Networks for Edge Devices", 2020); where it ends, `is_least` is true. A
/// node that needs no more than the peak so far and leaves no more behind than it found is run at
/// once: moving it forward makes no other node's need larger.
/// @throws DomainError for a negative budget, when the order given is not valid, a piece is of
///   negative size or touched by a node that does not exist, and where a sum exceeds 64 bits
[[nodiscard]] inline ExecutionOrder reorder_for_peak(const Dataflow& flow,
                                                     const OrderOptions& options = {}) {
  if (options.budget < 0)
    throw DomainError("budget of the search for an order", std::to_string(options.budget), ">= 0");
  check_dataflow(flow);
  ExecutionOrder result;
  result.nodes.resize(flow.predecessors.size());
  std::iota(result.nodes.begin(), result.nodes.end(), std::size_t{0});
  if (const auto fault = find_fault(flow, result.nodes))
    throw DomainError("order of the nodes", "not valid: " + *fault, "one that can run");
  result.peak_bytes = result.peak_bytes_before = peak_bytes(flow, result.nodes);

  const std::int64_t bound = detail::largest_need(flow);
  result.is_least = result.peak_bytes == bound;
  if (result.is_least) return result;
  const auto improve = [&](std::optional<std::vector<std::size_t>> order) {
    if (!order) return;
    const std::int64_t peak = peak_bytes(flow, *order);
    if (peak >= result.peak_bytes) return;
    result.peak_bytes = peak;
    result.nodes = std::move(*order);
  };
  improve(detail::beam_search(flow, bound, result.peak_bytes, options.budget / 2));
  detail::LeastPeak least =
      detail::least_peak_search(flow, bound, result.peak_bytes, options.budget / 2);
  improve(std::move(least.order));
  result.is_least = least.is_complete || result.peak_bytes == bound;
  return result;
}

}  // namespace edgeopt::inline v0
