// The nodes of a model as operators that may use Winograd's convolutions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgeopt/device.hpp>
#include <edgeopt/graph.hpp>
#include <edgeopt/graph_costs.hpp>
#include <edgeopt/latency_bounds.hpp>
#include <edgeopt/node_operators.hpp>
#include <edgeopt/operator_class.hpp>
#include <edgeopt/roofline.hpp>
#include <edgeopt/stored_precision.hpp>
#include <edgeopt/winograd.hpp>
#include <optional>
#include <vector>

namespace examples {

/// Operators with the multiply-accumulates that are left of 3 x 3 convolutions, with the tile that
/// was given, else with the one that bounds grant the device.
inline edgeopt::NodeOperators granted_operators(const edgeopt::Graph& graph,
                                                const std::vector<edgeopt::NodeCost>& costs,
                                                const edgeopt::Device& device,
                                                std::optional<std::int64_t> tile) {
  edgeopt::NodeOperators found = edgeopt::node_operators(graph, costs);
  for (std::size_t i = 0; i < found.nodes.size(); ++i) {
    edgeopt::RooflineOperator& each = found.operators[i];
    if (each.macs == 0 || operator_class(graph, graph.nodes[found.nodes[i]]) !=
                              edgeopt::OperatorClass::convolution_3x3)
      continue;
    const auto precision = edgeopt::precision_of(each.type).value_or(edgeopt::Precision::fp32);
    each.macs = edgeopt::executed_macs(
        each.macs, each.macs,
        tile.value_or(edgeopt::granted_winograd_tile(device.kind, precision)));
  }
  return found;
}

}  // namespace examples
