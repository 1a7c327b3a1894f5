#include "edgeopt/node_operators.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/graph_builder.hpp"
#include "edgeopt/graph_estimates.hpp"
#include "edgeopt/layer_operators.hpp"
#include "edgeopt/network_demand.hpp"
#include "edgeopt/operator_class.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "edgeopt/stored_precision.hpp"
#include "edgeopt/weighted_operators.hpp"

using namespace edgeopt;

namespace {

struct Line {
  std::string name;
  ElementType type;
  std::int64_t macs, read, written;

  friend bool operator==(const Line&, const Line&) = default;
};

std::ostream& operator<<(std::ostream& out, const Line& line) {
  return out << line.name << ' ' << to_string(line.type) << ' ' << line.macs << ' ' << line.read
             << ' ' << line.written;
}

std::vector<Line> lines(const Graph& graph) {
  std::vector<Line> found;
  const std::vector<NodeCost> costs = operator_costs(graph);
  const NodeOperators placed = node_operators(graph, costs);
  REQUIRE(placed.nodes.size() == placed.operators.size());
  for (std::size_t i = 0; i < placed.nodes.size(); ++i) {
    const RooflineOperator& each = placed.operators[i];
    CHECK((each.name == graph.nodes[placed.nodes[i]].name ||
           each.name == graph.nodes[placed.nodes[i]].op));
    found.push_back({each.name, each.type, each.macs, each.bytes_read, each.bytes_written});
  }
  return found;
}

/// A convolution over groups, whose class is asked for.
OperatorClass class_of(const Shape& image, const Shape& weight, const ConvolutionOptions& options) {
  GraphBuilder net("one");
  const TensorId x = net.input("x", image);
  const TensorId w = net.constant("w", ElementType::f32, weight);
  const Graph graph = net.build({net.convolution("conv", x, w, no_tensor, options)});
  return operator_class(graph, graph.nodes[0]);
}

/// One product of floats and one of dequantised bytes.
Graph mixed_graph() {
  GraphBuilder net("mixed");
  const TensorId scale = net.constant("scale", ElementType::f32, {});
  const TensorId zero = net.constant("zero", ElementType::s8, {});
  const auto weight = [&](const std::string& name) {
    return net.dequantize(name + ".dequantize", net.constant(name, ElementType::s8, {8, 8}), scale,
                          zero);
  };
  const TensorId x = net.input("x", {4, 8});
  const TensorId bytes = net.dequantize("d", net.quantize("q", x, scale, zero), scale, zero);
  const TensorId a = net.matmul("bytes", bytes, weight("a"));
  const TensorId b = net.matmul("floats", a, net.constant("b", ElementType::f32, {8, 2}));
  return net.build({b});
}

}  // namespace

TEST_CASE("a floating graph's operators move what its tensors take") {
  const auto f32 = ElementType::f32;
  CHECK(lines(small_cnn_graph({}, 1, Precision::fp32)) ==
        std::vector<Line>{{"conv1", f32, 112896, 3136 + 640, 50176},
                          {"relu1", f32, 0, 50176, 50176},
                          {"pool1", f32, 0, 50176, 12544},
                          {"conv2", f32, 903168, 12544 + 18560, 25088},
                          {"relu2", f32, 0, 25088, 25088},
                          {"pool2", f32, 0, 25088, 6272},
                          {"classifier", f32, 15680, 6272 + 62760, 40}});
}

TEST_CASE("a quantised graph's operators move integers") {
  const auto u8 = ElementType::u8;
  CHECK(lines(small_cnn_graph({}, 1, Precision::int8)) ==
        std::vector<Line>{{"input.quantize", u8, 0, 3136 + 5, 784},
                          {"conv1", u8, 112896, 784 + 144 + 64, 12544},
                          {"pool1", u8, 0, 12544, 3136},
                          {"conv2", u8, 903168, 3136 + 4608 + 128, 6272},
                          {"pool2", u8, 0, 6272, 1568},
                          {"flatten.quantize", u8, 0, 1568 + 5, 1568},
                          {"classifier", u8, 15680, 1568 + 15680 + 40, 10},
                          {"classifier.dequantize", ElementType::f32, 0, 10 + 5, 40}});
}

TEST_CASE("what is computed before the run, and what is unknown, has no place") {
  GraphBuilder net("folded");
  const TensorId x = net.input("x", {2, 3});
  const TensorId sum = net.plus("sum", net.constant("a", ElementType::f32, {3}),
                                net.constant("b", ElementType::f32, {3}));
  Graph graph = net.build({net.plus("y", x, sum)});
  graph.nodes[1].name.clear();
  CHECK(lines(graph) == std::vector<Line>{{"Add", ElementType::f32, 0, 24 + 12, 24}});
  graph.nodes[1].op = "Mystery";
  CHECK(lines(graph).empty());
}

TEST_CASE("classes of operators with weights") {
  CHECK(class_of({1, 4, 8, 8}, {6, 4, 3, 3}, {}) == OperatorClass::convolution_3x3);
  CHECK(class_of({1, 1, 8, 8}, {6, 1, 3, 3}, {}) == OperatorClass::convolution_3x3);
  CHECK(class_of({1, 4, 8, 8}, {6, 2, 3, 3}, {.groups = 2}) == OperatorClass::convolution_3x3);
  CHECK(class_of({1, 4, 8, 8}, {6, 4, 3, 3}, {.strides = {1, 2}}) ==
        OperatorClass::convolution_other);
  CHECK(class_of({1, 4, 8, 8}, {6, 4, 3, 3}, {.dilations = {2, 2}}) ==
        OperatorClass::convolution_other);
  CHECK(class_of({1, 4, 8, 8}, {6, 4, 5, 5}, {}) == OperatorClass::convolution_other);
  CHECK(class_of({1, 4, 8, 8}, {6, 4, 1, 1}, {.strides = {2, 2}}) == OperatorClass::pointwise);
  CHECK(class_of({1, 4, 8, 8}, {6, 2, 1, 1}, {.groups = 2}) == OperatorClass::convolution_other);
  CHECK(class_of({1, 4, 8, 8}, {8, 1, 3, 3}, {.groups = 4}) == OperatorClass::depthwise);
}

TEST_CASE("convolutions under other names are convolutions") {
  const auto class_of_op = [](const std::string& op, const std::string& domain, Shape x,
                              std::vector<Shape> others) {
    Graph graph;
    Node node{"n", op, {0}, {}, {}, domain};
    graph.tensors = {{"x", ElementType::f32, std::move(x), false, {}}};
    for (Shape& shape : others) {
      node.inputs.push_back(graph.tensors.size());
      graph.tensors.push_back(
          {std::to_string(graph.tensors.size()), ElementType::f32, std::move(shape), true, {}});
    }
    return operator_class(graph, node);
  };
  CHECK(class_of_op("FusedConv", "com.microsoft", {1, 4, 8, 8}, {{6, 4, 3, 3}}) ==
        OperatorClass::convolution_3x3);
  CHECK(class_of_op("DeformConv", "", {1, 4, 8, 8}, {{6, 4, 3, 3}, {1, 18, 6, 6}}) ==
        OperatorClass::convolution_other);
  CHECK(class_of_op("CausalConvWithState", "", {2, 4, 9}, {{4, 1, 3}}) == OperatorClass::depthwise);
}

TEST_CASE("an operand that is read twice saves its bytes once") {
  GraphBuilder net("square");
  const TensorId q = net.input("q", {1000}, ElementType::u8);
  const TensorId scale = net.constant("s", ElementType::f32, {});
  const TensorId zero = net.constant("z", ElementType::u8, {});
  const TensorId x = net.dequantize("d", q, scale, zero);
  const Graph graph = net.build({net.times("square", x, x)});
  CHECK(lines(graph).back() == Line{"square", ElementType::f32, 0, 1000, 4000});
}

TEST_CASE("a node whose first result is left out has estimates and memory like others") {
  Graph graph;
  for (const auto& [name, shape] : std::vector<std::pair<std::string, Shape>>{
           {"x", {5, 2, 3}}, {"w", {1, 16, 3}}, {"r", {1, 16, 4}}, {"last", {}}})
    graph.tensors.push_back({name, ElementType::f32, shape, name == "w" || name == "r", {}});
  graph.nodes = {{"lstm", "LSTM", {0, 1, 2}, {no_tensor, 3}, {}}};
  graph.inputs = {0};
  graph.outputs = {3};
  infer_shapes(graph);
  const auto estimates = estimate_layerwise_stats(graph);
  REQUIRE(estimates.size() == 1);
  CHECK(estimates[0].output_elements == 8);
  CHECK(lines(graph).size() == 1);
}

TEST_CASE("SmallCNN's graph has the weighted operators of its description, biases apart") {
  const PublishedNetwork of_spec = weighted_operators({}, 2);
  for (const Precision precision : {Precision::fp32, Precision::int8}) {
    const PublishedNetwork of_graph = weighted_operators(small_cnn_graph({}, 2, precision));
    REQUIRE(of_graph.operators.size() == 3);
    const std::int64_t weights[] = {144, 4608, 15680};
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(of_graph.operators[i].kind == of_spec.operators[i].kind);
      CHECK(of_graph.operators[i].macs == of_spec.operators[i].macs);
      CHECK(of_graph.operators[i].parameters == weights[i]);
    }
  }
}

TEST_CASE("a network's precision is what most is multiplied in; the bound counts nothing else") {
  const NetworkDemand demand = network_demand(mixed_graph());
  CHECK(demand.precision == Precision::int8);
  CHECK(demand.macs == 4 * 8 * 8 + 4 * 8 * 2);
  CHECK(demand.executed_macs == 4 * 8 * 8);
  CHECK(network_demand(mixed_graph(), Precision::int8).executed_macs == demand.macs);
  const Graph fp16 = small_cnn_graph({}, 1, Precision::fp16);
  CHECK(network_demand(fp16).precision == Precision::fp16);
  CHECK(network_demand(fp16).winograd_macs ==
        network_demand(SmallCNNSpec{}, 1, Precision::fp16).winograd_macs);
  GraphBuilder net("nothing multiplied");
  CHECK(
      network_demand(net.build({net.relu("r", net.input("x", {1}, ElementType::f16))})).precision ==
      Precision::fp32);
  CHECK_FALSE(precision_of(ElementType::s64));
  CHECK_FALSE(precision_of(ElementType::f8e5m2));
}

TEST_CASE("a demand has what a run reads of its constants at least") {
  const auto f32 = ElementType::f32;
  const auto never_above_its_operators = [](const Graph& graph) {
    const Roofline slow{"m", {{"fp32", f32, 10}, {"int8", ElementType::s8, 10}}, {{"DRAM", 1, 0}}};
    const auto operators = node_operators(graph, operator_costs(graph)).operators;
    CHECK(*latency_bound(network_demand(graph), slow, 1).ms <=
          *sequential_bound_ms(place(slow, operators)));
  };
  GraphBuilder net("tables");
  const TensorId table = net.constant("table", f32, {30000, 64});
  const TensorId rows = net.embedding("rows", table, net.input("ids", {16}, ElementType::s64));
  const TensorId more = net.embedding("more", table, net.input("other", {4}, ElementType::s64));
  const TensorId w = net.constant("w", f32, {64, 64});
  (void)net.constant("unused", f32, {1000});
  const Graph embedding = net.build({net.matmul("y", rows, w), net.matmul("z", more, w)});
  const NetworkDemand demand = network_demand(embedding);
  CHECK(demand.parameter_bytes == 4 * (30000 * 64 + 64 * 64 + 1000));
  CHECK(demand.parameter_bytes_read == 4 * (16 * 64 + 64 * 64));  // the rows, and w once
  never_above_its_operators(embedding);

  GraphBuilder head("the table is the classifier too");
  const TensorId tied = head.constant("table", f32, {30, 8});
  const TensorId row = head.embedding("row", tied, head.input("id", {1}, ElementType::s64));
  const Graph all = head.build({head.matmul("y", row, head.transpose("t", tied, {1, 0}))});
  CHECK(network_demand(all).parameter_bytes_read == 4 * 30 * 8);
  never_above_its_operators(all);

  GraphBuilder low("a product of constants");
  const TensorId ab =
      low.matmul("ab", low.constant("a", f32, {256, 64}), low.constant("b", f32, {64, 128}));
  const Graph folded = low.build({low.matmul("y", low.input("x", {1, 256}), ab)});
  CHECK(network_demand(folded).executed_macs == 256 * 128);
  CHECK(network_demand(folded).macs == 256 * 128 + 256 * 64 * 128);
  CHECK(network_demand(folded).parameter_bytes_read == 4 * 256 * 64);  // a; b may be part of it
  never_above_its_operators(folded);

  const Graph quantized = small_cnn_graph({}, 1, Precision::int8);
  CHECK(network_demand(quantized).parameter_bytes_read == 20664);
  never_above_its_operators(quantized);
  never_above_its_operators(small_cnn_graph({}, 1, Precision::fp32));
}

TEST_CASE("a graph stored in another precision") {
  const Graph graph = small_cnn_graph({}, 3, Precision::fp32);
  for (const Precision precision : {Precision::fp16, Precision::int8}) {
    const Graph stored = stored_in(graph, precision);
    const NetworkDemand demand = network_demand(stored);
    CHECK(demand.precision == precision);
    CHECK(demand.parameter_bytes == 20490 * bytes_per_value(precision));
    CHECK(demand.peak_activation_bytes ==
          network_demand(graph).peak_activation_bytes / 4 * bytes_per_value(precision));
    CHECK(demand.macs == network_demand(graph).macs);
  }
  const Graph labels = stored_in(mixed_graph(), Precision::fp16);
  for (const Tensor& tensor : labels.tensors) CHECK(tensor.type != ElementType::f32);
  CHECK(std::any_of(labels.tensors.begin(), labels.tensors.end(),
                    [](const Tensor& tensor) { return tensor.type == ElementType::s8; }));
}
