// A network's analysis as the programs print it: rows for people and CSV, and the JSON document
// whose fields are those of the oracles.
#pragma once

#include <algorithm>
#include <cstdint>
#include <edgeopt/cost_conventions.hpp>
#include <edgeopt/graph_costs.hpp>
#include <edgeopt/io/json.hpp>
#include <edgeopt/io/onnx.hpp>
#include <edgeopt/memory_plan.hpp>
#include <edgeopt/table.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace examples {

/// Everything that is found out about a model with its symbols bound.
struct NetworkAnalysis {
  edgeopt::io::OnnxModel model;
  std::map<std::string, std::int64_t> binding;
  std::vector<edgeopt::UnknownNode> unknown;
  std::vector<edgeopt::NodeCost> costs;
  edgeopt::CostTotals totals;
  // Nothing where the size of some activation is unknown.
  std::optional<edgeopt::ActivationLiveness> live, live_alias, live_folded;

  [[nodiscard]] const edgeopt::Graph& graph() const { return model.graph; }
};

/// Binds the first extent of every input that has a symbol there.
inline void bind_batch(edgeopt::io::OnnxModel& model, std::int64_t batch,
                       std::map<std::string, std::int64_t>& binding) {
  bool found = false;
  for (const edgeopt::SymbolicExtent& extent : model.graph.symbols) {
    const auto& inputs = model.graph.inputs;
    const bool of_input = std::find(inputs.begin(), inputs.end(), extent.tensor) != inputs.end();
    if (!of_input || extent.axis != 0) continue;
    binding.emplace(extent.name, batch);
    found = true;
  }
  if (found) return;
  for (const edgeopt::TensorId id : model.graph.inputs) {
    const edgeopt::Shape& shape = model.graph.tensors[id].shape;
    if (!shape.empty() && shape[0] != batch)
      throw edgeopt::DomainError("batch", std::to_string(batch),
                                 std::to_string(shape[0]) + ", which the file fixes");
  }
}

/// Reads and analyses a model. @throws edgeopt::InputError for what is wrong with it, and for an
/// extent without a value
inline NetworkAnalysis analyze(const std::filesystem::path& path, std::optional<std::int64_t> batch,
                               const std::map<std::string, std::int64_t>& dimensions) {
  NetworkAnalysis analysis{edgeopt::io::read_onnx(path), dimensions, {}, {}, {}, {}, {}, {}};
  if (batch) bind_batch(analysis.model, *batch, analysis.binding);
  for (const auto& [symbol, value] : analysis.binding)
    edgeopt::bind_symbol(analysis.model.graph, symbol, value);
  for (const std::string& symbol : edgeopt::unbound_symbols(analysis.graph()))
    throw edgeopt::InputError(
        path.string(), "inputs", "extent '" + symbol + "' without a value",
        "--dim " + symbol + "=<number>, or --batch <number> for first extents");
  analysis.unknown = edgeopt::io::infer_shapes(analysis.model);
  analysis.costs = edgeopt::operator_costs(analysis.graph());
  analysis.totals = edgeopt::total(analysis.costs);
  const auto& tensors = analysis.graph().tensors;
  if (!analysis.graph().nodes.empty() &&
      std::all_of(tensors.begin(), tensors.end(),
                  [](const edgeopt::Tensor& tensor) { return tensor.has_shape(); })) {
    using edgeopt::StorageRule;
    analysis.live = edgeopt::activation_liveness(analysis.graph(), StorageRule::every_tensor);
    analysis.live_alias = edgeopt::activation_liveness(analysis.graph(), StorageRule::aliased);
    analysis.live_folded = edgeopt::activation_liveness(analysis.graph(), StorageRule::folded);
  }
  return analysis;
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

/// The whole analysis; its fields are those of `oracles/onnx/NAME.json`, and more.
inline edgeopt::io::Json to_json(const NetworkAnalysis& analysis,
                                 edgeopt::CostConvention convention) {
  using edgeopt::io::Json;
  const edgeopt::Graph& graph = analysis.graph();
  Json json = {{"file", std::filesystem::path(analysis.model.file).filename().string()},
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
                                {"nodes", std::move(nodes)}}});
  return json;
}

}  // namespace examples
