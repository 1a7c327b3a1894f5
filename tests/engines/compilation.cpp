// SPDX-License-Identifier: MIT
// Which graphs become engines, and what is said of the others.
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/engines/fp16_engine.hpp"
#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/int8_engine.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/small_cnn_graph.hpp"
#include "networks.hpp"

using namespace edgeopt;
using Catch::Contains;

namespace {

template <class SomeEngine>
std::string refusal(const Graph& graph) {
  try {
    (void)SomeEngine(graph);
  } catch (const DomainError& error) {
    return error.what();
  }
  return "accepted";
}

/// conv (1 -> 4 channels of 8 x 8), relu, pool, flatten, linear; each test changes one thing.
Graph small_network() {
  return networks::graph_of(
      networks::random_float_network({{1, 8, 8}, {networks::pooled_block(4), networks::logits}}));
}
Graph small_quantized_network() {
  return networks::graph_of(networks::random_quantized_network(
      {{1, 8, 8}, {networks::pooled_block(4), networks::logits}}, QuantizationBackend::fbgemm));
}

Node& node(Graph& graph, const std::string& name) {
  for (Node& candidate : graph.nodes)
    if (candidate.name == name) return candidate;
  FAIL("no node " << name);
  throw;
}
Tensor& tensor(Graph& graph, const std::string& name) {
  for (Tensor& candidate : graph.tensors)
    if (candidate.name == name) return candidate;
  FAIL("no tensor " << name);
  throw;
}

std::string with_attribute(const std::string& of, const std::string& name, Attribute value) {
  Graph graph = small_network();
  node(graph, of).attributes.insert_or_assign(name, std::move(value));
  return refusal<Fp32Engine>(graph);
}

using Extents = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("The networks that the refusals start from are accepted") {
  CHECK(refusal<Fp32Engine>(small_network()) == "accepted");
  CHECK(refusal<Fp16Engine>(small_network()) == "accepted");
  CHECK(refusal<Int8Engine>(small_quantized_network()) == "accepted");
}

TEST_CASE("A node with an attribute that no kernel computes is named with it") {
  CHECK_THAT(with_attribute("layer0", "strides", Extents{2, 2}),
             Contains("node 'layer0' (Conv)") && Contains("'strides' [2, 2], allowed is [1, 1]"));
  CHECK_THAT(with_attribute("layer0", "pads", Extents{0, 0, 0, 0}), Contains("'pads'"));
  CHECK_THAT(with_attribute("layer0", "dilations", Extents{1, 2}), Contains("'dilations' [1, 2]"));
  CHECK_THAT(with_attribute("layer0", "group", std::int64_t{2}), Contains("'group'"));
  CHECK_THAT(with_attribute("layer0", "auto_pad", std::string("VALID")), Contains("'auto_pad'"));
  CHECK_THAT(with_attribute("layer0.pool", "kernel_shape", Extents{3, 3}),
             Contains("node 'layer0.pool' (MaxPool)") && Contains("[3, 3]"));
  CHECK_THAT(with_attribute("layer0.pool", "strides", Extents{1, 1}), Contains("'strides'"));
  CHECK_THAT(with_attribute("layer0.pool", "pads", Extents{1, 1, 1, 1}), Contains("'pads'"));
  CHECK_THAT(with_attribute("layer0.pool", "ceil_mode", std::int64_t{1}), Contains("ceil_mode"));
  CHECK_THAT(with_attribute("flatten", "axis", std::int64_t{2}), Contains("axis 1"));
  CHECK_THAT(with_attribute("layer1", "transB", std::int64_t{0}), Contains("transB"));
  CHECK_THAT(with_attribute("layer1", "alpha", 0.5), Contains("alpha"));
  CHECK_THAT(with_attribute("layer1", "beta", 2.0), Contains("beta"));
}

TEST_CASE("An operator that has no place in the chain is named with what may stand there") {
  Graph graph = small_network();
  node(graph, "layer0.relu").op = "Sigmoid";
  CHECK_THAT(refusal<Fp32Engine>(graph),
             Contains("'layer0.relu' (Sigmoid)") && Contains("3x3 Conv"));

  graph = small_network();
  node(graph, "layer1").op = "MatMul";
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("'layer1' (MatMul)"));

  graph = small_network();
  graph.nodes.push_back({"softmax", "Softmax", {graph.outputs.front()}, {0}, {}});
  graph.nodes.back().outputs = {graph.tensors.size()};
  graph.tensors.push_back({"softmax", ElementType::f32, {1, 10}, false, {}});
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("'softmax' (Softmax)"));
  graph.outputs = {graph.tensors.size() - 1};
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("'softmax' (Softmax)"));
}

TEST_CASE("A network without a linear layer at its end is refused") {
  GraphBuilder net("headless");
  const TensorId x = net.input("images", {1, 1, 8, 8});
  CHECK_THAT(refusal<Fp32Engine>(net.build({net.flatten("flatten", x)})),
             Contains("graph 'headless'") && Contains("Gemm"));
}

TEST_CASE("Branches and several inputs or outputs are refused") {
  Graph graph = small_network();
  const TensorId branch = graph.tensors.size();
  graph.tensors.push_back({"branch", ElementType::f32, {1, 4, 8, 8}, false, {}});
  graph.nodes.push_back({"branch", "Relu", {node(graph, "layer0").outputs.front()}, {branch}, {}});
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("'branch' (Relu)"));

  graph = small_network();
  graph.inputs.push_back(graph.outputs.front());
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("2 inputs and 1 outputs"));
  graph = small_network();
  graph.outputs.clear();
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("0 outputs"));
}

TEST_CASE("Weights have to be there, constant, and of the right shape") {
  Graph graph = small_network();
  tensor(graph, "layer0.weight").data.clear();
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("layer0.weight") && Contains("without values"));

  graph = small_network();
  tensor(graph, "layer0.weight").constant = false;
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("'layer0' (Conv)") && Contains("constant"));

  graph = small_network();
  tensor(graph, "layer0.weight").shape = {4, 9, 1, 1};
  CHECK_THAT(refusal<Fp32Engine>(graph),
             Contains("'layer0' (Conv)") && Contains("[channels, 1, 3, 3]"));

  graph = small_network();
  tensor(graph, "layer1.weight").shape = {64, 10};
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("'layer1' (Gemm)") && Contains("64]"));

  graph = small_network();
  tensor(graph, "layer1.bias").shape = {1, 10};
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("bias [1, 10]"));

  CHECK_THAT(refusal<Fp32Engine>(small_cnn_graph({}, 1, Precision::fp32)),
             Contains("tensor 'conv1.") && Contains("without values"));
}

TEST_CASE("A constant with fewer or more values than its shape says is refused") {
  for (const char* name : {"layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias"})
    for (const int difference : {-1, 1}) {
      Graph graph = small_network();
      std::vector<std::byte>& data = tensor(graph, name).data;
      const std::size_t bytes = data.size();
      data.resize(bytes + 4 * static_cast<std::size_t>(difference));
      CHECK_THAT(refusal<Fp32Engine>(graph),
                 Contains(std::to_string(data.size()) + " bytes") && Contains(name) &&
                     Contains("allowed is " + std::to_string(bytes) + " bytes"));
    }
  for (const char* name : {"layer0.weight", "layer1.weight", "layer1.weight_scale"}) {
    Graph graph = small_quantized_network();
    tensor(graph, name).data.pop_back();
    CHECK_THAT(refusal<Int8Engine>(graph), Contains(name) && Contains("allowed is"));
  }
}

TEST_CASE("Images and outputs with more elements than can be counted are refused") {
  constexpr std::int64_t many = std::int64_t{1} << 31;
  Graph graph = small_network();
  tensor(graph, "images").shape = {1, 4, many, many};
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("input 'images'") && Contains("2^63 - 1"));
  tensor(graph, "images").shape = {1, 1, many, many};
  graph.nodes.erase(graph.nodes.begin() + 2);  // the pooling; what is left has four channels
  graph.nodes[2].inputs = graph.nodes[1].outputs;
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("'layer0'") && Contains("2^63 - 1"));
}

TEST_CASE("A pooling that leaves nothing is refused") {
  GraphBuilder net("thin");
  const std::vector<float> weights(9);
  const TensorId x = net.convolution("conv", net.input("images", {1, 1, 1, 5}),
                                     net.constant("w", {1, 1, 3, 3}, std::span(weights)), no_tensor,
                                     {.padding = {1, 1}});
  Graph graph = net.build({x});
  graph.nodes.push_back({"pool", "MaxPool", {x}, {graph.tensors.size()}, {}});
  graph.nodes.back().attributes = {{"kernel_shape", Extents{2, 2}}, {"strides", Extents{2, 2}}};
  graph.tensors.push_back({"pool", ElementType::f32, {1, 1, 0, 2}, false, {}});
  graph.outputs = {graph.tensors.size() - 1};
  CHECK_THAT(refusal<Fp32Engine>(graph), Contains("'pool' (MaxPool)") && Contains("1 x 5"));
}

TEST_CASE("A layer without bias computes as with zeros and stores none") {
  GraphBuilder net("unbiased");
  const std::vector<float> weights = {1, 2, 3, 4, 5, 6, 7, 8};
  const TensorId x = net.flatten("flatten", net.input("images", {1, 1, 2, 2}));
  const Graph graph =
      net.build({net.linear("linear", x, net.constant("w", {2, 4}, std::span(weights)))});
  const Fp32Engine engine(graph);
  CHECK(engine.parameter_bytes() == 32);
  Workspace workspace = engine.make_workspace(1);
  const std::vector<float> image = {1, 10, 100, 1000};
  std::vector<float> logits(2);
  engine.run(image, workspace, logits);
  CHECK(logits == std::vector<float>{4321, 8765});
}

TEST_CASE("Parameters may be stored as halves") {
  GraphBuilder net("halves");
  const std::vector<std::uint16_t> weights = {half_from_float(0.5F), half_from_float(-2.0F)};
  const TensorId x = net.flatten("flatten", net.input("images", {1, 2, 1, 1}, ElementType::f16));
  const Graph graph =
      net.build({net.linear("linear", x, net.constant("w", {1, 2}, std::span(weights)))});
  const std::vector<float> image = {8, 3};
  std::vector<float> logit(1);
  const Fp16Engine engine(graph);
  CHECK(engine.parameter_bytes() == 4);
  Workspace workspace = engine.make_workspace(1);
  engine.run(image, workspace, logit);
  CHECK(logit[0] == -2);
}

TEST_CASE("The two forms of a network are told apart") {
  CHECK_THAT(refusal<Int8Engine>(small_network()), Contains("'layer0' (Conv)"));
  CHECK_THAT(refusal<Fp32Engine>(small_quantized_network()),
             Contains("'images.quantize' (QuantizeLinear)"));
}

TEST_CASE("What the QDQ form must not hold is named") {
  Graph graph = small_quantized_network();
  const float other = 0.5F;
  set_values(tensor(graph, "layer0.scale"), Array::of<float>({}, std::span(&other, 1)));
  CHECK(refusal<Int8Engine>(graph) == "accepted");  // both ends read the same constant
  graph.tensors.push_back(tensor(graph, "layer0.scale"));
  graph.tensors.back().name = "another scale";
  const float third = 0.25F;
  set_values(graph.tensors.back(), Array::of<float>({}, std::span(&third, 1)));
  node(graph, "layer0.dequantize").inputs[1] = graph.tensors.size() - 1;
  CHECK_THAT(refusal<Int8Engine>(graph), Contains("'layer0.dequantize'") && Contains("the same"));

  graph = small_quantized_network();
  const std::vector<std::int8_t> zero_points = {0, 0, 3, 0};
  set_values(tensor(graph, "layer0.weight_zero_point"),
             Array::of<std::int8_t>({4}, std::span(zero_points)));
  CHECK_THAT(refusal<Int8Engine>(graph), Contains("zero point"));

  graph = small_quantized_network();
  node(graph, "layer0.weight.dequantize").attributes["axis"] = std::int64_t{1};
  CHECK_THAT(refusal<Int8Engine>(graph), Contains("'axis' 1"));
  node(graph, "layer0.weight.dequantize").attributes.erase("axis");  // means 1
  CHECK_THAT(refusal<Int8Engine>(graph), Contains("'axis' 1"));

  constexpr float without_reciprocal = 1e-39F;
  for (const float scale : {0.0F, -1.0F, without_reciprocal, std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()}) {
    graph = small_quantized_network();
    tensor(graph, "images.scale").data = Array::of<float>({}, std::span(&scale, 1)).data;
    CHECK_THAT(refusal<Int8Engine>(graph), Contains("'images.quantize'") && Contains("scale"));
  }

  graph = small_quantized_network();
  node(graph, "layer0").inputs[1] = node(graph, "layer0.weight.dequantize").inputs[1];
  CHECK_THAT(refusal<Int8Engine>(graph), Contains("'layer0' (Conv)"));
}

TEST_CASE("Sums that could exceed 32 bits are refused") {
  GraphBuilder net("wide");
  const auto scalar = [&](const std::string& name, auto value) {
    return net.constant(name, {}, std::span<const decltype(value)>(&value, 1));
  };
  const std::vector<std::int8_t> weights(70000, 127);
  const TensorId scale = scalar("scale", 1.0F);
  const TensorId zero_point = scalar("zero_point", std::uint8_t{0});
  TensorId x = net.quantize("quantize", net.input("images", {1, 1, 700, 100}), scale, zero_point);
  x = net.dequantize("dequantize", net.flatten("flatten", x), scale, zero_point);
  const TensorId weight =
      net.dequantize("weight", net.constant("w", {1, 70000}, std::span(weights)),
                     scalar("weight scale", 1.0F), scalar("weight zero", std::int8_t{0}));
  x = net.quantize("output", net.linear("linear", x, weight), scale, zero_point);
  CHECK_THAT(refusal<Int8Engine>(net.build({net.dequantize("logits", x, scale, zero_point)})),
             Contains("'linear'") && Contains("32 bits"));
}
