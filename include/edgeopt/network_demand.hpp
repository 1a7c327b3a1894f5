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
#include "edgeopt/precision.hpp"
#include "edgeopt/shape_inference.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/winograd.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// Whether Winograd's convolutions F(m x m, 3 x 3) apply to a node.
inline bool is_winograd_convolution(const Graph& graph, const Node& node) {
  if (node.op != "Conv") return false;
  const Shape& weight = graph.tensor(node.inputs[1]).shape;  // [out, channels / groups, h, w]
  return weight.size() == 4 && weight[1] > 1 && weight[2] == 3 && weight[3] == 3 &&
         node.attribute<Shape>("strides", {1, 1}) == Shape{1, 1} &&
         node.attribute<Shape>("dilations", {1, 1}) == Shape{1, 1};
}

}  // namespace detail

/// What a graph asks for: its constants as stored, its activations by liveness, its inputs and
/// outputs. `precision` is what an engine computes in; `winograd_tile` as below. Convolutions of
/// one channel are not Winograd's: they save nothing that the transformation does not cost.
/// @throws DomainError when a count exceeds 64 bits and for a tile below 1
/// @pre `infer_shapes` has accepted the graph
[[nodiscard]] inline NetworkDemand network_demand(const Graph& graph, Precision precision,
                                                  std::int64_t winograd_tile = 1) {
  NetworkDemand demand;
  demand.name = graph.name;
  demand.precision = precision;
  const std::vector<NodeCost> costs = operator_costs(graph);
  std::int64_t eligible = 0;
  for (std::size_t i = 0; i < costs.size(); ++i)
    if (detail::is_winograd_convolution(graph, graph.nodes[i])) eligible += costs[i].macs;
  demand.macs = total(costs).macs;
  demand.executed_macs = executed_macs(demand.macs, eligible, winograd_tile);
  for (const Tensor& tensor : graph.tensors)
    if (tensor.constant)
      demand.parameter_bytes =
          checked_sum(demand.parameter_bytes, byte_count(tensor), "bytes of the constants");
  demand.peak_activation_bytes = peak_activation_bytes(graph);
  for (const TensorId id : graph.inputs) demand.input_bytes += byte_count(graph.tensor(id));
  for (const TensorId id : graph.outputs) demand.output_bytes += byte_count(graph.tensor(id));
  return demand;
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
