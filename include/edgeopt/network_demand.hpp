// SPDX-License-Identifier: MIT
/// @file
/// What a network asks of a machine: of any graph, and of SmallCNN's description.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/latency_bounds.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/memory_plan.hpp"
#include "edgeopt/model_memory.hpp"
#include "edgeopt/operator_class.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/stored_precision.hpp"
#include "edgeopt/winograd.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// `executed` says of a node whether its multiply-accumulates are executed in that precision.
template <class Executed>
NetworkDemand demand_of(const Graph& graph, const std::vector<NodeCost>& costs, Precision precision,
                        std::int64_t winograd_tile, const Executed& executed) {
  NetworkDemand demand;
  demand.name = graph.name;
  demand.precision = precision;
  demand.macs = total(costs).macs;
  std::int64_t in_precision = 0;
  std::int64_t eligible = 0;  // for Winograd's algorithm
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (costs[i].macs == 0 || !executed(costs[i])) continue;
    in_precision += costs[i].macs;
    if (operator_class(graph, graph.nodes[i]) == OperatorClass::convolution_3x3)
      eligible += costs[i].macs;
  }
  demand.executed_macs = executed_macs(in_precision, eligible, winograd_tile);
  demand.parameter_bytes = constant_bytes(graph);
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

/// What a graph asks for: its constants as stored, its activations by liveness, its inputs and
/// outputs. `precision` is what an engine computes in; `winograd_tile` as below: of the m that it
/// may use for dense convolutions of 3 x 3.
/// @throws DomainError when a count exceeds 64 bits and for a tile below 1
/// @pre `infer_shapes` has accepted the graph
[[nodiscard]] inline NetworkDemand network_demand(const Graph& graph, Precision precision,
                                                  std::int64_t winograd_tile = 1) {
  return detail::demand_of(graph, operator_costs(graph), precision, winograd_tile,
                           [](const NodeCost&) { return true; });
}

/// The same in the precision that most of the multiply-accumulates are computed in. Those of other
/// types are not executed by the bound's rate, so they are in `macs`, but not in `executed_macs`.
[[nodiscard]] inline NetworkDemand network_demand(const Graph& graph,
                                                  std::int64_t winograd_tile = 1) {
  const std::vector<NodeCost> costs = operator_costs(graph);
  const Precision precision = computed_precision(costs);
  return detail::demand_of(graph, costs, precision, winograd_tile, [&](const NodeCost& cost) {
    return precision_of(cost.compute_type) == precision;
  });
}

/// What SmallCNN asks for: parameters as `model_memory_bytes` counts them, activations as its graph
/// keeps them alive. `winograd_tile` is the m of F(m x m, 3 x 3) that the engine may use for its
/// convolutions; 1 where it uses none.
/// @throws DomainError for a network that cannot be built and for a tile below 1
[[nodiscard]] inline NetworkDemand network_demand(const SmallCNNSpec& spec, std::int64_t batch,
                                                  Precision precision,
                                                  std::int64_t winograd_tile = 1) {
  const Graph graph = small_cnn_graph(spec, batch, precision);
  const std::vector<LayerEstimate> layers = estimate_layerwise_stats(spec, batch, precision);
  NetworkDemand demand;
  demand.name = graph.name;
  demand.precision = precision;
  demand.macs = total(layers).macs;
  demand.executed_macs = executed_macs(demand.macs, layers[0].macs + layers[1].macs, winograd_tile);
  demand.parameter_bytes = model_memory_bytes(spec, precision);
  demand.peak_activation_bytes = peak_activation_bytes(graph);
  for (const TensorId id : graph.inputs) demand.input_bytes += byte_count(graph.tensor(id));
  for (const TensorId id : graph.outputs) demand.output_bytes += byte_count(graph.tensor(id));
  return demand;
}

}  // namespace edgeopt::inline v0
