// memory_plan.hpp, memory_sharing.hpp
#include "edgeopt/memory_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/graph_builder.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_graph.hpp"

using namespace edgeopt;

namespace {

/// A graph of operators that are simple enough to be run here, written without inference.
class Net {
 public:
  TensorId input(std::int64_t elements, ElementType type = ElementType::f32) {
    const TensorId id = tensor("x", type, {elements});
    graph.inputs.push_back(id);
    return id;
  }

  TensorId node(const std::string& op, std::vector<TensorId> inputs, Shape shape,
                ElementType type = ElementType::f32) {
    const TensorId id = tensor(op, type, std::move(shape));
    graph.nodes.push_back({graph.tensors[id].name, op, std::move(inputs), {id}, {}});
    return id;
  }

  Graph graph;

 private:
  TensorId tensor(const std::string& name, ElementType type, Shape shape) {
    Tensor made;
    made.name = name + std::to_string(graph.tensors.size());
    made.type = type;
    made.shape = std::move(shape);
    graph.tensors.push_back(std::move(made));
    return graph.tensors.size() - 1;
  }
};

/// Memory in which elements are read and written one by one, as bytes.
class Memory {
 public:
  explicit Memory(std::size_t bytes) : bytes_(bytes) {}

  std::uint32_t read(std::size_t offset, std::int64_t width) const {
    std::uint32_t value = 0;
    for (std::int64_t i = width; i-- > 0;)
      value = value << 8 | bytes_.at(offset + static_cast<std::size_t>(i));
    return value;
  }
  void write(std::size_t offset, std::int64_t width, std::uint32_t value) {
    for (std::int64_t i = 0; i < width; ++i, value >>= 8)
      bytes_.at(offset + static_cast<std::size_t>(i)) = static_cast<unsigned char>(value);
  }

 private:
  std::vector<unsigned char> bytes_;
};

/// Runs a graph with every tensor at an offset in one memory; gives the outputs' elements.
/// "Reverse" turns its input around, "Flatten" does nothing, everything else works element by
/// element.
std::vector<std::uint32_t> run(const Graph& graph, const std::vector<std::int64_t>& offsets,
                               std::int64_t bytes) {
  Memory memory(static_cast<std::size_t>(bytes));
  const auto place = [&](TensorId id, std::int64_t i) {
    return static_cast<std::size_t>(offsets[id] + i * bytes_of(graph.tensors[id].type));
  };
  const auto read = [&](TensorId id, std::int64_t i) {
    return memory.read(place(id, i), bytes_of(graph.tensors[id].type));
  };
  for (const TensorId id : graph.inputs)
    for (std::int64_t i = 0; i < element_count(graph.tensors[id].shape); ++i)
      memory.write(place(id, i), bytes_of(graph.tensors[id].type),
                   static_cast<std::uint32_t>(3 + 17 * i + static_cast<std::int64_t>(id)));
  for (const Node& node : graph.nodes) {
    const TensorId result = node.outputs.front();
    const std::int64_t count = element_count(graph.tensors[result].shape);
    if (node.op == "Flatten" && offsets[result] == offsets[node.inputs.front()]) continue;
    for (std::int64_t i = 0; i < count; ++i) {
      std::uint32_t value = node.op == "Relu" ? 5 : 0;
      for (const TensorId input : node.inputs)
        value = 31 * value + read(input, node.op == "Reverse" ? count - 1 - i : i);
      memory.write(place(result, i), bytes_of(graph.tensors[result].type), value);
    }
  }
  std::vector<std::uint32_t> values;
  for (const TensorId id : graph.outputs)
    for (std::int64_t i = 0; i < element_count(graph.tensors[id].shape); ++i)
      values.push_back(read(id, i));
  return values;
}

Graph random_net(Random& random) {
  constexpr std::int64_t elements = 6;
  Net net;
  std::vector<TensorId> made{net.input(elements), net.input(elements, ElementType::u8)};
  const auto any = [&] {
    const std::uint64_t back = std::min<std::uint64_t>(made.size(), 4);
    return made[made.size() - 1 - static_cast<std::size_t>(random.below(back))];
  };
  for (int i = 0; i < 14; ++i) {
    const TensorId x = any();
    const ElementType type = net.graph.tensors[x].type;
    switch (random.below(6)) {
      case 0: made.push_back(net.node("Relu", {x}, {elements}, type)); break;
      case 1: made.push_back(net.node("Add", {x, any()}, {elements}, type)); break;
      case 2: made.push_back(net.node("Flatten", {x}, {elements}, type)); break;
      case 3: made.push_back(net.node("Reverse", {x}, {elements}, type)); break;
      case 4: made.push_back(net.node("Cast", {x}, {elements}, ElementType::u8)); break;
      default: made.push_back(net.node("Cast", {x}, {elements}, ElementType::f32)); break;
    }
  }
  net.graph.outputs = {made.back(), made[made.size() - 3]};
  return net.graph;
}

/// Offset of every tensor: that of the piece it lies in.
std::vector<std::int64_t> tensor_offsets(const Graph& graph, const MemoryPlan& plan,
                                         const MemoryPlanOptions& options) {
  const MemorySharing sharing(graph, options.rule, options.in_place);
  std::vector<std::int64_t> offsets;
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    const std::string& owner = graph.tensors[sharing.owner(id)].name;
    for (std::size_t piece = 0; piece < plan.liveness.tensors.size(); ++piece)
      if (plan.liveness.tensors[piece].name == owner) offsets.push_back(plan.arena.offsets[piece]);
  }
  REQUIRE(offsets.size() == graph.tensors.size());
  return offsets;
}

}  // namespace

TEST_CASE("networks compute the same in a planned arena as with memory for every tensor") {
  Random random(31);
  std::int64_t shared = 0;
  std::int64_t saved = 0;
  for (int i = 0; i < 200; ++i) {
    const Graph graph = random_net(random);
    std::vector<std::int64_t> apart;
    std::int64_t end = 0;
    for (const Tensor& tensor : graph.tensors) {
      apart.push_back(end);
      end += byte_count(tensor);
    }
    const std::vector<std::uint32_t> expected = run(graph, apart, end);
    for (const InPlace in_place : {InPlace::never, InPlace::elementwise}) {
      const MemoryPlanOptions options{
          .in_place = in_place, .arena = {.alignment = 4}, .reorder = OrderOptions{}};
      const MemoryPlan plan = plan_memory(graph, options);
      const Graph ordered = reordered(graph, plan.order->nodes);
      CHECK(find_fault(plan.liveness.tensors, plan.arena).value_or("") == "");
      CHECK(run(ordered, tensor_offsets(ordered, plan, options), plan.arena.bytes) == expected);
      if (in_place == InPlace::elementwise) shared += static_cast<std::int64_t>(plan.shared.size());
      CHECK(plan.liveness.peak_bytes <=
            activation_liveness(graph, options.rule, in_place).peak_bytes);
      saved += in_place == InPlace::never ? plan.arena.bytes : -plan.arena.bytes;
    }
  }
  CHECK(shared > 400);
  CHECK(saved > 0);
}

TEST_CASE("results are written over inputs only where that is harmless") {
  const auto shares = [](const Graph& graph) {
    std::vector<std::string> tensors;
    const MemorySharing sharing(graph, StorageRule::folded, InPlace::elementwise);
    for (const SharedTensor& each : sharing.shared_tensors()) tensors.push_back(each.tensor);
    return tensors;
  };
  Net net;
  const TensorId x = net.input(4);
  const TensorId a = net.node("Relu", {x}, {4});            // x belongs to the caller
  const TensorId b = net.node("Relu", {a}, {4});            // a is read by the sum
  const TensorId sum = net.node("Add", {b, a}, {4});        // takes b's memory
  const TensorId turned = net.node("Reverse", {sum}, {4});  // not element by element
  const TensorId wide = net.node("Relu", {turned}, {4}, ElementType::f64);  // does not fit
  const TensorId narrow = net.node("Cast", {wide}, {4}, ElementType::u8);   // would keep 32 bytes
  const TensorId row = net.node("Flatten", {narrow}, {1, 4}, ElementType::u8);
  const TensorId table = net.node("Add", {row, narrow}, {4, 4}, ElementType::u8);  // grows
  net.graph.outputs = {table};
  CHECK(shares(net.graph) == std::vector<std::string>{"Add3", "Flatten7"});
  CHECK(MemorySharing(net.graph, StorageRule::folded, InPlace::elementwise).owner(sum) == b);
  CHECK(MemorySharing(net.graph, StorageRule::folded).owner(sum) == sum);

  Net twice;  // the same bytes read as a row and as a column: not written over
  const TensorId start = twice.node("Relu", {twice.input(4)}, {4, 1});
  const TensorId column = twice.node("Flatten", {start}, {1, 4});
  twice.graph.outputs = {twice.node("Add", {start, column}, {4, 1})};
  CHECK(shares(twice.graph) == std::vector<std::string>{"Flatten2"});
}

TEST_CASE("in-place results never need more") {
  Random random(41);
  for (int i = 0; i < 50; ++i) {
    const Graph graph = random_net(random);
    const auto apart = activation_liveness(graph, StorageRule::folded).live_bytes;
    const auto in_place =
        activation_liveness(graph, StorageRule::folded, InPlace::elementwise).live_bytes;
    for (std::size_t node = 0; node < apart.size(); ++node) CHECK(in_place[node] <= apart[node]);
  }
}

TEST_CASE("who shares memory is told with the reason") {
  const Graph fp32 = small_cnn_graph({}, 1, Precision::fp32);
  const MemorySharing in_place(fp32, StorageRule::integer, InPlace::elementwise);
  const std::vector<SharedTensor> expected{
      {"relu1", "conv1", "relu1", "Relu", "written over an input that is not read any more"},
      {"relu2", "conv2", "relu2", "Relu", "written over an input that is not read any more"},
      {"flatten", "pool2", "flatten", "Flatten", "is its input in another shape"}};
  CHECK(in_place.shared_tensors() == expected);
  CHECK(activation_liveness(in_place).peak_bytes == 4 * 16 * (28 * 28 + 14 * 14));

  const Graph int8 = small_cnn_graph({}, 1, Precision::int8);
  std::vector<std::string> reasons;
  for (const SharedTensor& each : MemorySharing(int8).shared_tensors())
    if (each.tensor == "conv1" || each.tensor == "relu1" || each.tensor == "input.dequantize" ||
        each.tensor == "conv1.weight.dequantize")
      reasons.push_back(each.owner + ": " + each.reason);
  CHECK(reasons == std::vector<std::string>{"input.quantize: its reader reads the integers",
                                            ": follows from constants alone",
                                            "conv1.quantize: its node writes the integers",
                                            "conv1.quantize: its node writes the integers"});
}

TEST_CASE("dataflows of graphs count what liveness counts") {
  Random random(37);
  const auto check = [](const Graph& graph, StorageRule rule) {
    const Dataflow flow = dataflow_of(graph, rule);
    std::vector<std::size_t> order(graph.nodes.size());
    std::iota(order.begin(), order.end(), 0U);
    CHECK(!find_fault(flow, order));
    CHECK(live_bytes(flow, order) == activation_liveness(graph, rule).live_bytes);
    const ExecutionOrder best = reorder_for_peak(flow);
    CHECK(activation_liveness(reordered(graph, best.nodes), rule).live_bytes ==
          live_bytes(flow, best.nodes));
  };
  for (const StorageRule rule : {StorageRule::every_tensor, StorageRule::aliased,
                                 StorageRule::folded, StorageRule::integer}) {
    for (const Precision precision : {Precision::fp32, Precision::int8})
      check(small_cnn_graph({}, 2, precision), rule);
    for (int i = 0; i < 20; ++i) check(random_net(random), rule);
  }
}

TEST_CASE("a plan of SmallCNN") {
  const Graph graph = small_cnn_graph({}, 1, Precision::fp32);
  const MemoryPlan plan = plan_memory(graph);
  CHECK(plan.arena.bytes == 100352);
  CHECK(plan.arena.bound == ArenaBound{100352, 100352});
  CHECK(plan.constant_bytes == 81960);
  CHECK(plan.nodes.size() == graph.nodes.size());
  const std::vector<PlannedTensor> rows = planned_tensors(plan);
  REQUIRE(rows.size() == plan.liveness.tensors.size());
  CHECK(rows[1] == PlannedTensor{"conv1", rows[1].offset, 50176, 0, 1, "conv1", "relu1", true});
  std::int64_t at_peak = 0;
  for (const PlannedTensor& row : rows) at_peak += row.alive_at_peak ? row.bytes : 0;
  CHECK(at_peak == plan.liveness.peak_bytes);
  CHECK(!plan.order);
  CHECK(summarize_memory(plan).order == "given");
  CHECK(summarize_memory(plan).greedy_by_size_bytes == 100352);
  CHECK(summarize_memory(plan_memory(graph, {.reorder = OrderOptions{}})).order ==
        "searched, no other has a lower peak");
  CHECK_THROWS_AS(plan_memory(Graph{}), DomainError);
}

TEST_CASE("the peak of the given order is told by the rules of the plan") {
  const MemoryPlan plan =
      plan_memory(small_cnn_graph({}, 1, Precision::fp32),
                  {.in_place = InPlace::elementwise, .reorder = OrderOptions{}});
  CHECK(plan.liveness.peak_bytes == 62720);
  CHECK(plan.given_peak_bytes == 62720);
  CHECK(summarize_memory(plan).given_order_peak_bytes == 62720);
  CHECK(plan.order->is_least);  // pool1 alone needs as much
}

TEST_CASE("with in-place results an order is proven by the need of one node only") {
  GraphBuilder net("branches");
  const TensorId x = net.input("x", {1, 4, 4, 4});  // 256 bytes
  const TensorId n0 = net.concat("n0", {x, x}, 1);
  (void)net.concat("n1", {x, x}, 1);
  const TensorId n3 = net.relu("n3", n0);
  (void)net.relu("n4", x);
  const Graph graph = net.build({net.plus("n5", n0, n3)});
  const MemoryPlan plan =
      plan_memory(graph, {.in_place = InPlace::elementwise, .reorder = OrderOptions{}});
  const std::vector<std::size_t> better{1, 0, 3, 2, 4};
  CHECK(activation_liveness(reordered(graph, better), StorageRule::integer, InPlace::elementwise)
            .peak_bytes == 1024);
  CHECK(detail::largest_need_in_place(graph, StorageRule::integer) == 1024);  // n5: both operands
  CHECK(plan.order->is_least == (plan.liveness.peak_bytes == 1024));

  Random random(43);
  for (int i = 0; i < 60; ++i) {  // no order of a graph is below what is said of all
    const Graph any = random_net(random);
    const MemoryPlan found =
        plan_memory(any, {.in_place = InPlace::elementwise, .reorder = OrderOptions{}});
    CHECK(detail::largest_need_in_place(any, StorageRule::integer) <= found.liveness.peak_bytes);
  }
}

TEST_CASE("branches are reordered, and only valid orders are taken") {
  Net net;
  const TensorId x = net.input(1);
  std::vector<TensorId> wide;
  for (int i = 0; i < 3; ++i) wide.push_back(net.node("Reverse", {x}, {100}));
  std::vector<TensorId> narrow;
  for (const TensorId each : wide) narrow.push_back(net.node("Sum", {each}, {1}));
  net.graph.outputs = {net.node("Concat", narrow, {3})};
  const MemoryPlan given = plan_memory(net.graph);
  const MemoryPlan better =
      plan_memory(net.graph, {.arena = {.alignment = 4}, .reorder = OrderOptions{}});
  CHECK(better.order->peak_bytes_before == given.liveness.peak_bytes);
  CHECK(given.liveness.peak_bytes == 4 * 301);
  CHECK(better.order->peak_bytes == 4 * 103);
  CHECK(better.liveness.peak_bytes == 4 * 103);
  CHECK(better.arena.bytes == 4 * 103);
  CHECK(better.order->is_least);
  CHECK(better.nodes[1] == net.graph.nodes[3].name);
  const std::vector<std::size_t> backwards{6, 5, 4, 3, 2, 1, 0};
  CHECK_THROWS_AS(reordered(net.graph, backwards), DomainError);
  CHECK_THROWS_AS(reordered(net.graph, std::vector<std::size_t>{0}), DomainError);
  CHECK_THROWS_AS(reordered(Graph{}, std::vector<std::size_t>{0}), DomainError);
  CHECK(reordered(Graph{}, {}).nodes.empty());
}
