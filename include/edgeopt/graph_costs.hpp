// SPDX-License-Identifier: MIT
/// @file
/// What each operator of a graph costs: one row a node, in execution order.
///
///     const std::vector<OperatorCost> costs = operator_costs(graph);
///     const CostTotals whole = total(costs);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/graph_estimates.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/tensor_storage.hpp"

namespace edgeopt::inline v0 {

/// One operator's cost for one run of the graph, batch included. Where `unknown` is true no count
/// is to be relied upon: those that could not be found are 0 because a column needs a number.
struct OperatorCost {
  std::string name;  ///< of the node
  std::string op;    ///< its operator, with the domain in front where it is not ONNX's own
  ElementType type = ElementType::f32;  ///< of the first result, as stored
  ElementType compute_type =
      ElementType::f32;               ///< of the operands that are multiplied; `type` else
  std::int64_t output_elements = 0;   ///< of all results
  std::int64_t parameters = 0;        ///< elements, counted where they are used first
  std::int64_t parameter_bytes = 0;   ///< of these
  std::int64_t activation_bytes = 0;  ///< of all results
  std::int64_t macs = 0;              ///< multiply-accumulates, biases excluded
  std::int64_t bias_additions = 0;
  std::int64_t elementwise_operations = 0;  ///< see docs/conventions.md for what counts as one
  std::int64_t bytes_read = 0;              ///< operands, parameters among them, each once
  std::int64_t bytes_written = 0;           ///< results; 0 for those that are their input renamed
  double arithmetic_intensity_macs_per_byte = 0;  ///< macs / (bytes_read + bytes_written)
  bool folded = false;   ///< depends on constants alone: computed once, before the network runs
  bool unknown = false;  ///< the operator, or a shape that its cost depends on, is not known

  friend bool operator==(const OperatorCost&, const OperatorCost&) = default;
};

template <class Visit>
constexpr void visit_columns(const OperatorCost*, Visit&& visit) {
  visit("name", &OperatorCost::name);
  visit("op", &OperatorCost::op);
  visit("type", &OperatorCost::type);
  visit("compute_type", &OperatorCost::compute_type);
  visit("output_elements", &OperatorCost::output_elements);
  visit("parameters", &OperatorCost::parameters);
  visit("parameter_bytes", &OperatorCost::parameter_bytes);
  visit("activation_bytes", &OperatorCost::activation_bytes);
  visit("macs", &OperatorCost::macs);
  visit("bias_additions", &OperatorCost::bias_additions);
  visit("elementwise_operations", &OperatorCost::elementwise_operations);
  visit("bytes_read", &OperatorCost::bytes_read);
  visit("bytes_written", &OperatorCost::bytes_written);
  visit("arithmetic_intensity_macs_per_byte", &OperatorCost::arithmetic_intensity_macs_per_byte);
  visit("folded", &OperatorCost::folded);
  visit("unknown", &OperatorCost::unknown);
}

/// Sums over the nodes whose cost is known, and how many are not.
struct CostTotals {
  std::int64_t nodes = 0;
  std::int64_t unknown_nodes = 0;
  std::int64_t parameters = 0;
  std::int64_t parameter_bytes = 0;
  std::int64_t activation_bytes = 0;
  std::int64_t unknown_activation_bytes = 0;  ///< of these, results of unknown nodes
  std::int64_t macs = 0;
  std::int64_t bias_additions = 0;
  std::int64_t elementwise_operations = 0;
  std::int64_t bytes_read = 0;
  std::int64_t bytes_written = 0;

  friend bool operator==(const CostTotals&, const CostTotals&) = default;
};

template <class Visit>
constexpr void visit_columns(const CostTotals*, Visit&& visit) {
  visit("nodes", &CostTotals::nodes);
  visit("unknown_nodes", &CostTotals::unknown_nodes);
  visit("parameters", &CostTotals::parameters);
  visit("parameter_bytes", &CostTotals::parameter_bytes);
  visit("activation_bytes", &CostTotals::activation_bytes);
  visit("unknown_activation_bytes", &CostTotals::unknown_activation_bytes);
  visit("macs", &CostTotals::macs);
  visit("bias_additions", &CostTotals::bias_additions);
  visit("elementwise_operations", &CostTotals::elementwise_operations);
  visit("bytes_read", &CostTotals::bytes_read);
  visit("bytes_written", &CostTotals::bytes_written);
}

/// @throws DomainError when a sum exceeds 64 bits
[[nodiscard]] inline CostTotals total(std::span<const OperatorCost> costs) {
  CostTotals sum;
  const auto add = [](std::int64_t& to, std::int64_t count) {
    to = checked_sum(to, count, "total over all operators");
  };
  for (const OperatorCost& cost : costs) {
    ++sum.nodes;
    sum.unknown_nodes += cost.unknown ? 1 : 0;
    add(sum.parameters, cost.parameters);
    add(sum.parameter_bytes, cost.parameter_bytes);
    add(sum.activation_bytes, cost.activation_bytes);
    add(sum.unknown_activation_bytes, cost.unknown ? cost.activation_bytes : 0);
    add(sum.macs, cost.macs);
    add(sum.bias_additions, cost.bias_additions);
    add(sum.elementwise_operations, cost.elementwise_operations);
    add(sum.bytes_read, cost.bytes_read);
    add(sum.bytes_written, cost.bytes_written);
  }
  return sum;
}

/// The cost of every node, in order.
/// @throws DomainError when a count exceeds 64 bits
/// @pre `infer_shapes` has accepted the graph
[[nodiscard]] inline std::vector<OperatorCost> operator_costs(const Graph& graph) {
  std::vector<OperatorCost> costs;
  for (const Node& node : graph.nodes) {
    OperatorCost cost;
    cost.name = node.name;
    cost.op = node.op;
    const Tensor& result = graph.tensor(node.outputs.front());
    cost.type = cost.compute_type = result.type;
    cost.output_elements = element_count(result.shape);
    cost.activation_bytes = cost.bytes_written = byte_count(result);
    cost.macs = multiply_accumulates(graph, node);
    for (const TensorId id : node.inputs)
      if (id != no_tensor) cost.bytes_read += byte_count(graph.tensors[id]);
    const std::int64_t moved = cost.bytes_read + cost.bytes_written;
    if (moved > 0)
      cost.arithmetic_intensity_macs_per_byte =
          static_cast<double>(cost.macs) / static_cast<double>(moved);
    costs.push_back(std::move(cost));
  }
  return costs;
}

}  // namespace edgeopt::inline v0
