// SPDX-License-Identifier: MIT
/// @file
/// What a network asks of a machine: of any graph, and of SmallCNN's description.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cstddef>
#include <cstdint>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/memory_plan.hpp"
#include "edgeopt/model_memory.hpp"
#include "edgeopt/operator_class.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/stored_precision.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// The least bytes of constants that a run reads, those without axes left out.
///
/// Each constant counts once, for the node that reads most of it; of a table no more than is chosen
/// from it. What follows from constants alone may be kept in either form, so that it counts as the
/// smaller of itself and the largest constant behind it.
inline std::int64_t least_constant_reads(const Graph& graph, const std::vector<NodeCost>& costs) {
  struct Known {
    TensorId constant = no_tensor;  // the largest behind the tensor
    std::int64_t bytes = 0;         // that have to be read to have the tensor
  };
  std::vector<Known> known(graph.tensors.size());
  for (TensorId id = 0; id < known.size(); ++id)
    if (graph.tensors[id].constant && !graph.tensors[id].shape.empty())
      known[id] = {id, byte_count(graph.tensors[id])};
  std::vector<std::int64_t> reads(graph.tensors.size(), 0);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const Node& node = graph.nodes[i];
    std::int64_t operands = 0;
    Known largest;
    for (const TensorId id : node.inputs) {
      if (id == no_tensor) continue;
      operands = checked_sum(operands, byte_count(graph.tensors[id]), "bytes of operands");
      if (known[id].bytes > largest.bytes) largest = known[id];
    }
    if (costs[i].folded) {
      for (const TensorId id : node.outputs)
        if (id != no_tensor && !graph.tensors[id].constant)
          known[id] = {largest.constant, std::min(largest.bytes, byte_count(graph.tensors[id]))};
      continue;
    }
    if (costs[i].unknown) continue;
    for (const TensorId id : node.inputs) {
      if (id == no_tensor || known[id].constant == no_tensor) continue;
      const std::int64_t others = operands - byte_count(graph.tensors[id]);
      std::int64_t& most = reads[known[id].constant];
      most = std::max(most, std::min(known[id].bytes, costs[i].bytes_read - others));
    }
  }
  std::int64_t sum = 0;
  for (const std::int64_t bytes : reads) sum = checked_sum(sum, bytes, "bytes of constants read");
  return sum;
}

/// `executed` says of a node whether its multiply-accumulates are executed in that precision.
template <class Executed>
NetworkDemand demand_of(const Graph& graph, const std::vector<NodeCost>& costs, Precision precision,
                        const Executed& executed) {
  NetworkDemand demand;
  demand.name = graph.name;
  demand.precision = precision;
  demand.macs = total(costs).macs;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (costs[i].macs == 0 || costs[i].folded || !executed(costs[i])) continue;
    demand.executed_macs += costs[i].macs;
    if (operator_class(graph, graph.nodes[i]) == OperatorClass::convolution_3x3)
      demand.winograd_macs += costs[i].macs;
  }
  demand.parameter_bytes = constant_bytes(graph);
  demand.parameter_bytes_read = least_constant_reads(graph, costs);
  demand.peak_activation_bytes = peak_activation_bytes(graph);
  for (const TensorId id : graph.inputs)
    demand.input_bytes =
        checked_sum(demand.input_bytes, byte_count(graph.tensor(id)), "bytes of the inputs");
  for (const TensorId id : graph.outputs)
    demand.output_bytes =
        checked_sum(demand.output_bytes, byte_count(graph.tensor(id)), "bytes of the outputs");
  return demand;
}

}  // namespace detail

/// What a graph asks for: its constants as stored and the least of them that a run reads, its
/// activations by liveness, its inputs and outputs as the graph has them. `precision` is what an
/// engine computes in. What is computed before the run is not executed.
/// @throws DomainError when a count exceeds 64 bits
/// @pre `infer_shapes` has accepted the graph
[[nodiscard]] inline NetworkDemand network_demand(const Graph& graph, Precision precision) {
  return detail::demand_of(graph, operator_costs(graph), precision,
                           [](const NodeCost&) { return true; });
}

/// The same in the precision that most of the multiply-accumulates are computed in. Those of other
/// types are not executed by the bound's rate, so they are in `macs`, but not in `executed_macs`.
[[nodiscard]] inline NetworkDemand network_demand(const Graph& graph) {
  const std::vector<NodeCost> costs = operator_costs(graph);
  const Precision precision = computed_precision(costs);
  return detail::demand_of(graph, costs, precision, [&](const NodeCost& cost) {
    return precision_of(cost.compute_type) == precision;
  });
}

/// What SmallCNN asks for: parameters as `model_memory_bytes` counts them, activations as its graph
/// keeps them alive, images and logits as stored in that precision, as `layer_operators` has them:
/// an int8 network's images may come as bytes.
/// @throws DomainError for a network that cannot be built
[[nodiscard]] inline NetworkDemand network_demand(const SmallCNNSpec& spec, std::int64_t batch,
                                                  Precision precision) {
  NetworkDemand demand = network_demand(small_cnn_graph(spec, batch, precision), precision);
  demand.parameter_bytes = model_memory_bytes(spec, precision);
  demand.input_bytes = checked_product({batch, spec.input.elements(), bytes_per_value(precision)},
                                       "bytes of the inputs");
  demand.output_bytes =
      checked_product({batch, spec.classes, bytes_per_value(precision)}, "bytes of the outputs");
  return demand;
}

}  // namespace edgeopt::inline v0
