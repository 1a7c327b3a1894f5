// SPDX-License-Identifier: MIT
/// @file
/// What each operator of a graph costs: one row a node, in execution order.
///
///     const std::vector<NodeCost> costs = operator_costs(graph);
///     const CostTotals whole = total(costs);
#pragma once

#include <algorithm>  // std::min
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>  // std::exchange
#include <variant>  // std::get_if
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/columns.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/site.hpp"
#include "edgeopt/operators/detail/table.hpp"
#include "edgeopt/operators/detail/work.hpp"
#include "edgeopt/shape_inference.hpp"

namespace edgeopt::inline v0 {

/// One operator's cost for one run of the graph, batch included. Where `unknown` is true no count
/// is to be relied upon: those that could not be found are 0 because a column needs a number.
struct NodeCost {
  std::string name;  ///< of the node
  std::string op;    ///< its operator, with the domain in front where it is not ONNX's own
  ElementType type = ElementType::f32;  ///< of the first result, as stored
  ElementType compute_type =
      ElementType::f32;               ///< of the operands that are multiplied; `type` else
  std::int64_t output_elements = 0;   ///< of all results
  std::int64_t parameters = 0;        ///< elements, counted where they are used first
  std::int64_t parameter_bytes = 0;   ///< of these
  std::int64_t constants = 0;         ///< elements of all constants, scales and shapes included
  std::int64_t constant_bytes = 0;    ///< of these: what the model's file stores for the operator
  std::int64_t activation_bytes = 0;  ///< of all results; none of a Constant
  std::int64_t macs = 0;              ///< multiply-accumulates, biases excluded
  std::int64_t bias_additions = 0;
  std::int64_t elementwise_operations = 0;  ///< see docs/conventions.md for what counts as one
  std::int64_t bytes_read = 0;              ///< operands, parameters among them, each once
  std::int64_t bytes_written = 0;           ///< results; 0 for those that are their input renamed
  double arithmetic_intensity_macs_per_byte = 0;  ///< macs / (bytes_read + bytes_written)
  bool folded = false;   ///< depends on constants alone: computed once, before the network runs
  bool unknown = false;  ///< the operator, or a shape that its cost depends on, is not known

  friend bool operator==(const NodeCost&, const NodeCost&) = default;
};

template <class Visit>
constexpr void visit_columns(const NodeCost*, Visit&& visit) {
  visit("name", &NodeCost::name);
  visit("op", &NodeCost::op);
  visit("type", &NodeCost::type);
  visit("compute_type", &NodeCost::compute_type);
  visit("output_elements", &NodeCost::output_elements);
  visit("parameters", &NodeCost::parameters);
  visit("parameter_bytes", &NodeCost::parameter_bytes);
  visit("constants", &NodeCost::constants);
  visit("constant_bytes", &NodeCost::constant_bytes);
  visit("activation_bytes", &NodeCost::activation_bytes);
  visit("macs", &NodeCost::macs);
  visit("bias_additions", &NodeCost::bias_additions);
  visit("elementwise_operations", &NodeCost::elementwise_operations);
  visit("bytes_read", &NodeCost::bytes_read);
  visit("bytes_written", &NodeCost::bytes_written);
  visit("arithmetic_intensity_macs_per_byte", &NodeCost::arithmetic_intensity_macs_per_byte);
  visit("folded", &NodeCost::folded);
  visit("unknown", &NodeCost::unknown);
}

/// Sums over the nodes whose cost is known, and how many are not.
struct CostTotals {
  std::int64_t nodes = 0;
  std::int64_t unknown_nodes = 0;
  std::int64_t parameters = 0;
  std::int64_t parameter_bytes = 0;
  std::int64_t constants = 0;
  std::int64_t constant_bytes = 0;
  std::int64_t activation_elements = 0;
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
  visit("constants", &CostTotals::constants);
  visit("constant_bytes", &CostTotals::constant_bytes);
  visit("activation_elements", &CostTotals::activation_elements);
  visit("activation_bytes", &CostTotals::activation_bytes);
  visit("unknown_activation_bytes", &CostTotals::unknown_activation_bytes);
  visit("macs", &CostTotals::macs);
  visit("bias_additions", &CostTotals::bias_additions);
  visit("elementwise_operations", &CostTotals::elementwise_operations);
  visit("bytes_read", &CostTotals::bytes_read);
  visit("bytes_written", &CostTotals::bytes_written);
}

/// @throws DomainError when a sum exceeds 64 bits
[[nodiscard]] inline CostTotals total(std::span<const NodeCost> costs) {
  CostTotals sum;
  const auto add = [](std::int64_t& to, std::int64_t count) {
    to = checked_sum(to, count, "total over all operators");
  };
  for (const NodeCost& cost : costs) {
    ++sum.nodes;
    sum.unknown_nodes += cost.unknown ? 1 : 0;
    add(sum.parameters, cost.parameters);
    add(sum.parameter_bytes, cost.parameter_bytes);
    add(sum.constants, cost.constants);
    add(sum.constant_bytes, cost.constant_bytes);
    add(sum.activation_elements, cost.op == "Constant" ? 0 : cost.output_elements);
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

namespace detail {

/// Walks along a graph and keeps in mind which constants were used and what they determine.
class CostReader {
 public:
  explicit CostReader(const Graph& graph)
      : graph_(graph),
        parameter_(graph.tensors.size(), false),
        folded_(graph.tensors.size(), false),
        dequantized_(graph.tensors.size(), ElementType::unknown) {
    for (TensorId id = 0; id < graph.tensors.size(); ++id)
      parameter_[id] = folded_[id] = graph.tensors[id].constant;
    for (const Node& node : graph.nodes)  // values of Constant nodes are no parameters
      for (const TensorId id : node.outputs)
        if (id != no_tensor) parameter_[id] = false;
  }

  [[nodiscard]] NodeCost read(const Node& node) {
    const Operator* known = find_operator(node.domain, node.op);
    const Work work = work_of(graph_, node, known);
    NodeCost cost;
    cost.name = node.name;
    cost.op = qualified_op(node);
    cost.macs = work.macs;
    cost.bias_additions = work.bias_additions;
    cost.elementwise_operations = work.elementwise;
    cost.unknown = !work.known;
    count_parameters(node, known, cost);
    count_results(node, cost);
    count_bytes(node, known ? known->traffic : Traffic::streams, cost);
    cost.compute_type = compute_type(node, cost);
    cost.folded = fold(node);
    return cost;
  }

 private:
  static void add(std::int64_t& sum, std::int64_t count) {
    sum = checked_sum(sum, count, "count of an operator");
  }

  void count_parameters(const Node& node, const Operator* known, NodeCost& cost) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      count_constant(node.inputs[i], known, i < 32 ? Inputs{1} << i : 0, cost);
    for (const TensorId id : node.captured) count_constant(id, nullptr, 0, cost);
    for (const auto& [name, attribute] : node.attributes)
      if (const Subgraph* inner = std::get_if<Subgraph>(&attribute); inner && inner->graph)
        count_inner_parameters(*inner->graph, cost);
  }

  void count_constant(TensorId id, const Operator* known, Inputs position, NodeCost& cost) {
    if (id == no_tensor || !parameter_[id]) return;
    parameter_[id] = false;  // counted where it is used first
    const Tensor& tensor = graph_.tensors[id];
    const bool parameter =
        is_floating(tensor.type)
            ? !tensor.shape.empty() && !(known && (known->settings & position) != 0)
            : known && (known->weights & position) != 0;
    count(tensor, parameter, cost);
  }

  static void count(const Tensor& tensor, bool parameter, NodeCost& cost) {
    const std::int64_t elements = element_count(tensor.shape), bytes = byte_count(tensor);
    add(cost.constants, elements);
    add(cost.constant_bytes, bytes);
    if (!parameter) return;
    add(cost.parameters, elements);
    add(cost.parameter_bytes, bytes);
  }

  /// Constants of a graph inside the node, each once.
  static void count_inner_parameters(const Graph& inner, NodeCost& cost) {
    for (const Tensor& tensor : inner.tensors)
      if (tensor.constant) count(tensor, is_floating(tensor.type) && !tensor.shape.empty(), cost);
    for (const Node& node : inner.nodes)
      for (const auto& [name, attribute] : node.attributes)
        if (const Subgraph* next = std::get_if<Subgraph>(&attribute); next && next->graph)
          count_inner_parameters(*next->graph, cost);
  }

  void count_results(const Node& node, NodeCost& cost) const {
    bool first = true;
    for (const TensorId id : node.outputs) {
      if (id == no_tensor) continue;
      const Tensor& tensor = graph_.tensors[id];
      if (std::exchange(first, false)) cost.type = tensor.type;
      if (!tensor.has_shape()) continue;
      add(cost.output_elements, element_count(tensor.shape));
      if (!tensor.constant) add(cost.activation_bytes, byte_count(tensor));
    }
  }

  void count_bytes(const Node& node, Traffic traffic, NodeCost& cost) const {
    if (traffic == Traffic::renames) return;
    for (const TensorId id : node.outputs)
      if (id != no_tensor && graph_.tensors[id].has_shape())
        add(cost.bytes_written, byte_count(graph_.tensors[id]));
    if (traffic == Traffic::creates) return;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId id = node.inputs[i];
      if (id == no_tensor || !graph_.tensors[id].has_shape()) continue;
      if (i == 1 && id == node.inputs[0]) continue;  // x * x
      const std::int64_t bytes = byte_count(graph_.tensors[id]);
      const bool part = traffic == Traffic::selects && i == 0;
      add(cost.bytes_read, part ? std::min(bytes, cost.bytes_written) : bytes);
    }
    const std::int64_t moved = checked_sum(cost.bytes_read, cost.bytes_written, "bytes moved");
    if (moved > 0)
      cost.arithmetic_intensity_macs_per_byte =
          static_cast<double>(cost.macs) / static_cast<double>(moved);
  }

  /// The type that is multiplied: integers where both operands are dequantised, since an integer
  /// engine computes with what is stored.
  [[nodiscard]] ElementType compute_type(const Node& node, const NodeCost& cost) {
    if (node.op == "DequantizeLinear" && !node.inputs.empty() && node.inputs[0] != no_tensor)
      for (const TensorId id : node.outputs)
        if (id != no_tensor) dequantized_[id] = graph_.tensors[node.inputs[0]].type;
    if (cost.macs == 0 || node.inputs.size() < 2 || node.inputs[0] == no_tensor ||
        node.inputs[1] == no_tensor)
      return cost.type;
    const ElementType stored = dequantized_[node.inputs[0]];
    if (stored != ElementType::unknown && dequantized_[node.inputs[1]] != ElementType::unknown)
      return stored;
    return graph_.tensors[node.inputs[0]].type;
  }

  /// Whether constants determine the results; remembers it.
  bool fold(const Node& node) {
    // Without inputs: a Constant, or random numbers.
    bool known = !node.inputs.empty() || !node.captured.empty() || node.op == "Constant";
    for (const auto* ids : {&node.inputs, &node.captured})
      for (const TensorId id : *ids) known = known && (id == no_tensor || folded_[id]);
    for (const TensorId id : node.outputs)
      if (id != no_tensor) folded_[id] = known;
    return known;
  }

  const Graph& graph_;
  std::vector<bool> parameter_;           ///< constants that no node has used yet
  std::vector<bool> folded_;              ///< known before the network runs
  std::vector<ElementType> dequantized_;  ///< type of the integers behind a dequantised tensor
};

}  // namespace detail

/// The cost of every node, in order.
///
/// Multiply-accumulates: Conv: elements of the result times those of one filter; ConvTranspose:
/// elements of the input times those of one filter; Gemm, MatMul: elements of the result times the
/// inner extent; LSTM, GRU, RNN: steps * batch * (elements of W + elements of R). Quantised forms
/// alike; If, Loop and Scan: those of the graph inside as often as it runs, where that is known;
/// everything else has none.
///
/// Parameters are constants of floating type with at least one axis, and integer weights and biases
/// of quantised operators; scales, zero points, shapes and initial states are not among them, nor
/// values of Constant nodes.
/// @throws DomainError when a count exceeds 64 bits
/// @pre `infer_shapes` or `infer_known_shapes` has accepted the graph
[[nodiscard]] inline std::vector<NodeCost> operator_costs(const Graph& graph) {
  detail::CostReader reader(graph);
  std::vector<NodeCost> costs;
  costs.reserve(graph.nodes.size());
  for (const Node& node : graph.nodes) costs.push_back(reader.read(node));
  return costs;
}

}  // namespace edgeopt::inline v0
