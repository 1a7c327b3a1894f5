// All that is found out about a model, and its rows for people and CSV.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgeopt/columns.hpp>
#include <edgeopt/cost_conventions.hpp>
#include <edgeopt/device_comparison.hpp>
#include <edgeopt/graph_costs.hpp>
#include <edgeopt/io/onnx.hpp>
#include <edgeopt/latency_bounds.hpp>
#include <edgeopt/memory_plan.hpp>
#include <edgeopt/network_demand.hpp>
#include <edgeopt/roofline.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "granted_operators.hpp"
#include "model_file.hpp"

namespace examples {

/// A node in its place under the ceilings of a device, as a line of a table.
struct PlacedNode {
  std::int64_t index = 0;
  edgeopt::RooflinePoint point;
};

template <class Visit>
constexpr void visit_columns(const PlacedNode*, Visit&& visit) {
  visit("index", &PlacedNode::index);
  visit(edgeopt::spliced, &PlacedNode::point);
}

/// A network on a device. Times are lower bounds.
struct DevicePlacement {
  edgeopt::Roofline roofline;
  std::vector<PlacedNode> nodes;  ///< those that have a place
  std::optional<double> sequential_bound_ms;
  std::optional<edgeopt::DeviceComparison> network;  ///< nothing where some size is unknown
};

/// Everything that is found out about a model with its symbols bound.
struct NetworkAnalysis : BoundModel {
  std::vector<edgeopt::NodeCost> costs;
  edgeopt::CostTotals totals;
  // Nothing where the size of some activation is unknown.
  std::optional<edgeopt::ActivationLiveness> live, live_alias, live_folded;
  std::optional<edgeopt::MemoryPlan> plan;     ///< by the rule of `live_folded`, where asked for
  std::optional<DevicePlacement> placement{};  ///< where asked for
};

/// Counts and liveness of a model.
inline NetworkAnalysis analyze(BoundModel bound) {
  using edgeopt::StorageRule;
  NetworkAnalysis analysis{std::move(bound), {}, {}, {}, {}, {}, {}, {}};
  analysis.costs = edgeopt::operator_costs(analysis.graph());
  analysis.totals = edgeopt::total(analysis.costs);
  if (analysis.has_all_shapes()) {
    analysis.live = edgeopt::activation_liveness(analysis.graph(), StorageRule::every_tensor);
    analysis.live_alias = edgeopt::activation_liveness(analysis.graph(), StorageRule::aliased);
    analysis.live_folded = edgeopt::activation_liveness(analysis.graph(), StorageRule::folded);
  }
  return analysis;
}

/// Adds the memory plan.
inline void plan_memory(NetworkAnalysis& analysis) {
  if (analysis.has_all_shapes())
    analysis.plan = edgeopt::plan_memory(analysis.graph(), {.rule = edgeopt::StorageRule::folded});
}

/// Adds what a device makes of it; `winograd_tile` as in `ComparisonOptions`.
inline void place_on(const edgeopt::Device& device, std::optional<std::int64_t> winograd_tile,
                     NetworkAnalysis& analysis) {
  DevicePlacement placement{edgeopt::device_roofline(device), {}, {}, {}};
  const edgeopt::NodeOperators found =
      granted_operators(analysis.graph(), analysis.costs, device, winograd_tile);
  const auto points = edgeopt::place(placement.roofline, found.operators);
  for (std::size_t i = 0; i < points.size(); ++i)
    placement.nodes.push_back({static_cast<std::int64_t>(found.nodes[i]), points[i]});
  if (!points.empty()) placement.sequential_bound_ms = edgeopt::sequential_bound_ms(points);
  if (analysis.has_all_shapes())
    placement.network = edgeopt::compare_device(edgeopt::network_demand(analysis.graph()), device,
                                                {.winograd_tile = winograd_tile});
  analysis.placement = std::move(placement);
}

/// A node with its cost, as a line of a table.
struct NodeRow {
  std::int64_t index = 0;
  std::string name;
  std::string op;
  std::string type;
  std::string shape;
  std::int64_t elements = 0;
  std::int64_t params = 0;
  std::int64_t param_bytes = 0;
  std::optional<std::int64_t> macs;  ///< nothing where it is unknown
  std::optional<std::int64_t> operations;
  std::optional<std::int64_t> bytes_read;
  std::optional<std::int64_t> bytes_written;
  std::optional<double> macs_per_byte;
  std::optional<std::int64_t> live, live_alias, live_folded;
};

template <class Visit>
constexpr void visit_columns(const NodeRow*, Visit&& visit) {
  visit("index", &NodeRow::index);
  visit("name", &NodeRow::name);
  visit("op", &NodeRow::op);
  visit("type", &NodeRow::type);
  visit("shape", &NodeRow::shape);
  visit("elements", &NodeRow::elements);
  visit("params", &NodeRow::params);
  visit("param_bytes", &NodeRow::param_bytes);
  visit("macs", &NodeRow::macs);
  visit("operations", &NodeRow::operations);
  visit("bytes_read", &NodeRow::bytes_read);
  visit("bytes_written", &NodeRow::bytes_written);
  visit("macs_per_byte", &NodeRow::macs_per_byte);
  visit("live", &NodeRow::live);
  visit("live_alias", &NodeRow::live_alias);
  visit("live_folded", &NodeRow::live_folded);
}

/// "1x16x28x28", "scalar", "unknown"
inline std::string shape_text(const edgeopt::Tensor& tensor) {
  if (!tensor.ranked) return "unknown";
  std::string text;
  for (const std::int64_t extent : tensor.shape) {
    if (!text.empty()) text += 'x';
    text += extent < 0 ? "?" : std::to_string(extent);
  }
  return text.empty() ? "scalar" : text;
}

inline std::vector<NodeRow> node_rows(const NetworkAnalysis& analysis,
                                      edgeopt::CostConvention convention) {
  std::vector<NodeRow> rows;
  rows.reserve(analysis.costs.size());
  for (std::size_t i = 0; i < analysis.costs.size(); ++i) {
    const edgeopt::Node& node = analysis.graph().nodes[i];
    const edgeopt::NodeCost& cost = analysis.costs[i];
    NodeRow row;
    row.index = static_cast<std::int64_t>(i);
    row.name = cost.name;
    row.op = cost.op;
    row.type = edgeopt::io::onnx_type_name(cost.type);
    for (const edgeopt::TensorId id : node.outputs)
      if (id != edgeopt::no_tensor)
        row.shape += (row.shape.empty() ? "" : ";") + shape_text(analysis.graph().tensors[id]);
    row.elements = cost.output_elements;
    row.params = cost.parameters;
    row.param_bytes = cost.parameter_bytes;
    if (!cost.unknown) {
      row.macs = cost.macs;
      row.operations = edgeopt::operations(cost, convention);
      row.bytes_read = cost.bytes_read;
      row.bytes_written = cost.bytes_written;
      row.macs_per_byte = cost.arithmetic_intensity_macs_per_byte;
    }
    if (analysis.live) row.live = analysis.live->live_bytes[i];
    if (analysis.live_alias) row.live_alias = analysis.live_alias->live_bytes[i];
    if (analysis.live_folded) row.live_folded = analysis.live_folded->live_bytes[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace examples
