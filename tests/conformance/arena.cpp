// Memory plans of the networks in onnx/: bytes alive at every node exactly, arenas within 0.5 % of
// their lower bound. Which node reads what comes from the ONNX file, shapes and types from the JSON
// beside it, so that nothing here depends on an import.
#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "edgeopt/memory_plan.hpp"
#include "oracles.hpp"

using namespace edgeopt;
using nlohmann::json;

namespace {

/// Fields of a protobuf message: number and, for those with a length, content
/// (https://protobuf.dev/programming-guides/encoding).
class Message {
 public:
  struct Field {
    std::uint64_t number = 0;
    std::string_view content;
  };

  explicit Message(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::uint64_t tag = varint(bytes);
      Field field{tag >> 3, {}};
      switch (tag & 7) {
        case 0: (void)varint(bytes); break;
        case 1: (void)take(bytes, 8); break;
        case 2: field.content = take(bytes, varint(bytes)); break;
        case 5: (void)take(bytes, 4); break;
        default: throw std::runtime_error("not protobuf");
      }
      fields_.push_back(field);
    }
  }

  [[nodiscard]] std::vector<std::string_view> all(std::uint64_t number) const {
    std::vector<std::string_view> found;
    for (const Field& field : fields_)
      if (field.number == number) found.push_back(field.content);
    return found;
  }
  [[nodiscard]] std::string text(std::uint64_t number) const {
    const std::vector<std::string_view> found = all(number);
    return found.empty() ? "" : std::string(found.front());
  }

 private:
  static std::string_view take(std::string_view& bytes, std::uint64_t count) {
    if (count > bytes.size()) throw std::runtime_error("truncated protobuf");
    const std::string_view taken = bytes.substr(0, static_cast<std::size_t>(count));
    bytes.remove_prefix(static_cast<std::size_t>(count));
    return taken;
  }
  static std::uint64_t varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(bytes, 1).front());
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
  }

  std::vector<Field> fields_;
};

ElementType element_type(const std::string& name) {
  static const std::map<std::string, ElementType> types{
      {"float", ElementType::f32}, {"float16", ElementType::f16}, {"double", ElementType::f64},
      {"int64", ElementType::s64}, {"int32", ElementType::s32},   {"int8", ElementType::s8},
      {"uint8", ElementType::u8},  {"bool", ElementType::u8}};  // a byte either way
  return types.at(name);
}

/// The graph of an ONNX file with the types and shapes that one case of its JSON file tells.
class GraphOfCase {
 public:
  GraphOfCase(std::string_view file, const json& numbers, const json& one_case) {
    const Message model(file);
    const Message proto(model.all(7).front());
    for (const std::string_view initializer : proto.all(5))
      (void)add(Message(initializer).text(8), ElementType::f32, {}, true);
    for (const json& input : numbers.at("inputs")) {
      Shape shape;
      for (const json& extent : input.at("shape"))
        shape.push_back(
            extent.is_string()
                ? one_case.at("binding").at(extent.get<std::string>()).get<std::int64_t>()
                : extent.get<std::int64_t>());
      graph.inputs.push_back(add(input.at("name"), element_type(input.at("type")), shape, false));
    }
    const std::vector<std::string_view> nodes = proto.all(1);
    REQUIRE(nodes.size() == one_case.at("nodes").size());
    for (std::size_t i = 0; i < nodes.size(); ++i)
      add_node(Message(nodes[i]), one_case.at("nodes").at(i));
    for (const std::string_view output : proto.all(12))
      graph.outputs.push_back(ids_.at(Message(output).text(1)));
  }

  Graph graph;

 private:
  TensorId add(const std::string& name, ElementType type, Shape shape, bool constant) {
    Tensor tensor;
    tensor.name = name;
    tensor.type = type;
    tensor.shape = std::move(shape);
    tensor.constant = constant;
    graph.tensors.push_back(std::move(tensor));
    return ids_[name] = graph.tensors.size() - 1;
  }

  void add_node(const Message& proto, const json& numbers) {
    const bool is_constant = numbers.at("op") == "Constant";
    std::map<std::string, TensorId> results;
    for (const json& output : numbers.at("outputs"))
      results[output.at("name")] = add(output.at("name"), element_type(output.at("type")),
                                       output.at("shape").get<Shape>(), is_constant);
    Node node;
    node.name = proto.text(3);
    node.op = proto.text(4);
    for (const std::string_view input : proto.all(1))
      node.inputs.push_back(input.empty() ? no_tensor : ids_.at(std::string(input)));
    for (const std::string_view output : proto.all(2))
      node.outputs.push_back(output.empty() ? no_tensor : results.at(std::string(output)));
    graph.nodes.push_back(std::move(node));
  }

  std::map<std::string, TensorId> ids_;
};

/// A network of the oracles at one binding of its symbols.
struct NetworkCase {
  std::string name;
  json numbers;
  Graph graph;
};

std::vector<NetworkCase> network_cases() {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(oracles::folder() / "onnx"))
    if (entry.path().extension() == ".json") files.insert(entry.path());
  std::vector<NetworkCase> cases;
  for (std::filesystem::path file : files) {
    const json numbers = oracles::load_json(file);
    std::ifstream stream(file.replace_extension(".onnx"), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    for (const json& each : numbers.at("cases"))
      cases.push_back({file.stem().string() + " " + each.at("binding").dump(), each,
                       GraphOfCase(bytes, numbers, each).graph});
  }
  return cases;
}

const std::vector<NetworkCase>& all_cases() {
  static const std::vector<NetworkCase> cases = network_cases();
  return cases;
}

}  // namespace

TEST_CASE("bytes alive at every node and the three peaks") {
  REQUIRE(all_cases().size() > 40);
  const std::array<std::pair<StorageRule, std::string>, 3> rules{
      {{StorageRule::every_tensor, ""},
       {StorageRule::aliased, "_alias"},
       {StorageRule::folded, "_folded"}}};
  for (const NetworkCase& network : all_cases()) {
    INFO(network.name);
    for (const auto& [rule, suffix] : rules) {
      const ActivationLiveness liveness = activation_liveness(network.graph, rule);
      std::vector<std::int64_t> expected;
      for (const json& node : network.numbers.at("nodes"))
        expected.push_back(node.at("live" + suffix).get<std::int64_t>());
      CHECK(liveness.live_bytes == expected);
      const json& totals = network.numbers.at("totals");
      CHECK(liveness.peak_bytes == totals.at("peak_bytes" + suffix).get<std::int64_t>());
      CHECK(liveness.peak_node == totals.at("peak_node" + suffix).get<std::size_t>());
    }
  }
}

TEST_CASE("arenas lie within 0.5 % of the lower bound") {
  for (const NetworkCase& network : all_cases()) {
    const ActivationLiveness liveness = activation_liveness(network.graph, StorageRule::folded);
    std::string line = network.name + ": bound " + std::to_string(liveness.peak_bytes);
    INFO(network.name);
    for (const std::int64_t alignment : {1, 16, 64}) {
      const ArenaLayout search = plan_arena(liveness.tensors, {.alignment = alignment});
      const ArenaLayout greedy = plan_arena(
          liveness.tensors, {.alignment = alignment, .strategy = ArenaStrategy::greedy_by_size});
      CHECK(find_fault(liveness.tensors, search).value_or("") == "");
      CHECK(find_fault(liveness.tensors, greedy).value_or("") == "");
      CHECK(search.bound.bytes == liveness.peak_bytes);
      CHECK(search.bytes <= greedy.bytes);
      CHECK(1000 * search.bytes <= 1005 * search.bound.bytes);
      line += "; " + std::to_string(alignment) + ": aligned bound " +
              std::to_string(search.bound.aligned_bytes) + ", greedy " +
              std::to_string(greedy.bytes) + ", search " + std::to_string(search.bytes);
    }
    std::puts(line.c_str());
  }
}

TEST_CASE("orders of execution are valid and no worse, with in-place results as well") {
  for (const NetworkCase& network : all_cases()) {
    INFO(network.name);
    const Dataflow flow = dataflow_of(network.graph, StorageRule::folded);
    const ExecutionOrder order = reorder_for_peak(flow);
    CHECK(find_fault(flow, order.nodes).value_or("") == "");
    CHECK(order.is_least);
    const std::int64_t given = activation_liveness(network.graph, StorageRule::folded).peak_bytes;
    CHECK(order.peak_bytes_before == given);
    CHECK(order.peak_bytes <= given);
    const MemoryPlan plan = plan_memory(
        network.graph,
        {.rule = StorageRule::folded, .in_place = InPlace::elementwise, .reorder = OrderOptions{}});
    CHECK(find_fault(plan.liveness.tensors, plan.arena).value_or("") == "");
    CHECK(plan.liveness.peak_bytes <= order.peak_bytes);
    CHECK(1000 * plan.arena.bytes <= 1005 * plan.arena.bound.aligned_bytes);
  }
}
