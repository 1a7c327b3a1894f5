// SPDX-License-Identifier: MIT
/// @file
/// The memory of a network's activations, planned: in which order its nodes run, what is alive
/// meanwhile, and where in one arena each tensor lies.
#pragma once

#include <algorithm>  // std::max, std::sort, std::unique
#include <cstddef>
#include <cstdint>
#include <numeric>  // std::iota
#include <optional>
#include <span>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/activation_liveness.hpp"
#include "edgeopt/arena.hpp"
#include "edgeopt/checked_count.hpp"
#include "edgeopt/dataflow.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/execution_order.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/memory_sharing.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/stored_tensor.hpp"
#include "edgeopt/tensor_storage.hpp"

namespace edgeopt::inline v0 {

/// What the nodes of a graph wait for and which memory they touch, without in-place results, whose
/// memory depends on the order.
/// @throws DomainError for a graph without nodes, and a tensor whose bytes exceed 64 bits
/// @pre the graph is one that `infer_shapes` accepts
[[nodiscard]] inline Dataflow dataflow_of(const Graph& graph,
                                          StorageRule rule = StorageRule::integer) {
  const MemorySharing sharing(graph, rule);
  const TensorUses& uses = sharing.uses();
  Dataflow flow;
  flow.predecessors.resize(graph.nodes.size());
  std::vector<std::size_t> piece_of(graph.tensors.size());
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    if (sharing.owner(id) != id) continue;
    piece_of[id] = flow.pieces.size();
    flow.pieces.push_back({sharing.bytes(id), {}, false, false});
  }
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    const std::size_t producer = uses.producer[id];
    const TensorId owner = sharing.owner(id);
    TouchedPiece* piece = owner == no_tensor ? nullptr : &flow.pieces[piece_of[owner]];
    if (producer == TensorUses::no_node) {
      if (piece != nullptr) piece->from_start = true;
    } else if (piece != nullptr) {
      piece->nodes.push_back(producer);
    }
    if (piece != nullptr && uses.output[id]) piece->to_end = true;
    for (const std::size_t reader : uses.readers[id]) {
      if (producer != TensorUses::no_node) flow.predecessors[reader].push_back(producer);
      if (piece != nullptr) piece->nodes.push_back(reader);
    }
  }
  for (TouchedPiece& piece : flow.pieces) {
    std::sort(piece.nodes.begin(), piece.nodes.end());
    piece.nodes.erase(std::unique(piece.nodes.begin(), piece.nodes.end()), piece.nodes.end());
  }
  return flow;
}

/// The same graph with its nodes in another order.
/// @throws DomainError when that is none of all its nodes, or one in which they cannot run
[[nodiscard]] inline Graph reordered(const Graph& graph, std::span<const std::size_t> order) {
  const Dataflow flow = graph.nodes.empty() ? Dataflow{} : dataflow_of(graph);
  if (const auto fault = find_fault(flow, order))
    throw DomainError("order of the nodes", "not valid: " + *fault, "one that can run");
  Graph result = graph;
  for (std::size_t i = 0; i < order.size(); ++i) result.nodes[i] = graph.nodes[order[i]];
  return result;
}

/// Bytes of all constants that the graph holds: weights, biases, scales, tables.
/// @throws DomainError when they exceed 64 bits
[[nodiscard]] inline std::int64_t constant_bytes(const Graph& graph) {
  std::int64_t sum = 0;
  for (const Tensor& tensor : graph.tensors)
    if (tensor.constant) sum = checked_sum(sum, byte_count(tensor), "bytes of all constants");
  return sum;
}

struct MemoryPlanOptions {
  StorageRule rule = StorageRule::integer;
  InPlace in_place = InPlace::never;
  ArenaOptions arena = {};
  std::optional<OrderOptions> reorder = {};  ///< none: the nodes run in the order of the graph
};

/// The memory of a network while it runs.
struct MemoryPlan {
  /// Of the nodes of the graph, where it was searched for. Its peaks are those without in-place
  /// results, as it was searched; `is_least` is true of the plan as it is.
  std::optional<ExecutionOrder> order;
  std::int64_t given_peak_bytes = 0;  ///< the same with the nodes in the order of the graph
  std::vector<std::string> nodes;     ///< their names in that order
  ActivationLiveness liveness;        ///< nodes count in that order
  ArenaLayout arena;                  ///< of `liveness.tensors`
  std::vector<SharedTensor> shared;   ///< results without memory of their own
  std::int64_t constant_bytes = 0;    ///< weights and whatever else is known before the run
};

namespace detail {

/// Bytes that no order avoids, whichever results are written over inputs: the largest sum that one
/// node touches, without the result of one that might be.
[[nodiscard]] inline std::int64_t largest_need_in_place(const Graph& graph, StorageRule rule) {
  const MemorySharing sharing(graph, rule);
  std::int64_t largest = 0;
  for (const Node& node : graph.nodes) {
    const bool may_overwrite = node.domain.empty() && is_elementwise(node.op);
    std::vector<TensorId> owners = node.inputs;
    owners.insert(owners.end(), node.captured.begin(), node.captured.end());
    if (!may_overwrite) owners.insert(owners.end(), node.outputs.begin(), node.outputs.end());
    for (TensorId& id : owners)
      if (id != no_tensor) id = sharing.owner(id);
    std::sort(owners.begin(), owners.end());
    owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
    std::int64_t need = 0;
    for (const TensorId owner : owners)
      if (owner != no_tensor)
        need = checked_sum(need, sharing.bytes(owner), "bytes that a node touches");
    largest = std::max(largest, need);
  }
  return largest;
}

}  // namespace detail

/// Plans the memory of a graph. Orders are compared without in-place results; one that needs more
/// than the given order once these are taken into account is not used. With in-place results
/// another order is proven to be no better only where some node alone needs the peak.
/// @throws DomainError for a graph without nodes, an alignment that is no power of two, and sums
///   that exceed 64 bits
/// @pre the graph is one that `infer_shapes` accepts
[[nodiscard]] inline MemoryPlan plan_memory(const Graph& graph,
                                            const MemoryPlanOptions& options = {}) {
  MemoryPlan plan;
  const auto plan_ordered = [&](const Graph& ordered) {
    const MemorySharing sharing(ordered, options.rule, options.in_place);
    plan.liveness = activation_liveness(sharing);
    plan.shared = sharing.shared_tensors();
    plan.nodes.clear();
    for (const Node& node : ordered.nodes) plan.nodes.push_back(node.name);
  };
  plan_ordered(graph);
  plan.given_peak_bytes = plan.liveness.peak_bytes;
  if (options.reorder) {
    plan.order = reorder_for_peak(dataflow_of(graph, options.rule), *options.reorder);
    plan_ordered(reordered(graph, plan.order->nodes));
    if (plan.liveness.peak_bytes > plan.given_peak_bytes) {  // lost to results out of place
      std::iota(plan.order->nodes.begin(), plan.order->nodes.end(), std::size_t{0});
      plan.order->peak_bytes = plan.order->peak_bytes_before;
      plan_ordered(graph);
    }
    if (options.in_place != InPlace::never)
      plan.order->is_least =
          plan.liveness.peak_bytes == detail::largest_need_in_place(graph, options.rule);
  }
  plan.arena = plan_arena(plan.liveness.tensors, options.arena);
  plan.constant_bytes = constant_bytes(graph);
  return plan;
}

/// Where a tensor lies: a row.
struct PlannedTensor {
  std::string tensor;
  std::int64_t offset = 0;
  std::int64_t bytes = 0;
  std::size_t first_node = 0;  ///< in the order of execution
  std::size_t last_node = 0;   ///< inclusive
  std::string first_node_name;
  std::string last_node_name;
  bool alive_at_peak = false;

  friend bool operator==(const PlannedTensor&, const PlannedTensor&) = default;
};

template <class Visit>
constexpr void visit_columns(const PlannedTensor*, Visit&& visit) {
  visit("tensor", &PlannedTensor::tensor);
  visit("offset", &PlannedTensor::offset);
  visit("bytes", &PlannedTensor::bytes);
  visit("first_node", &PlannedTensor::first_node);
  visit("last_node", &PlannedTensor::last_node);
  visit("first_node_name", &PlannedTensor::first_node_name);
  visit("last_node_name", &PlannedTensor::last_node_name);
  visit("alive_at_peak", &PlannedTensor::alive_at_peak);
}

/// The tensors of a plan in the order of the graph's tensors.
[[nodiscard]] inline std::vector<PlannedTensor> planned_tensors(const MemoryPlan& plan) {
  std::vector<PlannedTensor> rows;
  const std::size_t peak = plan.liveness.peak_node;
  for (std::size_t i = 0; i < plan.liveness.tensors.size(); ++i) {
    const StoredTensor& stored = plan.liveness.tensors[i];
    rows.push_back({stored.name, plan.arena.offsets[i], stored.bytes, stored.first_node,
                    stored.last_node, plan.nodes[stored.first_node], plan.nodes[stored.last_node],
                    stored.first_node <= peak && peak <= stored.last_node});
  }
  return rows;
}

/// A plan in numbers: a row.
struct MemorySummary {
  std::int64_t nodes = 0;
  std::int64_t tensors = 0;         ///< with memory of their own
  std::int64_t shared_tensors = 0;  ///< without
  std::int64_t peak_bytes = 0;      ///< lower bound of any arena
  std::string peak_node;            ///< the first that reaches it
  std::string order;  ///< of execution: given, searched, or searched and proven to be the best
  std::int64_t given_order_peak_bytes = 0;  ///< of the order given, by the same rules
  std::int64_t alignment = 1;
  std::int64_t aligned_bound_bytes = 0;  ///< lower bound for offsets of that alignment
  std::string strategy;
  std::int64_t arena_bytes = 0;
  double excess_percent = 0;              ///< of the arena over its aligned bound
  std::int64_t greedy_by_size_bytes = 0;  ///< what TensorFlow Lite Micro's planner needs
  std::int64_t constant_bytes = 0;

  friend bool operator==(const MemorySummary&, const MemorySummary&) = default;
};

template <class Visit>
constexpr void visit_columns(const MemorySummary*, Visit&& visit) {
  visit("nodes", &MemorySummary::nodes);
  visit("tensors", &MemorySummary::tensors);
  visit("shared_tensors", &MemorySummary::shared_tensors);
  visit("peak_bytes", &MemorySummary::peak_bytes);
  visit("peak_node", &MemorySummary::peak_node);
  visit("order", &MemorySummary::order);
  visit("given_order_peak_bytes", &MemorySummary::given_order_peak_bytes);
  visit("alignment", &MemorySummary::alignment);
  visit("aligned_bound_bytes", &MemorySummary::aligned_bound_bytes);
  visit("strategy", &MemorySummary::strategy);
  visit("arena_bytes", &MemorySummary::arena_bytes);
  visit("excess_percent", &MemorySummary::excess_percent);
  visit("greedy_by_size_bytes", &MemorySummary::greedy_by_size_bytes);
  visit("constant_bytes", &MemorySummary::constant_bytes);
}

/// The numbers of a plan, with what greedy by size needs beside it. O(tensors^2).
[[nodiscard]] inline MemorySummary summarize_memory(const MemoryPlan& plan) {
  const auto count = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
  const ArenaLayout greedy =
      plan_arena(plan.liveness.tensors,
                 {.alignment = plan.arena.alignment, .strategy = ArenaStrategy::greedy_by_size});
  return {count(plan.nodes),
          count(plan.liveness.tensors),
          count(plan.shared),
          plan.liveness.peak_bytes,
          plan.nodes[plan.liveness.peak_node],
          !plan.order            ? "given"
          : plan.order->is_least ? "searched, no other has a lower peak"
                                 : "searched",
          plan.given_peak_bytes,
          plan.arena.alignment,
          plan.arena.bound.aligned_bytes,
          std::string(to_string(plan.arena.strategy)),
          plan.arena.bytes,
          plan.arena.excess_percent(),
          greedy.bytes,
          plan.constant_bytes};
}

}  // namespace edgeopt::inline v0
