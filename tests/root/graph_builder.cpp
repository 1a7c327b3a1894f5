#include "edgeopt/graph_builder.hpp"

#include <vector>

#include "catch.hpp"
#include "edgeopt/graph_estimates.hpp"
#include "edgeopt/layer_estimates.hpp"
#include "edgeopt/model_memory.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_graph.hpp"

using namespace edgeopt;

namespace {

SmallCNNSpec any_spec(Random& random) {
  const auto pick = [&random](std::uint64_t low, std::uint64_t high) {
    return static_cast<std::int64_t>(low + random.below(high - low + 1));
  };
  return {{pick(1, 4), pick(4, 40), pick(4, 40)}, pick(1, 40), pick(1, 40), pick(1, 20)};
}

}  // namespace

TEST_CASE("a network written with the builder has its shapes at once") {
  GraphBuilder net("tiny");
  const TensorId x = net.input("x", {2, 4, 11, 11});
  const TensorId w = net.constant("conv.weight", ElementType::f32, {8, 2, 3, 3});
  const ConvolutionOptions options{
      .strides = {2, 1}, .padding = {1, 0}, .dilations = {1, 2}, .groups = 2};
  TensorId y = net.convolution("conv", x, w, no_tensor, options);
  CHECK(net.tensor(y).shape == Shape{2, 8, 6, 7});
  y = net.flatten("flatten", net.max_pool("pool", net.relu("relu", y), 2, 2));
  CHECK(net.tensor(y).shape == Shape{2, 72});
  const TensorId matrix = net.constant("linear.weight", ElementType::f32, {5, 72});
  const std::vector<float> bias = {1, 2, 3, 4, 5};
  y = net.linear("linear", y, matrix, net.constant<float>("linear.bias", {5}, bias));

  const Graph graph = net.build({y});
  CHECK(graph.tensor(graph.outputs.front()).shape == Shape{2, 5});
  CHECK(graph.nodes.size() == 5);
  CHECK(graph.nodes.front().attribute<std::int64_t>("group", 1) == 2);
  CHECK(graph.tensor(graph.nodes.back().inputs[2]).values<float>() == bias);
  CHECK_THROWS_AS(graph.tensor(99), DomainError);
}

TEST_CASE("the builder refuses taken names, unknown ids and shapes without elements") {
  GraphBuilder net("tiny");
  const TensorId x = net.input("x", {1, 1, 4, 4});
  CHECK_THROWS_AS(net.input("x", {1}), DomainError);
  CHECK_THROWS_AS(net.input("", {1}), DomainError);
  CHECK_THROWS_AS(net.relu("x", x), DomainError);
  CHECK_THROWS_AS(net.relu("r", 7), DomainError);
  CHECK_THROWS_AS(net.input("empty", {1, 0}), DomainError);
  CHECK_THROWS_AS(net.input("negative", {-1}), DomainError);
  CHECK_THROWS_AS(net.input("huge", {std::int64_t{1} << 40, std::int64_t{1} << 40}), DomainError);
  CHECK_THROWS_AS(net.max_pool("pool", x, 2, 0), DomainError);
  CHECK_THROWS_AS(net.max_pool("pool", x, 5, 1), DomainError);
  CHECK_THROWS_AS(net.constant<float>("c", {3}, std::vector<float>{1, 2}), DomainError);
  CHECK_THROWS_AS(net.build({42}), DomainError);
}

TEST_CASE("what was refused leaves the builder usable") {
  GraphBuilder net("tiny");
  const TensorId x = net.input("x", {1, 1, 4, 4});
  CHECK_THROWS_AS(net.max_pool("pool", x, 5, 1), DomainError);
  CHECK_THROWS_AS(net.input("wrong", {0}), DomainError);
  (void)net.input("wrong", {1});
  const Graph graph = net.build({net.max_pool("pool", x, 2, 2)});
  CHECK(graph.nodes.size() == 1);

  // Those that bring constants of their own.
  const std::size_t before = graph.tensors.size();
  CHECK_THROWS_AS(net.reshape("r", x, {5, 5}), DomainError);
  CHECK_THROWS_AS(net.pad("p", x, {1}), DomainError);
  CHECK_THROWS_AS(net.slice("s", x, 9, 0, 1), DomainError);
  CHECK_THROWS_AS(net.resize("z", x, -1, 1), DomainError);
  CHECK_THROWS_AS(net.slice("x", x, 2, 0, 1), DomainError);  // the node's name is taken
  CHECK_THROWS_AS(net.add_all({"split", "Split", {x}, {}, {{"axis", std::int64_t{2}}}}, {"", ""}),
                  DomainError);
  CHECK(net.build({x}).tensors.size() == before);
  const TensorId r = net.reshape("r", x, {4, 4});
  CHECK(net.tensor(net.pad("p", r, {1, 0, 1, 0})).shape == Shape{6, 4});
  CHECK(net.tensor(net.slice("s", r, 0, 0, 1)).shape == Shape{1, 4});
  CHECK(net.tensor(net.resize("z", x, 2, 1)).shape == Shape{1, 1, 8, 4});
}

TEST_CASE("SmallCNN's estimates equal those of its graph") {
  Random random(31);
  for (int i = 0; i < 100; ++i) {
    const SmallCNNSpec spec = any_spec(random);
    const auto batch = static_cast<std::int64_t>(1 + random.below(8));
    for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::int8})
      for (const auto backend : {QuantizationBackend::fbgemm, QuantizationBackend::qnnpack})
        REQUIRE(estimate_layerwise_stats(small_cnn_graph(spec, batch, precision, backend)) ==
                estimate_layerwise_stats(spec, batch, precision));
  }
}

TEST_CASE("the constants of SmallCNN's graph are what the model stores") {
  for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::int8})
    for (const auto backend : {QuantizationBackend::fbgemm, QuantizationBackend::qnnpack}) {
      std::int64_t bytes = 0;
      for (const Tensor& tensor : small_cnn_graph({}, 1, precision, backend).tensors) {
        if (!tensor.constant) continue;
        // Zero points: those of weights are 0 and not stored, those of activations take 4 bytes.
        if (tensor.name.ends_with(".weight_zero_point")) continue;
        bytes += tensor.name.ends_with(".zero_point") ? 4 : byte_count(tensor);
      }
      CHECK(bytes == model_memory_bytes({}, precision, backend));
    }
}

TEST_CASE("shared and activation operands are counted once and not at all") {
  GraphBuilder net("shared");
  const TensorId x = net.input("x", {2, 4});
  const TensorId w = net.constant("w", ElementType::f32, {4, 4});
  TensorId y = net.linear("a", x, w);
  y = net.linear("b", y, w);
  y = net.linear("c", y, net.linear("square", w, w));  // the weight of c is computed
  const auto estimates = estimate_layerwise_stats(net.build({y}));
  REQUIRE(estimates.size() == 3);
  CHECK(estimates[0].parameter_bytes == 64);
  CHECK(estimates[1].parameter_bytes == 0);
  CHECK(estimates[2].layer == "square");
}

TEST_CASE("values are set by name") {
  Graph graph = small_cnn_graph({}, 1, Precision::fp32);
  const std::vector<float> bias(10, 0.5f);
  set_values(graph, {"classifier.bias", Array::of<float>({10}, bias)});
  CHECK(graph.tensor(graph.nodes.back().inputs[2]).values<float>() == bias);
  CHECK_THROWS_AS(set_values(graph, {"classifier.bias", Array::of<float>({2, 5}, bias)}),
                  DomainError);
  CHECK_THROWS_AS(set_values(graph, {"conv3.bias", Array::of<float>({10}, bias)}), DomainError);
  CHECK_THROWS_AS(set_values(graph, {"input", Array::of<float>({10}, bias)}), DomainError);
}

TEST_CASE("a network that its input cannot pass through is refused") {
  CHECK_THROWS_AS(small_cnn_graph({{1, 3, 28}}, 1, Precision::fp32), DomainError);
  CHECK_THROWS_AS(small_cnn_graph({}, 0, Precision::int8), DomainError);
  CHECK_THROWS_AS(small_cnn_graph({.conv1_channels = 0}, 1, Precision::fp16), DomainError);
}
