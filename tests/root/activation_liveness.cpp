#include "edgeopt/activation_liveness.hpp"

#include <vector>

#include "catch.hpp"
#include "edgeopt/graph_builder.hpp"
#include "edgeopt/small_cnn_graph.hpp"

using namespace edgeopt;

namespace {

constexpr StorageRule every_rule[] = {StorageRule::every_tensor, StorageRule::aliased,
                                      StorageRule::folded, StorageRule::integer};

std::vector<std::string> names(const std::vector<StoredTensor>& tensors) {
  std::vector<std::string> result;
  for (const StoredTensor& tensor : tensors) result.push_back(tensor.name);
  return result;
}

}  // namespace

TEST_CASE("a node's inputs and results are alive while it runs, and what is read later") {
  GraphBuilder net("skip");
  const TensorId x = net.input("x", {1, 100});
  const TensorId a = net.relu("a", x);
  const TensorId b = net.relu("b", a);
  const TensorId w = net.constant("w", ElementType::f32, {10, 100});
  const TensorId c = net.linear("c", b, w);
  const TensorId unread = net.relu("unread", c);
  const TensorId d = net.linear("d", a, w, c);
  (void)unread;
  const auto liveness = activation_liveness(net.build({d, b}), StorageRule::every_tensor);
  // a: x, a. b: a, b. c: a (for d), b (an output), c. unread: also its own. d: a, b, c, d.
  CHECK(liveness.live_bytes == std::vector<std::int64_t>{800, 800, 840, 880, 880});
  CHECK(liveness.peak_bytes == 880);
  CHECK(liveness.peak_node == 3);
  CHECK(names(liveness.alive_at(3)) == std::vector<std::string>{"a", "b", "c", "unread"});
}

TEST_CASE("SmallCNN in floating point peaks where the first ReLU reads and writes") {
  for (const StorageRule rule : every_rule) {
    const auto liveness = activation_liveness(small_cnn_graph({}, 1, Precision::fp32), rule);
    CHECK(liveness.peak_bytes == 2 * 4 * 16 * 28 * 28);
    CHECK(names(liveness.alive_at(liveness.peak_node)) ==
          std::vector<std::string>{"conv1", "relu1"});
    CHECK(peak_activation_bytes(small_cnn_graph({}, 8, Precision::fp16), rule) ==
          8 * 2 * 2 * 16 * 28 * 28);
  }
}

TEST_CASE("Flatten shares its input's memory unless every tensor has its own") {
  const Graph graph = small_cnn_graph({}, 1, Precision::fp32);
  const std::size_t flatten = 6;
  REQUIRE(graph.nodes[flatten].op == "Flatten");
  CHECK(activation_liveness(graph, StorageRule::every_tensor).live_bytes[flatten] == 12544);
  CHECK(activation_liveness(graph, StorageRule::aliased).live_bytes[flatten] == 6272);
}

TEST_CASE("dequantised weights count unless they are folded") {
  const Graph graph = small_cnn_graph({}, 1, Precision::int8);
  const auto aliased = activation_liveness(graph, StorageRule::aliased);
  const auto folded = activation_liveness(graph, StorageRule::folded);
  const std::size_t dequantize = 2;
  REQUIRE(graph.nodes[dequantize].name == "conv1.weight.dequantize");
  CHECK(aliased.live_bytes[dequantize] - folded.live_bytes[dequantize] == 4 * 16 * 9);
}

TEST_CASE("an integer engine stores integers only, between input and logits") {
  const Graph graph = small_cnn_graph({}, 4, Precision::int8);
  const auto liveness = activation_liveness(graph, StorageRule::integer);
  CHECK(liveness.peak_bytes == 4 * (16 * 28 * 28 + 16 * 14 * 14));  // one byte a value
  CHECK(graph.nodes[liveness.peak_node].name == "pool1");
  CHECK(names(liveness.tensors) ==
        std::vector<std::string>{"input", "input.quantize", "conv1.quantize", "pool1",
                                 "conv2.quantize", "pool2", "flatten.quantize",
                                 "classifier.quantize", "classifier.dequantize"});
}

TEST_CASE("the peak grows with the batch and each rule needs no more than the one before") {
  for (const Precision precision : {Precision::fp32, Precision::fp16, Precision::int8}) {
    std::int64_t before = 0;
    for (const std::int64_t batch : {1, 2, 32}) {
      const Graph graph = small_cnn_graph({{3, 17, 23}, 5, 7, 4}, batch, precision);
      std::int64_t bound = std::numeric_limits<std::int64_t>::max();
      for (const StorageRule rule : every_rule) {
        const std::int64_t peak = peak_activation_bytes(graph, rule);
        CHECK(peak <= bound);
        bound = peak;
      }
      CHECK(bound > before);
      before = bound;
    }
  }
}

TEST_CASE("a graph without nodes has no peak") {
  CHECK_THROWS_AS(activation_liveness(Graph{}), DomainError);
}
