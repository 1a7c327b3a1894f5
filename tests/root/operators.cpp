// The table of operators itself: every line complete, its work counted as the conventions say.
#include "edgeopt/operators/detail/table.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "edgeopt/cost_conventions.hpp"
#include "edgeopt/graph_builder.hpp"
#include "edgeopt/graph_costs.hpp"

using namespace edgeopt;

namespace {

NodeCost cost_of(const Graph& graph, const std::string& node) {
  for (const NodeCost& cost : operator_costs(graph))
    if (cost.name == node) return cost;
  throw std::runtime_error("no node " + node);
}

TensorId weight(GraphBuilder& net, const std::string& name, Shape shape) {
  return net.constant(name, ElementType::f32, std::move(shape));
}

}  // namespace

TEST_CASE("every operator has a shape rule and a cost") {
  const auto check = [](std::string_view domain, const auto& table) {
    for (const detail::Operator& each : table) {
      INFO(domain << " " << each.name);
      CHECK(each.infer != nullptr);
      CHECK(each.work != nullptr);
      CHECK(detail::find_operator(domain, each.name) == &each);
    }
  };
  check("", detail::operators_of_onnx);
  check("com.microsoft", detail::operators_of_microsoft);
  check("ai.onnx.ml", detail::operators_of_ml);
  check("ai.onnx.preview", detail::operators_of_preview);
  check("ai.onnx.preview.training", detail::operators_of_preview);
  CHECK(detail::find_operator("", "Conv") == detail::find_operator("ai.onnx", "Conv"));
  CHECK(detail::find_operator("", "QGemm") == nullptr);
  CHECK(detail::find_operator("my.domain", "Conv") == nullptr);
}

TEST_CASE("a network written with the builder costs what the conventions say") {
  GraphBuilder net("all kinds");
  TensorId x = net.symbolic_input("x", {"N", 4, 16, 16});
  x = net.convolution("conv", x, weight(net, "conv.w", {8, 4, 3, 3}), weight(net, "conv.b", {8}),
                      {.padding = {1, 1}});
  x = net.batch_normalization("bn", x, weight(net, "g", {8}), weight(net, "b", {8}),
                              weight(net, "m", {8}), weight(net, "v", {8}));
  const TensorId skip = net.clip("relu6", x, 0, 6);
  x = net.depthwise_convolution("depthwise", skip, weight(net, "dw.w", {8, 1, 3, 3}), no_tensor,
                                {.padding = {1, 1}});
  x = net.plus("add", x, skip);
  x = net.average_pool("pool", x);
  x = net.concat("concat", {x, x}, 1);
  x = net.transposed_convolution("up", x, weight(net, "up.w", {16, 4, 2, 2}), no_tensor,
                                 {.strides = {2, 2}});
  x = net.resize("resize", x, 0.5f, 0.5f, "linear");
  x = net.pad("pad", x, {0, 0, 1, 1, 0, 0, 1, 1});
  x = net.global_average_pool("gap", x);
  x = net.flatten("flatten", x);
  x = net.softmax("softmax", net.linear("linear", x, weight(net, "fc.w", {10, 4})));
  Graph graph = net.build({x});
  CHECK(unbound_symbols(graph) == std::vector<std::string>{"N"});
  CHECK(cost_of(graph, "conv").unknown);  // until N is known
  bind_symbol(graph, "N", 2);
  infer_shapes(graph);

  const NodeCost conv = cost_of(graph, "conv");
  CHECK(conv.macs == 2 * 8 * 256 * 36);
  CHECK(conv.bias_additions == 2 * 8 * 256);
  CHECK(conv.parameters == 288 + 8);
  CHECK(conv.bytes_read == 4 * (2 * 4 * 256 + 288 + 8));
  CHECK(conv.bytes_written == 4 * 2 * 8 * 256);
  CHECK(conv.arithmetic_intensity_macs_per_byte ==
        Approx(static_cast<double>(conv.macs) /
               static_cast<double>(conv.bytes_read + conv.bytes_written)));
  CHECK(operations(conv, CostConvention::macs_bias) == conv.macs + conv.bias_additions);
  CHECK(operations(conv, CostConvention::flops) == 2 * conv.macs);
  CHECK(cost_of(graph, "bn").parameters == 32);
  CHECK(cost_of(graph, "bn").elementwise_operations == 2 * 2 * 8 * 256);
  CHECK(cost_of(graph, "depthwise").macs == 2 * 8 * 256 * 9);
  CHECK(cost_of(graph, "add").elementwise_operations == 2 * 8 * 256);
  CHECK(cost_of(graph, "pool").elementwise_operations == 2 * 8 * 64 * 4);
  CHECK(cost_of(graph, "up").macs == 2 * 16 * 64 * 4 * 4);  // of the input
  CHECK(cost_of(graph, "resize").elementwise_operations == 2 * 4 * 64 * 4);
  CHECK(cost_of(graph, "flatten").bytes_read == 0);
  CHECK(cost_of(graph, "linear").macs == 2 * 10 * 4);
  CHECK(graph.tensor(graph.outputs[0]).shape == Shape{2, 10});
  for (const NodeCost& cost : operator_costs(graph)) CHECK_FALSE(cost.unknown);
}

TEST_CASE("operands move once, and what is looked at whole moves whole") {
  GraphBuilder net("bytes");
  const TensorId x = net.input("x", {100});
  const TensorId like = net.input("like", {1}, ElementType::u8);
  const TensorId depth = net.constant<std::int64_t>("depth", {}, std::vector<std::int64_t>{1});
  const TensorId both = net.constant("both", ElementType::u8, {2});
  const TensorId indices = net.input("indices", {100}, ElementType::s64);
  const TensorId joined = net.concat("concat", {x, x, x}, 0);
  const TensorId cast = net.add({"cast", "CastLike", {x, like}, {}, {}});
  const TensorId hot = net.add({"hot", "OneHot", {indices, depth, both}, {}, {}});
  const Graph graph = net.build({joined, cast, hot});
  CHECK(cost_of(graph, "concat").bytes_read == 400);
  CHECK(cost_of(graph, "cast").bytes_read == 400 + 1);
  CHECK(cost_of(graph, "hot").bytes_read == 800 + 8 + 2);
}

TEST_CASE("recurrent and attention networks can be written down too") {
  GraphBuilder net("sequences");
  const TensorId ids = net.symbolic_input("ids", {"T", "B"}, ElementType::s64);
  const TensorId x = net.embedding("embed", weight(net, "table", {100, 6}), ids);
  const auto [sequence, last] = net.lstm("lstm", x, weight(net, "w", {1, 32, 6}),
                                         weight(net, "r", {1, 32, 8}), weight(net, "b", {1, 64}));
  const TensorId states = net.reshape("states", sequence, {0, -1, 8});
  const TensorId keys = net.transpose("keys", states, {0, 2, 1});
  const TensorId scores = net.softmax("scores", net.matmul("qk", states, keys));
  TensorId y = net.matmul("av", scores, states);
  y = net.layer_normalization("norm", y, weight(net, "gain", {8}));
  y = net.mean("mean", net.slice("slice", y, 0, 0, 2), {0});
  Graph graph = net.build({y, last});
  bind_symbol(graph, "T", 5);
  bind_symbol(graph, "B", 3);
  infer_shapes(graph);
  CHECK(graph.tensor(last).shape == Shape{1, 3, 8});
  CHECK(cost_of(graph, "lstm").macs == 5 * 3 * (32 * 6 + 32 * 8));
  CHECK(cost_of(graph, "lstm").bias_additions == 5 * 3 * 64);
  CHECK(cost_of(graph, "qk").macs == 5 * 3 * 3 * 8);
  CHECK(cost_of(graph, "embed").parameters == 600);
  CHECK(cost_of(graph, "embed").bytes_read == 15 * (6 * 4 + 8));  // the rows that are looked up
  CHECK(graph.tensor(graph.outputs[0]).shape == Shape{1, 3, 8});
}

TEST_CASE("quantised operators compute in integers, and their scales are no parameters") {
  GraphBuilder net("qdq");
  const TensorId x = net.input("x", {1, 4});
  const TensorId scale = net.constant("s", ElementType::f32, {1});
  const TensorId zero = net.constant("z", ElementType::u8, {1});
  const TensorId w = net.constant("w", ElementType::s8, {3, 4});
  const TensorId w_zero = net.constant("wz", ElementType::s8, {1});
  const TensorId a = net.dequantize("da", net.quantize("qa", x, scale, zero), scale, zero);
  const Graph graph = net.build({net.linear("fc", a, net.dequantize("dw", w, scale, w_zero))});
  CHECK(cost_of(graph, "fc").compute_type == ElementType::u8);
  CHECK(cost_of(graph, "fc").type == ElementType::f32);
  CHECK(cost_of(graph, "dw").parameters == 12);
  CHECK(cost_of(graph, "dw").folded);
  CHECK_FALSE(cost_of(graph, "fc").folded);
  const CostTotals sum = total(operator_costs(graph));
  CHECK(sum.parameters == 12);
  CHECK(sum.constants == 12 + 3);
}

TEST_CASE("conventions have names that read back") {
  for (const CostConvention each : cost_conventions)
    CHECK(parse_cost_convention(to_string(each)) == each);
  CHECK_THROWS_WITH(parse_cost_convention("flop"), Catch::Contains("did you mean 'flops'?"));
}
