#include "edgeopt/io/onnx.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "../fuzz/onnx_target.hpp"
#include "edgeopt/graph_costs.hpp"
#include "onnx_messages.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
using namespace messages;
using Catch::Matchers::Contains;
using edgeopt::ElementType;
using edgeopt::Shape;
using edgeopt::Tensor;

namespace {

/// x [N, 1, 6, 6] -> Conv 3x3 with w [4, 1, 3, 3] -> Relu
std::string small_graph() {
  return node("Conv", {"x", "w"}, {"c"}) + node("Relu", {"c"}, {"y"}) + input("x", {-1, 1, 6, 6}) +
         initializer("w", {4, 1, 3, 3}) + output("y");
}

io::OnnxModel parsed(const std::string& graph, std::int64_t opset = 17) {
  return io::parse_onnx(model(graph, opset), "m.onnx");
}

/// The model with N = 2 and its shapes.
io::OnnxModel analysed(const std::string& graph, std::int64_t opset = 17) {
  io::OnnxModel result = parsed(graph, opset);
  bind_unbound_symbols(result.graph, 2);
  (void)io::infer_shapes(result);
  return result;
}

const Tensor& named(const io::OnnxModel& model, const std::string& name) {
  for (const Tensor& tensor : model.graph.tensors)
    if (tensor.name == name) return tensor;
  throw std::runtime_error("no tensor " + name);
}

Shape shape(const std::string& graph, const std::string& name, std::int64_t opset = 17) {
  return named(analysed(graph, opset), name).shape;
}

std::string refused(const std::string& graph) {
  return refusal([&] { return analysed(graph); });
}

}  // namespace

TEST_CASE("a model without weights has shapes and costs once its symbol is bound") {
  io::OnnxModel model = parsed(small_graph());
  CHECK(unbound_symbols(model.graph) == std::vector<std::string>{"N"});
  CHECK_THAT(refusal([&] { return io::infer_shapes(model); }),
             Contains("m.onnx: inputs: found extent 'N' without a value"));
  bind_symbol(model.graph, "N", 3);
  CHECK(io::infer_shapes(model).empty());
  CHECK(named(model, "y").shape == Shape{3, 4, 4, 4});
  const auto costs = operator_costs(model.graph);
  CHECK(costs[0].macs == 3 * 4 * 16 * 9);
  CHECK(costs[0].parameters == 36);
  bind_symbol(model.graph, "N", 1);
  (void)io::infer_shapes(model);
  CHECK(named(model, "y").shape == Shape{1, 4, 4, 4});
  CHECK_THROWS_WITH(bind_symbol(model.graph, "M", 1), Contains("allowed is N"));
  CHECK_THROWS_AS(bind_symbol(model.graph, "N", 0), edgeopt::DomainError);
  CHECK_THROWS_WITH(bind_symbols(model.graph, {{"N", 5}, {"O", 1}}), Contains("extent 'O'"));
  (void)io::infer_shapes(model);
  CHECK(named(model, "y").shape == Shape{1, 4, 4, 4});  // nothing was bound
}

TEST_CASE("shapes that a network computes for itself are known") {
  const std::string flattened =
      node("Shape", {"x"}, {"s"}) + int64_initializer("zero", {0}) +
      node("Gather", {"s", "zero"}, {"n"}) + int64_initializer("rest", {-1}) +
      node("Concat", {"n", "rest"}, {"target"}, integer_attribute("axis", 0)) +
      node("Reshape", {"x", "target"}, {"y"}) + input("x", {-1, 3, 5}) + output("y");
  CHECK(shape(flattened, "y") == Shape{2, 15});
}

TEST_CASE("nodes out of order are sorted, with a note; the rest keeps its place") {
  const std::string graph = node("Relu", {"b"}, {"c"}) + node("Relu", {"x"}, {"a"}) +
                            node("Sigmoid", {"a"}, {"b"}) + input("x", {2}) + output("c");
  const io::OnnxModel model = analysed(graph);
  REQUIRE(model.notes.size() == 1);
  CHECK_THAT(model.notes[0], Contains("2 of 3 were moved forward"));
  CHECK(model.graph.tensors[model.graph.nodes.back().outputs[0]].name == "c");
  CHECK(parsed(small_graph()).notes.empty());
}

TEST_CASE("unknown operators and domains are named, and their results stay unknown") {
  const std::string graph = node("Frobnicate", {"x"}, {"a"}) + node("Relu", {"a"}, {"b"}) +
                            node("Relu", {"x"}, {"c"}, field(7, "my.domain")) +
                            node("Relu", {"x"}, {"d"}) + input("x", {2, 8}) + output("b") +
                            output("d");
  io::OnnxModel model = parsed(graph);
  const auto unknown = io::infer_shapes(model);
  REQUIRE(unknown.size() == 2);
  CHECK(unknown[0].op == "Frobnicate");
  CHECK(unknown[1].op == "my.domain.Relu");
  CHECK_FALSE(named(model, "b").has_shape());
  CHECK(named(model, "d").shape == Shape{2, 8});
  const auto sum = total(operator_costs(model.graph));
  CHECK(sum.nodes == 4);
  CHECK(sum.unknown_nodes == 3);  // the two, and what reads one of them
}

TEST_CASE("what a file says of an unknown operator's result stands") {
  const std::string graph = node("Frobnicate", {"x"}, {"a"}) + node("Relu", {"a"}, {"b"}) +
                            field(13, value_info("a", {-1, 7})) + input("x", {-1, 8}) + output("b");
  CHECK(shape(graph, "b") == Shape{2, 7});
}

TEST_CASE("the data decide some shapes: what is known of them is") {
  const std::string graph = node("NonZero", {"x"}, {"places"}) +
                            node("Transpose", {"places"}, {"y"}) + input("x", {2, 8}) + output("y");
  io::OnnxModel model = parsed(graph);
  const auto unknown = io::infer_shapes(model);
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].reason == "the shape of its result depends on data");
  CHECK(named(model, "y").shape == Shape{edgeopt::unknown_extent, 2});
}

TEST_CASE("graphs inside nodes read the tensors around them") {
  const std::string then_graph = node("Relu", {"x"}, {"t"}) + output("t");
  const std::string else_graph = node("Sigmoid", {"x"}, {"e"}) + output("e");
  const std::string graph = node("If", {"condition"}, {"y"},
                                 graph_attribute("then_branch", then_graph) +
                                     graph_attribute("else_branch", else_graph)) +
                            input("x", {-1, 8}) + input("condition", {}, 9) + output("y");
  const io::OnnxModel model = analysed(graph);
  CHECK(named(model, "y").shape == Shape{2, 8});
  CHECK(model.graph.nodes[0].captured.size() == 2);
  CHECK(operator_costs(model.graph)[0].unknown);

  const std::string body = node("Add", {"carried", "x"}, {"next"}) +
                           node("Identity", {"go"}, {"go_on"}) + input("i", {}, 7) +
                           input("go", {}, 9) + input("carried", {2, 8}) + output("go_on") +
                           output("next") + output("next");
  const std::string loop =
      node("Loop", {"count", "", "start"}, {"last", "all"}, graph_attribute("body", body)) +
      field(5, tensor("count", {}, number(7, 5), 7)) + input("x", {2, 8}) + input("start", {2, 8}) +
      output("all");
  CHECK(shape(loop, "last") == Shape{2, 8});
  CHECK(shape(loop, "all") == Shape{5, 2, 8});
}

TEST_CASE("what the graphs inside a node compute counts as often as they run") {
  const std::string square = node("MatMul", {"m", "w"}, {"next"});
  const std::string body = square + node("Identity", {"go"}, {"go_on"}) + input("i", {}, 7) +
                           input("go", {}, 9) + input("m", {2, 8}) + output("go_on") +
                           output("next");
  const std::string weight = initializer("w", {8, 8});
  const auto loop = [&](const std::string& passes) {
    return analysed(node("Loop", {passes, "", "x"}, {"y"}, graph_attribute("body", body)) + weight +
                    field(5, tensor("five", {}, number(7, 5), 7)) + input("n", {}, 7) +
                    input("x", {2, 8}) + output("y"));
  };
  const auto cost = [](const io::OnnxModel& model) { return operator_costs(model.graph).front(); };
  CHECK(cost(loop("five")).macs == 5 * 2 * 8 * 8);
  CHECK(cost(loop("five")).parameters == 64);
  CHECK(cost(loop("n")).unknown);

  const std::string step = node("MatMul", {"m", "w"}, {"next"}) + node("Relu", {"e"}, {"r"}) +
                           input("m", {2, 8}) + input("e", {3}) + output("next") + output("r");
  const io::OnnxModel scanned =
      analysed(node("Scan", {"x", "s"}, {"y", "z"},
                    graph_attribute("body", step) + integer_attribute("num_scan_inputs", 1)) +
               weight + input("x", {2, 8}) + input("s", {7, 3}) + output("y"));
  CHECK(cost(scanned).macs == 7 * 2 * 8 * 8);
  CHECK(cost(scanned).elementwise_operations == 7 * 3);

  const auto branch = [&](const std::string& condition) {
    return analysed(
        node("If", {condition}, {"y"},
             graph_attribute("then_branch", node("MatMul", {"x", "w"}, {"t"}) + output("t")) +
                 graph_attribute("else_branch", node("Relu", {"x"}, {"e"}) + output("e"))) +
        weight + field(5, tensor("yes", {}, number(5, 1), 9)) + input("c", {}, 9) +
        input("x", {2, 8}) + output("y"));
  };
  CHECK(cost(branch("yes")).macs == 2 * 8 * 8);
  CHECK(cost(branch("c")).unknown);
  CHECK(named(branch("c"), "y").shape == Shape{2, 8});
}

TEST_CASE("unknown operators inside a node are named, and branches tell their values") {
  const std::string inner = node("Frobnicate", {"x"}, {"t"}) + output("t");
  io::OnnxModel model =
      parsed(node("If", {"c"}, {"y"},
                  graph_attribute("then_branch", inner) + graph_attribute("else_branch", inner)) +
             input("x", {2}) + input("c", {}, 9) + output("y"));
  const auto unknown = io::infer_shapes(model);
  REQUIRE(unknown.size() == 3);  // one in each branch, and the node itself
  CHECK(unknown[0].op == "Frobnicate");
  CHECK(unknown[2].op == "If");

  const std::string extents = node("Identity", {"two"}, {"t"}) + output("t");
  CHECK(shape(node("If", {"c"}, {"s"},
                   graph_attribute("then_branch", extents) +
                       graph_attribute("else_branch", extents)) +
                  node("ConstantOfShape", {"s"}, {"y"}) + int64_initializer("two", {4, 3}) +
                  field(5, tensor("c", {}, number(5, 1), 9)) + output("y"),
              "y") == Shape{4, 3});
}

TEST_CASE("a scan of version 8 has a batch") {
  const std::string step = node("Add", {"sum", "next"}, {"s"}) + node("Identity", {"s"}, {"t"}) +
                           input("sum", {2}) + input("next", {2}) + output("s") + output("t");
  const std::string graph =
      node("Scan", {"", "initial", "x"}, {"y", "z"},
           graph_attribute("body", step) + integer_attribute("num_scan_inputs", 1)) +
      input("initial", {5, 2}) + input("x", {5, 3, 2}) + output("y") + output("z");
  CHECK(shape(graph, "y", 8) == Shape{5, 2});
  CHECK(shape(graph, "z", 8) == Shape{5, 3, 2});
}

TEST_CASE("elements of sequences are followed, sequences are named") {
  const std::string constants = field(5, tensor("last", {}, number(7, -1), 7)) +
                                field(5, tensor("two", {}, number(7, 2), 7)) +
                                int64_initializer("cuts", {1, 4});
  const auto axis = [](std::int64_t value) { return integer_attribute("axis", value); };
  const std::string graph =
      node("SplitToSequence", {"x", "two"}, {"parts"}, axis(1)) +
      node("SplitToSequence", {"x", "cuts"}, {"cut"}, axis(1)) +
      node("SplitToSequence", {"x"}, {"rows"}, axis(0) + integer_attribute("keepdims", 0)) +
      node("SequenceAt", {"parts", "last"}, {"part"}) +
      node("SequenceAt", {"parts", "n"}, {"any"}) + node("SequenceAt", {"rows", "n"}, {"row"}) +
      node("SequenceErase", {"cut", "last"}, {"erased"}) +
      node("SequenceInsert", {"erased", "part"}, {"longer"}) +
      node("ConcatFromSequence", {"longer"}, {"joined"}, axis(1)) +
      node("ConcatFromSequence", {"rows"}, {"stacked"},
           axis(-1) + integer_attribute("new_axis", 1)) +
      node("SequenceConstruct", {"x", "x"}, {"made"}) + node("Identity", {"made"}, {"same"}) +
      node("SequenceLength", {"same"}, {"length"}) +
      node("Range", {"zero", "length", "one"}, {"r"}) +
      field(5, tensor("zero", {}, number(7, 0), 7)) + field(5, tensor("one", {}, number(7, 1), 7)) +
      constants + input("x", {3, 5}) + input("n", {}, 7) + output("joined") + output("part");
  io::OnnxModel model = parsed(graph);
  const auto unknown = io::infer_shapes(model);
  CHECK(named(model, "part").shape == Shape{3, 1});
  CHECK(named(model, "any").shape == Shape{3, edgeopt::unknown_extent});
  CHECK(named(model, "row").shape == Shape{5});
  CHECK(named(model, "joined").shape == Shape{3, 2});
  CHECK(named(model, "stacked").shape == Shape{5, 3});
  CHECK(named(model, "r").shape == Shape{2});
  REQUIRE(unknown.size() == 8);  // seven sequences, and the element that data choose
  CHECK(unknown[0].reason == "its result is a sequence of tensors");
  CHECK_THAT(refused(node("SplitToSequence", {"x", "cuts"}, {"y"}, axis(0)) + constants +
                     input("x", {3, 5})),
             Contains("lengths that add up to 3"));
  CHECK_THAT(refused(node("SequenceConstruct", {"x"}, {"s"}) +
                     node("SequenceAt", {"s", "two"}, {"y"}) + constants + input("x", {3})),
             Contains("position"));
  CHECK_THAT(refused(node("SequenceEmpty", {}, {"s"}) + node("SequenceErase", {"s"}, {"y"})),
             Contains("one with elements"));
}

TEST_CASE("initializers are read in every form, and external ones are not opened") {
  const auto constant = [](const std::string& values, std::int64_t type,
                           const Shape& extents = {2}) {
    return named(
        parsed(initializer("w", extents, values, type) + node("Relu", {"w"}, {"y"}) + output("y")),
        "w");
  };
  const std::string raw{"\0\0\x80\x3f\0\0\0\x40", 8};  // 1, 2
  CHECK(constant(field(9, raw), 1).values<float>() == std::vector<float>{1, 2});
  CHECK(constant(field(4, raw), 1).values<float>() == std::vector<float>{1, 2});
  CHECK(constant(field(7, varint(3) + varint(4)), 7).values<std::int64_t>() ==
        std::vector<std::int64_t>{3, 4});
  CHECK(constant(number(5, 7) + number(5, -1), 3).values<std::int8_t>() ==
        std::vector<std::int8_t>{7, -1});
  CHECK(constant(number(5, 0x3c00) + number(5, 0), 10).values<std::uint16_t>() ==
        std::vector<std::uint16_t>{0x3c00, 0});
  CHECK(constant(field(6, "a") + field(6, "b"), 8).type == ElementType::string);
  CHECK(constant("", 1, {1000, 1000}).data.empty());
  CHECK(byte_count(constant("", 22, {5})) == 3);  // four bits each

  const std::string outside = field(13, field(1, "location") + field(2, "../../etc/passwd"));
  const io::OnnxModel model = parsed(initializer("w", {9}, outside + number(14, 1)) +
                                     node("Relu", {"w"}, {"y"}) + output("y"));
  CHECK(model.external_files == std::vector<std::string>{"../../etc/passwd"});
  CHECK(named(model, "w").shape == Shape{9});
}

TEST_CASE("a Constant whose values are not in the file has its shape alone") {
  const auto reshaped = [](const std::string& constant) {
    return shape(node("Constant", {}, {"k"}, constant) + node("Reshape", {"x", "k"}, {"y"}) +
                     input("x", {2, 3, 4, 5}) + output("y"),
                 "y");
  };
  const Shape unknown(4, edgeopt::unknown_extent);
  const std::string outside = field(13, field(1, "location") + field(2, "w")) + number(14, 1);
  CHECK(reshaped(tensor_attribute("value", tensor("", {4}, outside, 7))) == unknown);
  CHECK(reshaped(tensor_attribute("value", tensor("", {4}, "", 7))) == unknown);
  const std::string name = field(1, "sparse_value"), type = number(20, 11);
  const std::string sparse = field(22, field(1, tensor("", {1}, number(7, 5), 7)) + number(3, 4));
  CHECK(reshaped(field(5, name + sparse + type)) == unknown);
  CHECK(reshaped(field(5, sparse + type + name)) == unknown);  // fields have no order
}

TEST_CASE("a node has a result") {
  const std::string x = input("x", {1, 1, 4, 4});
  CHECK_THAT(refused(x + node("Relu", {"x"}, {""})), Contains("every output: found left out"));
  CHECK_THAT(refused(x + node("Neg", {"x"}, {"a"}) + node("Relu", {"a"}, {""})),
             Contains("every output: found left out"));
  CHECK(shape(node("LSTM", {"s", "w", "r"}, {"", "last"}) + input("s", {5, 2, 3}) +
                  initializer("w", {1, 16, 3}) + initializer("r", {1, 16, 4}) + output("last"),
              "last") == Shape{1, 2, 4});
}

TEST_CASE("graphs inside nodes have the operator set of the model") {
  const auto branches = [](const std::string& branch) {
    return node("If", {"c"}, {"y", "z"},
                graph_attribute("then_branch", branch) + graph_attribute("else_branch", branch)) +
           input("c", {}, 9) + output("y") + output("z");
  };
  const std::string dropout = node("Dropout", {"x"}, {"r", "m"}) + output("r") + output("m");
  CHECK(named(analysed(branches(dropout) + input("x", {3}), 9), "z").type == ElementType::f32);
  CHECK(named(analysed(branches(dropout) + input("x", {3}), 13), "z").type == ElementType::boolean);
  const std::string step = node("Add", {"a", "b"}, {"s"}) + node("Identity", {"s"}, {"t"}) +
                           input("a", {2}) + input("b", {2}) + output("s") + output("t");
  const std::string scan =
      node("Scan", {"", "first", "x"}, {"q", "p"},
           graph_attribute("body", step) + integer_attribute("num_scan_inputs", 1)) +
      output("q") + output("p");
  CHECK(shape(branches(scan) + input("first", {5, 2}) + input("x", {5, 3, 2}), "z", 8) ==
        Shape{5, 3, 2});
}

namespace {

/// A loop of five passes that begins with `condition`; v is carried, and collected as "all".
io::OnnxModel looped(const std::string& condition, const std::string& body) {
  return analysed(node("Loop", {"five", condition, "v"}, {"last", "all"},
                       graph_attribute("body", body + input("i", {}, 7) + input("go", {}, 9) +
                                                   input("c", {2, 3}) + output("on") +
                                                   output("next") + output("next"))) +
                  field(5, tensor("five", {}, number(7, 5), 7)) +
                  field(5, tensor("yes", {}, number(5, 1), 9)) + initializer("none", {0}, "", 9) +
                  input("v", {2, 3}) + output("all"));
}

}  // namespace

TEST_CASE("a loop runs as often as it says where no condition ends it early") {
  const std::string relu = node("Relu", {"c"}, {"next"});
  const std::string handed_on = relu + node("Identity", {"go"}, {"on"});
  const std::string always =
      relu +
      node("Constant", {}, {"on"}, tensor_attribute("value", tensor("", {}, number(5, 1), 9)));
  const std::string never = relu + node("Constant", {}, {"on"},
                                        tensor_attribute("value", tensor("", {}, number(5, 0), 9)));
  for (const std::string condition : {"", "yes"})
    for (const std::string& body : {handed_on, always})
      CHECK(named(looped(condition, body), "all").shape == Shape{5, 2, 3});
  const Shape unknown{edgeopt::unknown_extent, 2, 3};
  CHECK(named(looped("", never), "all").shape == unknown);
  CHECK(named(looped("none", handed_on), "all").shape == unknown);  // no element says whether
}

TEST_CASE("what a loop hands from variable to variable is not taken for its first shape") {
  // Each variable takes on what the one before it was, and the first doubles.
  Names inputs = {"count", ""}, outputs;
  std::string body = node("Identity", {"go"}, {"on"}) + input("i", {}, 7) + input("go", {}, 9);
  std::string results = output("on");
  for (int i = 0; i < 8; ++i) {
    const std::string name = "v" + std::to_string(i), next = "w" + std::to_string(i);
    inputs.push_back("x");
    outputs.push_back("y" + std::to_string(i));
    body += input(name, {2});
    body += i == 0 ? node("Concat", {name, name}, {next}, integer_attribute("axis", 0))
                   : node("Identity", {"v" + std::to_string(i - 1)}, {next});
    results += output(next);
  }
  io::OnnxModel model =
      parsed(node("Loop", inputs, outputs, graph_attribute("body", body + results)) +
             field(5, tensor("count", {}, number(7, 20), 7)) + input("x", {2}) + output("y7"));
  (void)io::infer_shapes(model);
  CHECK_FALSE(named(model, "y0").has_shape());
  CHECK_FALSE(named(model, "y7").has_shape());
}

TEST_CASE("costs of a node with graphs inside are counted as those of its nodes would be") {
  const std::string body =
      node("MatMul", {"c", "w"}, {"m"}) + node("Add", {"m", "k"}, {"next"}) +
      node("Constant", {}, {"k"},
           tensor_attribute("value",
                            tensor("", {3}, std::string(field(4, std::string(12, '\0')))))) +
      initializer("w", {3, 3}) + node("Identity", {"go"}, {"on"});
  const auto cost = operator_costs(looped("", body).graph).front();
  CHECK(cost.macs == 5 * 2 * 3 * 3);
  CHECK(cost.compute_type == ElementType::f32);
  CHECK(cost.parameters == 9);  // values of Constant nodes are none
  CHECK(cost.constants == 9 + 1);

  const std::string branch =
      node("DequantizeLinear", {"q", "s"}, {"d"}) + node("MatMul", {"a", "d"}, {"t"}) + output("t");
  const auto quantised = operator_costs(
      analysed(
          node("DequantizeLinear", {"x", "s"}, {"a"}) +
          node("If", {"yes"}, {"y"},
               graph_attribute("then_branch", branch) + graph_attribute("else_branch", branch)) +
          initializer("q", {4, 3}, "", 3) + initializer("s", {1}) +
          field(5, tensor("yes", {}, number(5, 1), 9)) + input("x", {2, 4}, 3) + output("y"))
          .graph);
  CHECK(quantised[1].compute_type == ElementType::s8);
  CHECK(quantised[1].parameters == 12);
}

TEST_CASE("versions of operators that the rules were not written to are read with a note") {
  const auto notes = [](std::int64_t opset) { return parsed(small_graph(), opset).notes; };
  CHECK(notes(6).empty());
  CHECK(notes(28).empty());
  REQUIRE(notes(5).size() == 1);
  CHECK_THAT(notes(5)[0], Contains("version 5 are read by the rules of version 6"));
  REQUIRE(notes(29).size() == 1);
  CHECK_THAT(notes(29)[0], Contains("version 29 are read by the rules of version 28"));
}

TEST_CASE("protobuf that is none is refused with its offset") {
  const auto read = [](const std::string& bytes) {
    return refusal([&] { return io::parse_onnx(bytes, "m.onnx"); });
  };
  CHECK(read("") == "m.onnx: found no bytes, expected an ONNX model");
  CHECK(read(number(1, 8)) == "m.onnx: found no graph, expected an ONNX model");
  CHECK_THAT(read("hello"), Contains("m.onnx: offset 2: found a field of number 13"));
  CHECK_THAT(read(std::string(11, '\xff')), Contains("a number of more than 10 bytes"));
  CHECK_THAT(read("\x08"), Contains("a number without its last byte"));
  CHECK_THAT(read(varint(7 << 3 | 2) + varint(100) + "abc"),
             Contains("a field of 100 bytes, expected at most the 3 that are left"));
  CHECK_THAT(read(varint(7 << 3 | 2) + varint(~std::uint64_t{0})),
             Contains("a field of 18446744073709551615 bytes"));
  CHECK_THAT(read(varint(7 << 3 | 2) + varint((std::uint64_t{1} << 32) + 3) + "abc"),
             Contains("a field of 4294967299 bytes"));
  CHECK_THAT(read(varint(7 << 3 | 3)), Contains("type 3"));
  CHECK_THAT(read(varint(2) + varint(0)), Contains("a field of number 0"));
  CHECK_THAT(read(number(7, 5)), Contains("field 7 of another type"));
  const std::string whole = model(small_graph());
  for (std::size_t size = 0; size < whole.size() - 6; ++size)  // the rest is the operator set
    CHECK_FALSE(read(whole.substr(0, size)).empty());
}

TEST_CASE("graphs that are none are refused with the node") {
  const std::string x = input("x", {2, 3});
  CHECK_THAT(refused(node("Relu", {"q"}, {"y"}) + output("y")),
             Contains("node 'n_Relu' (Relu): found input 'q', which nothing defines"));
  CHECK_THAT(refused(x + output("y")), Contains("output 'y', which nothing defines"));
  CHECK_THAT(refused(node("Relu", {"b"}, {"a"}) + node("Relu", {"a"}, {"b"}) + output("a")),
             Contains("a cycle of nodes"));
  CHECK_THAT(refused(node("Relu", {"a"}, {"a"}) + output("a")), Contains("a cycle of nodes"));
  CHECK_THAT(refused(x + node("Relu", {"x"}, {"y"}) + node("Relu", {"x"}, {"y"})),
             Contains("output 'y' again"));
  CHECK_THAT(refused(x + node("Relu", {"x"}, {"x"})), Contains("output 'x' again"));
  CHECK_THAT(refused(x + x), Contains("input 'x' again"));
  CHECK_THAT(refused(initializer("w", {1}) + initializer("w", {1})),
             Contains("initializer 'w' again"));
  CHECK_THAT(refused(initializer("", {1})), Contains("initializer without name"));
  CHECK_THAT(refused(node("Relu", {}, {})), Contains("found no output"));
  CHECK_THAT(refused(x + node("", {"x"}, {"y"})), Contains("a node without operator"));
  CHECK_THAT(refused(x + node("Relu", {""}, {"y"})), Contains("left out"));
  CHECK_THAT(refused(x + node("Relu", {"x"}, {"y"},
                              integer_attribute("a", 1) + integer_attribute("a", 2))),
             Contains("attribute 'a' again"));
  CHECK_THAT(refusal([&] { return parsed(x, 0); }), Contains("version 0"));
}

TEST_CASE("tensors that are none are refused by name") {
  CHECK_THAT(refused(initializer("w", {-1})), Contains("tensor 'w': found dimensions [-1]"));
  CHECK_THAT(refused(initializer("w", {std::int64_t{1} << 40, std::int64_t{1} << 40})),
             Contains("fewer than 2^58 elements"));
  CHECK_THAT(refused(initializer("w", {2}, field(9, "abc"))),
             Contains("found 3 bytes of values, expected 8 for f32 [2]"));
  CHECK_THAT(refused(initializer("w", {1}, field(9, "abcd") + field(4, "abcd"))),
             Contains("values in two forms"));
  CHECK_THAT(refused(initializer("w", {2}, number(7, 1), 7)),
             Contains("found 1 values, expected 2"));
  CHECK_THAT(refused(initializer("w", {1}, number(7, 1), 1)),
             Contains("values in field 7, expected field 4 for f32"));
  CHECK_THAT(refused(initializer("zero point", {1}, number(5, 300), 2)),
             Contains("tensor 'zero point': found value 300, expected one that fits u8"));
  CHECK_THAT(refused(initializer("w", {1}, number(5, -129), 3)), Contains("one that fits s8"));
  CHECK_THAT(refused(initializer("w", {1}, "", 99)), Contains("data type 99"));
  CHECK_THAT(refused(initializer("w", Shape(65, 1))), Contains("more than 64 dimensions"));
  CHECK_THAT(
      refused(field(11, field(1, "x") + field(2, field(1, field(2, field(1, number(1, -5))))))),
      Contains("dimension -5 of 'x'"));
}

TEST_CASE("operators that do not fit are refused by the node") {
  const auto convolution = [](const std::string& more) {
    return refused(node("Conv", {"x", "w"}, {"y"}, more) + input("x", {1, 4, 6, 6}) +
                   initializer("w", {4, 4, 3, 3}) + output("y"));
  };
  CHECK_THAT(convolution(list_attribute("strides", {0, 1})),
             Contains("m.onnx: node 'n_Conv' (Conv): attribute 'strides': found [0, 1]"));
  CHECK_THAT(convolution(list_attribute("pads", {-1, 0, 0, 0})), Contains("attribute 'pads'"));
  CHECK_THAT(convolution(integer_attribute("group", 3)), Contains("attribute 'group'"));
  CHECK_THAT(convolution(list_attribute("dilations", {9, 9})), Contains("kernel extent"));
  CHECK_THAT(
      refused(node("Concat", {"x", "x"}, {"y"}, integer_attribute("axis", 5)) + input("x", {2, 3})),
      Contains("attribute 'axis': found 5, expected -2 to 1"));
  const std::string zero = initializer("s", {}, field(4, std::string(4, '\0')));
  CHECK_THAT(refused(node("QuantizeLinear", {"x", "s"}, {"y"}) + input("x", {2}) + zero),
             Contains("finite numbers > 0"));
  const std::string huge = int64_initializer("t", {std::int64_t{1} << 40, std::int64_t{1} << 40});
  CHECK_THAT(refused(node("ConstantOfShape", {"t"}, {"y"}) + huge), Contains("2^63"));
}

TEST_CASE("calls of a model's functions become their nodes") {
  // twice(x) = block(block(x)); block(x, w; pad, stride = 2) = Relu(Conv(x, w))
  const std::string block =
      function("block", {"x", "w"}, {"y"},
               {bare_node("Conv", {"x", "w"}, {"c"},
                          attribute_reference("pads", "pad", 7) +
                              attribute_reference("strides", "stride", 7) +
                              attribute_reference("group", "missing")),
                bare_node("Relu", {"c"}, {"y"})},
               field(6, "pad") + field(11, list_attribute("stride", {2, 2}).substr(2)));
  const std::string twice =
      function("twice", {"a", "w"}, {"b"},
               {bare_node("block", {"a", "w"}, {"c"},
                          field(7, "local") + list_attribute("pad", {1, 1, 1, 1})),
                bare_node("block", {"c", "w"}, {"b"},
                          field(7, "local") + attribute_reference("pad", "edge", 7) +
                              list_attribute("stride", {1, 1}))},
               field(6, "edge"));
  const std::string graph = call("twice", {"x", "w"}, {"y"}, list_attribute("edge", {0, 0, 0, 0})) +
                            node("Relu", {"y"}, {"z"}) + input("x", {1, 4, 8, 8}) +
                            initializer("w", {4, 4, 3, 3}) + output("z");
  io::OnnxModel model = io::parse_onnx(messages::model(graph) + twice + block, "m.onnx");
  CHECK(io::infer_shapes(model).empty());
  CHECK(model.functions == std::vector<std::string>{"local.twice", "local.block"});
  REQUIRE(model.notes.size() == 1);
  CHECK_THAT(model.notes[0], Contains("3 of them"));
  REQUIRE(model.graph.nodes.size() == 5);
  CHECK(model.graph.nodes[0].name == "n_twice/n_block/n_Conv");
  CHECK(named(model, "n_twice/c").shape == Shape{1, 4, 4, 4});
  CHECK(named(model, "y").shape == Shape{1, 4, 2, 2});
  CHECK(named(model, "z").shape == Shape{1, 4, 2, 2});
  const auto sum = total(operator_costs(model.graph));
  CHECK(sum.macs == 4 * 16 * 36 + 4 * 4 * 36);
  CHECK(sum.parameters == 4 * 4 * 9);
  CHECK(sum.unknown_nodes == 0);
}

TEST_CASE("functions may hand on an input, leave out others, and have graphs inside") {
  // f(x, optional) = (x, x + 1, x + 1 again, Clip(x, optional))
  const std::string f =
      function("f", {"x", "least"}, {"x", "s", "s", "k"},
               {bare_node("Add", {"x", "one"}, {"s"}), bare_node("Clip", {"x", "least"}, {"k"}),
                bare_node("Constant", {}, {"one"},
                          field(5, field(1, "value_float") + number(20, 1) +
                                       std::string("\x15\0\0\x80\x3f", 5)))});
  const std::string graph = call("f", {"x"}, {"a", "b", "c", "d"}) +
                            call("f", {"d", ""}, {"", "e"}) + input("x", {2, 3}) + output("a") +
                            output("e");
  io::OnnxModel model = io::parse_onnx(messages::model(graph) + f, "m.onnx");
  CHECK(io::infer_shapes(model).empty());
  for (const char* name : {"a", "b", "c", "d", "e"}) CHECK(named(model, name).shape == Shape{2, 3});
  std::set<std::string> names;
  for (const Tensor& tensor : model.graph.tensors) CHECK(names.insert(tensor.name).second);

  // Inside a branch names are those of the function, and a call stands in it.
  const std::string g = function(
      "g", {"x", "go"}, {"y"},
      {bare_node("Relu", {"x"}, {"r"}),
       bare_node("If", {"go"}, {"y"},
                 graph_attribute("then_branch", call("f", {"r"}, {"", "t"}) + output("t")) +
                     graph_attribute("else_branch", node("Neg", {"r"}, {"t"}) + output("t")))});
  const std::string around =
      call("g", {"x", "go"}, {"y"}) + input("x", {2, 3}) + input("go", {}, 9) + output("y");
  CHECK(named(
            [&] {
              io::OnnxModel nested = io::parse_onnx(messages::model(around) + f + g, "m.onnx");
              (void)io::infer_shapes(nested);
              return nested;
            }(),
            "y")
            .shape == Shape{2, 3});
}

TEST_CASE("functions that do not fit are refused, and none makes a graph without end") {
  const std::string around = call("f", {"x"}, {"y"}) + input("x", {2}) + output("y");
  const auto refused_with = [&](const std::string& functions, const std::string& graph) {
    return refusal([&] { return io::parse_onnx(messages::model(graph) + functions, "m.onnx"); });
  };
  const auto calls = [](const std::string& name) {
    return bare_node(name, {"a"}, {"b"}, field(7, "local"));
  };
  const std::string relu = function("f", {"a"}, {"b"}, {bare_node("Relu", {"a"}, {"b"})});
  CHECK_THAT(refused_with(function("f", {"a"}, {"b"}, {calls("f")}), around),
             Contains("function 'local.f' within itself"));
  CHECK_THAT(refused_with(function("f", {"a"}, {"b"}, {calls("g")}) +
                              function("g", {"a"}, {"b"}, {calls("f")}),
                          around),
             Contains("function 'local.f' within itself"));
  const std::string branch = node("f", {"a"}, {"t"}, field(7, "local")) + output("t");
  CHECK_THAT(refused_with(
                 function("f", {"a"}, {"b"},
                          {bare_node("If", {"a"}, {"b"}, graph_attribute("then_branch", branch))}),
                 around),
             Contains("function 'local.f' within itself"));
  CHECK_THAT(refused_with(relu + relu, around), Contains("function 'local.f' again"));
  CHECK_THAT(refused_with(relu, call("f", {"x", "x"}, {"y"}) + input("x", {2})),
             Contains("2 inputs and 1 outputs"));
  CHECK_THAT(refused_with(function("f", {"a"}, {"b"}, {bare_node("Relu", {"q"}, {"b"})}), around),
             Contains("input 'q', which nothing defines, expected a tensor of its function"));
  CHECK_THAT(refused_with(function("f", {"a"}, {"b"}, {bare_node("Relu", {"a"}, {"c"})}), around),
             Contains("output 'b', which nothing defines"));
  CHECK_THAT(refused_with(function("f", {"a"}, {"a"}, {bare_node("Relu", {"a"}, {"a"})}), around),
             Contains("output 'a' again"));
  CHECK_THAT(refused_with(relu, node("Clip", {"x"}, {"y"}, attribute_reference("min", "least")) +
                                    input("x", {2})),
             Contains("a reference to attribute 'least' of a function"));

  // Each function calls the one before it twice.
  std::string doubling = function("f0", {"a"}, {"b"}, {bare_node("Relu", {"a"}, {"b"})});
  std::string deep = doubling;
  for (int i = 1; i < 40; ++i) {
    const std::string before = "f" + std::to_string(i - 1), name = "f" + std::to_string(i);
    doubling += function(name, {"a"}, {"b"},
                         {bare_node(before, {"a"}, {"c"}, field(7, "local")),
                          bare_node(before, {"c"}, {"b"}, field(7, "local"))});
    deep += function(name, {"a"}, {"b"}, {calls(before)});
  }
  const auto called = [](const std::string& name) {
    return call(name, {"x"}, {"y"}) + input("x", {2}) + output("y");
  };
  CHECK_THAT(refused_with(doubling, called("f30")),
             Contains("functions whose calls become too much"));
  CHECK_THAT(refused_with(deep, called("f39")), Contains("functions nested more than 32 deep"));
  CHECK(io::parse_onnx(messages::model(called("f9")) + doubling, "m.onnx").graph.nodes.size() ==
        512);
}

TEST_CASE("calls do not make much out of a small file, whatever they multiply") {
  const auto refused_with = [](const std::string& function, const std::string& calls) {
    return refusal([&] {
      return io::parse_onnx(messages::model(calls + input("x", {2}) + input("c", {}, 9)) + function,
                            "m.onnx");
    });
  };
  const std::string relu = bare_node("Relu", {"x"}, {"b"});
  std::string calls, defaults, branch;
  Names inputs = {"x"}, many, references;
  for (int i = 0; i < 2000; ++i) {
    const std::string number = std::to_string(i);
    calls += call("f", {"x"}, {"y" + number});
    defaults += field(11, integer_attribute("d" + number, 1).substr(2));
    inputs.push_back("i" + number);
    many.push_back(bare_node("Relu", {"x"}, {"t" + number}));
    branch += node("Relu", {"x"}, {"t" + number});
  }
  many.push_back(relu);
  const auto too_much = Contains("functions whose calls become too much");
  CHECK_THAT(refused_with(function("f", inputs, {"b"}, {relu}), calls), too_much);
  CHECK_THAT(refused_with(function("f", {"x"}, {"b"}, {relu}, defaults), calls), too_much);
  CHECK_THAT(refused_with(function("f", {"x"}, {"b"}, many),
                          call("f", {"x"}, {"y"}, field(3, std::string(20000, 'n')))),
             too_much);
  for (int i = 0; i < 200; ++i)
    references.push_back(bare_node(
        "If", {"c"}, {i == 0 ? "b" : "b" + std::to_string(i)},
        attribute_reference("then_branch", "g", 5) + attribute_reference("else_branch", "g", 5)));
  CHECK_THAT(refused_with(function("f", {"c"}, {"b"}, references),
                          call("f", {"c"}, {"y"}, graph_attribute("g", branch + output("t0")))),
             too_much);
}

TEST_CASE("graphs are nested up to a limit") {
  const auto nested = [](int depth) {
    std::string inner = node("Relu", {"x"}, {"t"}) + output("t");
    for (int i = 0; i < depth; ++i)
      inner = node("If", {"c"}, {"t"},
                   graph_attribute("then_branch", inner) + graph_attribute("else_branch", inner)) +
              output("t");
    return inner;
  };
  const std::string around = input("x", {2}) + input("c", {}, 9);
  CHECK(shape(around + nested(3), "t") == Shape{2});
  std::string deep = node("Relu", {"x"}, {"t"}) + output("t");
  for (int i = 0; i < 40; ++i)
    deep = node("If", {"c"}, {"t"}, graph_attribute("then_branch", deep)) + output("t");
  CHECK_THAT(refused(around + deep), Contains("graphs nested more than 32 deep"));
}

TEST_CASE("loops within loops do not multiply their passes") {
  // In every body what is carried grows, so that no pass finds what the one before found.
  std::string body = node("Identity", {"v"}, {"w"});
  for (int depth = 0; depth < 30; ++depth) {
    const std::string inner = body +
                              node("Concat", {"w", "w"}, {"grown"}, integer_attribute("axis", 0)) +
                              node("Identity", {"go"}, {"on"}) + input("i", {}, 7) +
                              input("go", {}, 9) + input("v", {2}) + output("on") + output("grown");
    body = node("Loop", {"", "", "v"}, {"w"}, graph_attribute("body", inner));
  }
  io::OnnxModel model = parsed(input("v", {2}) + body + output("w"));
  (void)io::infer_shapes(model);
  CHECK_FALSE(named(model, "w").has_shape());
}

TEST_CASE("a large graph is read in time that grows with its size") {
  std::string graph = input("x0", {2, 2});
  for (int i = 0; i < 20000; ++i)
    graph += node("Relu", {"x" + std::to_string(i)}, {"x" + std::to_string(i + 1)});
  graph += output("x20000");
  CHECK(shape(graph, "x20000") == Shape{2, 2});

  // Backwards, and with one node that reads all of the others.
  std::string backwards = input("x0", {2, 2}), all;
  Names names;
  for (int i = 5000; i > 0; --i) {
    backwards += node("Relu", {"x" + std::to_string(i - 1)}, {"x" + std::to_string(i)});
    names.push_back("x" + std::to_string(i));
  }
  backwards = node("Concat", names, {"y"}, integer_attribute("axis", 0)) + backwards + output("y");
  CHECK(shape(backwards, "y") == Shape{10000, 2});
}

TEST_CASE("a model of many symbols is read in time that grows with its size") {
  std::string graph = node("Relu", {"x0"}, {"y"}) + output("y");
  for (int i = 0; i < 2500; ++i) {
    std::string dimensions;
    for (int axis = 0; axis < 64; ++axis) dimensions += field(1, "");
    graph += field(11, field(1, "x" + std::to_string(i)) +
                           field(2, field(1, number(1, 1) + field(2, dimensions))));
  }
  CHECK(unbound_symbols(parsed(graph).graph).size() == 2500 * 64);
}

TEST_CASE("damaged models are read or refused with a sentence") {
  read_damaged_copies(model(small_graph()), 4000,
                      [](const std::string& bytes) { return io::parse_onnx(bytes, "m.onnx"); });
}

TEST_CASE("what the fuzzer kept is read or refused") {
  std::size_t files = 0, models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(EDGEOPT_ONNX_CORPUS)) {
    INFO(entry.path().filename().string());
    ++files;
    if (analyse_onnx_bytes(io::read_file(entry.path()))) ++models;
  }
  CHECK(files > 0);
  CHECK(models > 0);
  CHECK(models < files);
}

TEST_CASE("files are mapped, or read where they cannot be") {
  const TemporaryFolder folder;
  io::write_file(folder.path() / "m.onnx", model(small_graph()));
  CHECK(io::read_onnx(folder.path() / "m.onnx").graph.nodes.size() == 2);
  CHECK_THAT(refusal([&] { return io::read_onnx(folder.path() / "none.onnx"); }),
             Contains("cannot be read"));
  CHECK_THAT(refusal([&] { return io::read_onnx(folder.path()); }), Contains("cannot be read"));
  CHECK_THAT(
      refusal([&] { return io::read_onnx(folder.path() / "m.onnx", {.max_file_bytes = 10}); }),
      Contains("more than 10 bytes"));
  io::write_file(folder.path() / "empty.onnx", "");
  CHECK_THAT(refusal([&] { return io::read_onnx(folder.path() / "empty.onnx"); }),
             Contains("no bytes"));
}
