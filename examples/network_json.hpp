// The JSON document of a network's analysis. Its fields are those of the oracles, and more.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <edgeopt/cost_conventions.hpp>
#include <edgeopt/graph_costs.hpp>
#include <edgeopt/io/json.hpp>
#include <edgeopt/io/onnx.hpp>
#include <edgeopt/memory_plan.hpp>
#include <edgeopt/roofline.hpp>
#include <edgeopt/table.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "network_analysis.hpp"

namespace examples {

/// Totals by name; peaks are null where they are unknown.
inline edgeopt::io::Json totals_json(const NetworkAnalysis& analysis) {
  const edgeopt::CostTotals& sum = analysis.totals;
  edgeopt::io::Json totals = {{"nodes", sum.nodes},
                              {"macs", sum.macs},
                              {"params", sum.parameters},
                              {"param_bytes", sum.parameter_bytes},
                              {"init_elements", sum.constants},
                              {"init_bytes", sum.constant_bytes},
                              {"activation_elements", sum.activation_elements},
                              {"activation_bytes", sum.activation_bytes}};
  const auto add_peak = [&](const std::string& ending, const auto& liveness) {
    totals["peak_bytes" + ending] =
        liveness ? edgeopt::io::Json(liveness->peak_bytes) : edgeopt::io::Json();
    totals["peak_node" + ending] =
        liveness ? edgeopt::io::Json(liveness->peak_node) : edgeopt::io::Json();
  };
  add_peak("", analysis.live);
  add_peak("_alias", analysis.live_alias);
  add_peak("_folded", analysis.live_folded);
  totals["bias_additions"] = sum.bias_additions;
  totals["elementwise_operations"] = sum.elementwise_operations;
  totals["bytes_read"] = sum.bytes_read;
  totals["bytes_written"] = sum.bytes_written;
  return totals;
}

/// Extents, with null for those that are unknown; null where there is no rank.
inline edgeopt::io::Json shape_json(const edgeopt::Tensor& tensor) {
  if (!tensor.ranked) return {};
  edgeopt::io::Json shape = edgeopt::io::Json::array();
  for (const std::int64_t extent : tensor.shape)
    shape.push_back(extent < 0 ? edgeopt::io::Json() : edgeopt::io::Json(extent));
  return shape;
}

inline edgeopt::io::Json tensor_json(const edgeopt::Tensor& tensor) {
  return {{"name", tensor.name},
          {"type", edgeopt::io::onnx_type_name(tensor.type)},
          {"shape", shape_json(tensor)}};
}

inline edgeopt::io::Json node_json(const NetworkAnalysis& analysis, const NodeRow& row) {
  const auto index = static_cast<std::size_t>(row.index);
  const edgeopt::Node& node = analysis.graph().nodes[index];
  const edgeopt::NodeCost& cost = analysis.costs[index];
  const auto number = [](const auto& value) {
    return value ? edgeopt::io::Json(*value) : edgeopt::io::Json();
  };
  edgeopt::io::Json json = {{"index", row.index}, {"name", node.name}, {"op", node.op}};
  if (!node.domain.empty()) json["domain"] = node.domain;
  json["outputs"] = edgeopt::io::Json::array();
  for (const edgeopt::TensorId id : node.outputs)
    if (id != edgeopt::no_tensor)
      json["outputs"].push_back(tensor_json(analysis.graph().tensors[id]));
  json["elements"] = row.elements;
  json["params"] = row.params;
  json["param_bytes"] = row.param_bytes;
  json["init_elements"] = cost.constants;
  json["init_bytes"] = cost.constant_bytes;
  json["macs"] = number(row.macs);
  json["operations"] = number(row.operations);
  json["bytes_read"] = number(row.bytes_read);
  json["bytes_written"] = number(row.bytes_written);
  json["live"] = number(row.live);
  json["live_alias"] = number(row.live_alias);
  json["live_folded"] = number(row.live_folded);
  json["folded"] = cost.folded;
  json["unknown"] = cost.unknown;
  return json;
}

/// The nodes that are not understood, and how much of the network they are.
inline edgeopt::io::Json unknown_json(const NetworkAnalysis& analysis) {
  const edgeopt::CostTotals& sum = analysis.totals;
  const auto share = [](std::int64_t part, std::int64_t all) {
    return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
  };
  edgeopt::io::Json operators = edgeopt::io::Json::array();
  for (const edgeopt::UnknownNode& each : analysis.unknown)
    operators.push_back({{"index", each.node},
                         {"name", analysis.graph().nodes[each.node].name},
                         {"op", each.op},
                         {"reason", each.reason}});
  return {{"nodes", sum.unknown_nodes},
          {"share_of_nodes", share(sum.unknown_nodes, sum.nodes)},
          {"share_of_activation_bytes", share(sum.unknown_activation_bytes, sum.activation_bytes)},
          {"operators", operators}};
}

/// The first of the rows, as an object.
template <class Row>
edgeopt::io::Json row_json(const Row& row) {
  return edgeopt::io::to_json(edgeopt::to_table(std::vector{row})).at(0);
}

/// Where the activations lie in one arena; null where some size is unknown.
inline edgeopt::io::Json arena_json(const NetworkAnalysis& analysis) {
  if (!analysis.plan) return {};
  edgeopt::io::Json arena = row_json(edgeopt::summarize_memory(*analysis.plan));
  for (const char* count : {"nodes", "tensors", "shared_tensors"}) arena.erase(count);
  arena["tensors"] = edgeopt::io::to_json(edgeopt::to_table(planned_tensors(*analysis.plan)));
  arena["shared_tensors"] = edgeopt::io::to_json(edgeopt::to_table(analysis.plan->shared));
  return arena;
}

/// The nodes under the ceilings of a device and what the device makes of the whole; null without
/// one.
inline edgeopt::io::Json roofline_json(const NetworkAnalysis& analysis) {
  using edgeopt::io::Json;
  if (!analysis.placement) return {};
  const DevicePlacement& placement = *analysis.placement;
  Json roofline = {{"device", placement.roofline.name}};
  roofline["ceilings"] =
      edgeopt::io::to_json(edgeopt::to_table(edgeopt::ceiling_rows(placement.roofline)));
  roofline["sequential_bound_ms"] =
      placement.sequential_bound_ms ? Json(*placement.sequential_bound_ms) : Json();
  roofline["network"] = placement.network ? row_json(*placement.network) : Json();
  roofline["nodes"] = edgeopt::io::to_json(edgeopt::to_table(placement.nodes));
  return roofline;
}

/// The whole analysis; its fields are those of `oracles/onnx/NAME.json`, and more.
inline edgeopt::io::Json to_json(const NetworkAnalysis& analysis,
                                 edgeopt::CostConvention convention) {
  using edgeopt::io::Json;
  const edgeopt::Graph& graph = analysis.graph();
  std::vector<bool> initialized(graph.tensors.size());  // by the file
  for (edgeopt::TensorId id = 0; id < graph.tensors.size(); ++id)
    initialized[id] = graph.tensors[id].constant;
  for (const edgeopt::Node& node : graph.nodes)
    for (const edgeopt::TensorId id : node.outputs)
      if (id != edgeopt::no_tensor) initialized[id] = false;
  Json json = {{"file", std::filesystem::path(analysis.model.file).filename().string()},
               {"file_bytes", std::filesystem::file_size(analysis.model.file)},
               {"initializers", std::count(initialized.begin(), initialized.end(), true)},
               {"ir_version", analysis.model.ir_version},
               {"opsets", analysis.model.opsets},
               {"producer", analysis.model.producer}};
  json["inputs"] = Json::array();
  for (const edgeopt::TensorId id : graph.inputs) {
    Json input = tensor_json(graph.tensors[id]);
    for (const edgeopt::SymbolicExtent& extent : graph.symbols)
      if (extent.tensor == id) input["shape"][extent.axis] = extent.name;
    json["inputs"].push_back(std::move(input));
  }
  json["outputs"] = Json::array();
  for (const edgeopt::TensorId id : graph.outputs)
    json["outputs"].push_back(tensor_json(graph.tensors[id]));
  std::map<std::string, std::int64_t> op_counts;
  for (const edgeopt::Node& node : graph.nodes) ++op_counts[node.op];
  json["op_counts"] = op_counts;
  json["functions"] = analysis.model.functions;
  json["external_files"] = analysis.model.external_files;
  json["notes"] = analysis.model.notes;
  json["convention"] = to_string(convention);

  Json nodes = Json::array();
  for (const NodeRow& row : node_rows(analysis, convention))
    nodes.push_back(node_json(analysis, row));
  Json totals = totals_json(analysis);
  totals["operations"] = edgeopt::operations(analysis.totals, convention);
  json["cases"] = Json::array({{{"binding", analysis.binding},
                                {"totals", std::move(totals)},
                                {"unknown", unknown_json(analysis)},
                                {"arena", arena_json(analysis)},
                                {"roofline", roofline_json(analysis)},
                                {"nodes", std::move(nodes)}}});
  return json;
}

}  // namespace examples
