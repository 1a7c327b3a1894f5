// Every ONNX file of the oracles: shapes, elements, parameters, multiply-accumulates and live bytes
// of each node, and the totals, in each of the cases that stand beside it. The files are those that
// are found: a folder of other files of the same layout is checked as well.
#include "edgeopt/io/onnx.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/io/csv.hpp"
#include "edgeopt/memory_plan.hpp"
#include "oracles.hpp"

using namespace edgeopt;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// All models of the folder in alphabetical order.
std::vector<fs::path> models() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(oracles::folder() / "onnx"))
    if (entry.path().extension() == ".onnx") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

/// A model analysed with its symbols bound.
struct Analysis {
  edgeopt::io::OnnxModel model;
  std::vector<UnknownNode> unknown;
  std::vector<NodeCost> costs;
  ActivationLiveness live, live_alias, live_folded;

  Analysis(const fs::path& path, const std::map<std::string, std::int64_t>& binding)
      : model(edgeopt::io::read_onnx(path)) {
    for (const auto& [symbol, value] : binding) bind_symbol(model.graph, symbol, value);
    unknown = edgeopt::io::infer_shapes(model);
    costs = operator_costs(model.graph);
    live = activation_liveness(model.graph, StorageRule::every_tensor);
    live_alias = activation_liveness(model.graph, StorageRule::aliased);
    live_folded = activation_liveness(model.graph, StorageRule::folded);
  }

  [[nodiscard]] const Graph& graph() const { return model.graph; }
};

/// Totals by the names that the files use.
std::map<std::string, std::int64_t> totals(const Analysis& analysis) {
  const CostTotals sum = total(analysis.costs);
  return {{"nodes", sum.nodes},
          {"macs", sum.macs},
          {"params", sum.parameters},
          {"param_bytes", sum.parameter_bytes},
          {"init_elements", sum.constants},
          {"init_bytes", sum.constant_bytes},
          {"activation_elements", sum.activation_elements},
          {"activation_bytes", sum.activation_bytes},
          {"peak_bytes", analysis.live.peak_bytes},
          {"peak_node", static_cast<std::int64_t>(analysis.live.peak_node)},
          {"peak_bytes_alias", analysis.live_alias.peak_bytes},
          {"peak_node_alias", static_cast<std::int64_t>(analysis.live_alias.peak_node)},
          {"peak_bytes_folded", analysis.live_folded.peak_bytes},
          {"peak_node_folded", static_cast<std::int64_t>(analysis.live_folded.peak_node)}};
}

/// Counts of a node by the names that the files use.
std::map<std::string, std::int64_t> counts(const Analysis& analysis, std::size_t node) {
  const NodeCost& cost = analysis.costs[node];
  return {{"index", static_cast<std::int64_t>(node)},
          {"elements", cost.output_elements},
          {"params", cost.parameters},
          {"param_bytes", cost.parameter_bytes},
          {"init_elements", cost.constants},
          {"init_bytes", cost.constant_bytes},
          {"macs", cost.macs},
          {"live", analysis.live.live_bytes[node]},
          {"live_alias", analysis.live_alias.live_bytes[node]},
          {"live_folded", analysis.live_folded.live_bytes[node]}};
}

std::string shape_text(const Shape& shape) {
  std::string text;
  for (const std::int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return shape.empty() ? "scalar" : text;
}

/// Holds one node against its line in the JSON file.
void check_node(const Analysis& analysis, std::size_t index, const Json& expected) {
  const Node& node = analysis.graph().nodes[index];
  INFO("node " << index << " '" << node.name << "' (" << node.op << ")");
  CHECK(node.name == expected.at("name"));
  CHECK(node.op == expected.at("op"));
  CHECK(node.domain == expected.value("domain", ""));
  CHECK_FALSE(analysis.costs[index].unknown);
  for (const auto& [name, value] : counts(analysis, index)) {
    INFO(name);
    CHECK(value == expected.at(name));
  }
  std::size_t given = 0;
  for (const TensorId id : node.outputs) {
    if (id == no_tensor) continue;
    const Tensor& tensor = analysis.graph().tensors[id];
    const Json& output = expected.at("outputs").at(given++);
    CHECK(tensor.name == output.at("name"));
    CHECK(edgeopt::io::onnx_type_name(tensor.type) == output.at("type"));
    CHECK(tensor.shape == output.at("shape").get<Shape>());
  }
  CHECK(given == expected.at("outputs").size());
}

/// Holds all nodes against a CSV file.
void check_csv(const Analysis& analysis, const fs::path& path) {
  const Table table = edgeopt::io::read_csv(path);
  REQUIRE(table.rows.size() == analysis.graph().nodes.size());
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    INFO("node " << i);
    const auto cell = [&](const std::string& column) {
      return to_text(table.rows[i][table.column_index(column)]);
    };
    for (const auto& [name, value] : counts(analysis, i))
      if (name.find("bytes") == name.npos && name.find("init") == name.npos) {
        INFO(name);
        CHECK(std::to_string(value) == cell(name));
      }
    std::string shapes;
    bool first = true;
    for (const TensorId id : analysis.graph().nodes[i].outputs) {
      if (id == no_tensor) continue;
      const Tensor& tensor = analysis.graph().tensors[id];
      if (first) CHECK(edgeopt::io::onnx_type_name(tensor.type) == cell("type"));
      shapes += (first ? "" : ";") + shape_text(tensor.shape);
      first = false;
    }
    CHECK(shapes == cell("shape"));
    CHECK(analysis.graph().nodes[i].name == cell("name"));
  }
}

void check_model(const fs::path& path, const Json& expected) {
  const edgeopt::io::OnnxModel model = edgeopt::io::read_onnx(path);
  CHECK(model.ir_version == expected.at("ir_version"));
  for (const auto& [domain, version] : expected.at("opsets").items())
    CHECK(model.opsets.at(domain) == version);
  std::map<std::string, std::int64_t> ops;
  for (const Node& node : model.graph.nodes) ++ops[node.op];
  CHECK(ops == expected.at("op_counts").get<std::map<std::string, std::int64_t>>());
  REQUIRE(model.graph.inputs.size() == expected.at("inputs").size());
  for (std::size_t i = 0; i < model.graph.inputs.size(); ++i) {
    const Tensor& input = model.graph.tensors[model.graph.inputs[i]];
    CHECK(input.name == expected["inputs"][i].at("name"));
    CHECK(edgeopt::io::onnx_type_name(input.type) == expected["inputs"][i].at("type"));
  }
  REQUIRE(model.graph.outputs.size() == expected.at("outputs").size());
  for (std::size_t i = 0; i < model.graph.outputs.size(); ++i)
    CHECK(model.graph.tensors[model.graph.outputs[i]].name == expected["outputs"][i].at("name"));
}

/// The file without its extension.
fs::path beside(const fs::path& path, const std::string& ending) {
  return path.parent_path() / (path.stem().string() + ending);
}

/// A model without numbers of its own is out of order: it has to give those of the one it was made
/// from, and to say so.
void check_unsorted(const fs::path& path) {
  const std::string name = path.stem().string();
  const std::string mark = "_unsorted";
  REQUIRE(name.ends_with(mark));
  const Json expected = oracles::load_json(path.parent_path() /
                                           (name.substr(0, name.size() - mark.size()) + ".json"));
  const Json& first = expected.at("cases").at(0);
  const Analysis analysis(path, first.at("binding").get<std::map<std::string, std::int64_t>>());
  REQUIRE(analysis.model.notes.size() == 1);
  CHECK(analysis.model.notes[0].find("were moved forward") != std::string::npos);
  for (const auto& [field, value] : totals(analysis)) {
    INFO(field);
    CHECK(value == first.at("totals").at(field));
  }
  std::printf("%s: sorted; the totals are those of the sorted file\n", path.filename().c_str());
}

#ifdef EDGEOPT_ANALYZE_ONNX

/// What a command prints on standard output. @throws std::runtime_error when it fails
std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string text;
  char buffer[4096];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe))
    text.append(buffer, count);
  if (pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
  return text;
}

/// Every field that the oracle has is in what the program says, with the same value. Two fields are
/// its own: what another tool inferred, and the counts of tensors in the file.
void check_contains(const Json& found, const Json& expected, const std::string& place) {
  INFO(place);
  if (expected.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      if (key == "inferred") continue;
      REQUIRE(found.contains(key));
      check_contains(found[key], value, place + "." + key);
    }
  } else if (expected.is_array() && !expected.empty() && expected[0].is_object()) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      check_contains(found[i], expected[i], place + "[" + std::to_string(i) + "]");
  } else {
    CHECK(found == expected);
  }
}

#endif

}  // namespace

#ifdef EDGEOPT_ANALYZE_ONNX
TEST_CASE("the JSON of analyze_onnx has the fields of the oracles with their values") {
  std::size_t documents = 0;
  for (const fs::path& path : models()) {
    if (!fs::exists(beside(path, ".json"))) continue;
    const Json expected = oracles::load_json(beside(path, ".json"));
    for (const Json& each : expected.at("cases")) {
      std::string command =
          std::string(EDGEOPT_ANALYZE_ONNX) + " '" + path.string() + "' --format json";
      for (const auto& [symbol, value] : each.at("binding").items())
        command += " --dim " + symbol + "=" + std::to_string(value.get<std::int64_t>());
      INFO(command);
      const Json found = Json::parse(output_of(command));
      for (const char* field : {"file", "ir_version", "opsets", "producer", "inputs", "op_counts"})
        CHECK(found.at(field) == expected.at(field));
      check_contains(found.at("cases").at(0), each, "cases");
      ++documents;
    }
  }
  std::printf("%zu documents of analyze_onnx\n", documents);
  CHECK(documents > 0);
}
#endif

TEST_CASE("every ONNX file of the oracles is analysed exactly") {
  const std::vector<fs::path> found = models();
  INFO((oracles::folder() / "onnx").string() << " has to hold ONNX files");
  REQUIRE_FALSE(found.empty());
  std::size_t all_nodes = 0, all_cases = 0;
  for (const fs::path& path : found) {
    INFO(path.filename().string());
    if (!fs::exists(beside(path, ".json"))) {
      check_unsorted(path);
      continue;
    }
    const Json expected = oracles::load_json(beside(path, ".json"));
    check_model(path, expected);
    std::size_t nodes = 0;
    for (const Json& each : expected.at("cases")) {
      const auto binding = each.at("binding").get<std::map<std::string, std::int64_t>>();
      const Analysis analysis(path, binding);
      CHECK(analysis.unknown.empty());
      for (const auto& [field, value] : totals(analysis)) {
        INFO(field);
        CHECK(value == each.at("totals").at(field));
      }
      REQUIRE(analysis.graph().nodes.size() == each.at("nodes").size());
      for (std::size_t i = 0; i < analysis.graph().nodes.size(); ++i)
        check_node(analysis, i, each["nodes"][i]);
      nodes += analysis.graph().nodes.size();

      std::string ending;
      for (const auto& [symbol, value] : binding)
        if (value != 1) ending += "." + symbol + std::to_string(value);
      check_csv(analysis, beside(path, ending + ".csv"));
    }
    std::printf("%s: %zu nodes in %zu cases, JSON and CSV\n", path.filename().c_str(), nodes,
                expected["cases"].size());
    all_nodes += nodes;
    all_cases += expected["cases"].size();
  }
  std::printf("%zu files, %zu cases, %zu nodes\n", found.size(), all_cases, all_nodes);
}

TEST_CASE("totals.csv of the oracles is what the files add up to") {
  const Table table = edgeopt::io::read_csv(oracles::folder() / "onnx" / "totals.csv");
  REQUIRE_FALSE(table.rows.empty());
  for (const auto& row : table.rows) {
    const auto cell = [&](const std::string& column) {
      return to_text(row[table.column_index(column)]);
    };
    INFO(cell("file") << " " << cell("binding"));
    std::map<std::string, std::int64_t> binding;
    std::istringstream text(cell("binding"));  // "N=8 T=5"
    for (std::string each; text >> each;) {
      const std::size_t equals = each.find('=');
      binding[each.substr(0, equals)] = std::stoll(each.substr(equals + 1));
    }
    const Analysis analysis(oracles::folder() / "onnx" / cell("file"), binding);
    for (const auto& [field, value] : totals(analysis)) {
      INFO(field);
      CHECK(std::to_string(value) == cell(field));
    }
    CHECK(std::to_string(analysis.model.opsets.at("ai.onnx")) == cell("opset"));
  }
}
