#include "edgeopt/shape_inference.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

namespace {

using List = std::vector<std::int64_t>;

/// A graph of one node over inputs and constants of the given types and shapes.
class OneNode {
 public:
  explicit OneNode(std::string op, std::string domain = "") {
    node_.name = "n";
    node_.op = std::move(op);
    node_.domain = std::move(domain);
  }

  OneNode& input(Shape shape, ElementType type = ElementType::f32) {
    node_.inputs.push_back(graph_.tensors.size());
    graph_.inputs.push_back(graph_.tensors.size());
    graph_.tensors.push_back(
        {"t" + std::to_string(graph_.tensors.size()), type, std::move(shape), false, {}});
    return *this;
  }
  OneNode& left_out() {
    node_.inputs.push_back(no_tensor);
    return *this;
  }
  /// A constant of integers, as next input.
  OneNode& integers(Shape shape, const List& numbers) {
    input(std::move(shape), ElementType::s64);
    graph_.inputs.pop_back();
    graph_.tensors.back().constant = true;
    graph_.tensors.back().data = Array::of<std::int64_t>(graph_.tensors.back().shape, numbers).data;
    return *this;
  }
  OneNode& with(std::string attribute, Attribute value) {
    node_.attributes.insert_or_assign(std::move(attribute), std::move(value));
    return *this;
  }
  OneNode& values(const std::vector<float>& numbers) {  // of the last input
    Tensor& tensor = graph_.tensors.back();
    graph_.inputs.pop_back();
    tensor.constant = true;
    tensor.data = Array::of<float>(tensor.shape, numbers).data;
    return *this;
  }

  [[nodiscard]] std::vector<TensorType> results() const { return infer_results(graph_, node_); }
  [[nodiscard]] TensorType result() const { return results().front(); }
  [[nodiscard]] Shape shape() const { return result().shape; }

  /// The complaint, which has to name the node.
  [[nodiscard]] std::string refusal() const {
    try {
      (void)result();
    } catch (const DomainError& error) {
      const std::string text = error.what();
      return text.find("'n'") == std::string::npos ? "does not name the node: " + text : text;
    }
    return "accepted";
  }

 private:
  Graph graph_;
  Node node_;
};

OneNode convolution(Shape x = {2, 4, 9, 8}, Shape weight = {6, 4, 3, 3}, Shape bias = {6}) {
  return OneNode("Conv").input(std::move(x)).input(std::move(weight)).input(std::move(bias));
}
OneNode pool() {
  return OneNode("MaxPool").input({2, 4, 9, 8}).with("kernel_shape", List{2, 2});
}
OneNode linear(Shape bias = {5}) {
  return OneNode("Gemm")
      .input({3, 7})
      .input({5, 7})
      .input(std::move(bias))
      .with("transB", std::int64_t{1});
}

const auto says = [](const std::string& part) { return Catch::Contains(part); };

}  // namespace

TEST_CASE("Conv: extents follow stride, padding, dilation and groups") {
  CHECK(convolution().shape() == Shape{2, 6, 7, 6});
  CHECK(convolution().with("pads", List{1, 1, 1, 1}).shape() == Shape{2, 6, 9, 8});
  CHECK(convolution().with("pads", List{0, 1, 2, 3}).shape() == Shape{2, 6, 9, 10});
  CHECK(convolution().with("strides", List{2, 3}).shape() == Shape{2, 6, 4, 2});
  CHECK(convolution().with("dilations", List{4, 3}).shape() == Shape{2, 6, 1, 2});
  CHECK(convolution({2, 4, 9, 8}, {6, 2, 3, 3}).with("group", std::int64_t{2}).shape() ==
        Shape{2, 6, 7, 6});
  CHECK(convolution({1, 4, 9}, {6, 4, 3}).shape() == Shape{1, 6, 7});  // one spatial axis
  CHECK(convolution({1, 4, 9, 9, 9}, {6, 4, 3, 1, 9}).shape() == Shape{1, 6, 7, 9, 1});
}

TEST_CASE("Conv: the last window of every shape fits, and one more would not") {
  Random random(21);
  for (int i = 0; i < 500; ++i) {
    const auto pick = [&random](std::uint64_t low, std::uint64_t high) {
      return static_cast<std::int64_t>(low + random.below(high - low + 1));
    };
    const std::int64_t extent = pick(1, 30), kernel = pick(1, 5), stride = pick(1, 4),
                       dilation = pick(1, 3), begin = pick(0, 3), end = pick(0, 3);
    const std::int64_t window = dilation * (kernel - 1) + 1;
    const OneNode node = convolution({1, 1, extent}, {6, 1, kernel})
                             .with("strides", List{stride})
                             .with("dilations", List{dilation})
                             .with("pads", List{begin, end});
    if (window > extent + begin + end) {
      REQUIRE_THAT(node.refusal(), says("kernel extent"));
      continue;
    }
    const std::int64_t outputs = node.shape()[2];
    REQUIRE((outputs - 1) * stride + window <= extent + begin + end);
    REQUIRE(outputs * stride + window > extent + begin + end);
  }
}

TEST_CASE("Conv: malformed attributes and operands are refused by name") {
  CHECK_THAT(convolution().with("strides", List{0, 1}).refusal(), says("'strides'"));
  CHECK_THAT(convolution().with("strides", List{1}).refusal(), says("2 integers >= 1"));
  CHECK_THAT(convolution().with("dilations", List{1, -1}).refusal(), says("'dilations'"));
  CHECK_THAT(convolution().with("pads", List{-1, 0, 0, 0}).refusal(), says("'pads'"));
  CHECK_THAT(convolution().with("pads", List{1, 1}).refusal(), says("4 integers >= 0"));
  CHECK_THAT(convolution().with("group", std::int64_t{0}).refusal(), says("'group'"));
  CHECK_THAT(convolution().with("group", std::int64_t{3}).refusal(), says("'group'"));
  CHECK_THAT(convolution().with("group", 2.0).refusal(), says("another type"));
  CHECK_THAT(convolution().with("auto_pad", std::string("SAME")).refusal(), says("auto_pad"));
  CHECK_THAT(convolution().with("kernel_shape", List{5, 5}).refusal(), says("kernel_shape"));
  CHECK_THAT(convolution({2, 4, 2, 8}).refusal(), says("kernel extent"));
  CHECK_THAT(convolution({2, 3, 9, 8}).refusal(), says("input channels"));
  CHECK_THAT(convolution({2, 4, 9}).refusal(), says("extents"));
  CHECK_THAT(convolution({2, 4}).refusal(), says("spatial"));
  CHECK_THAT(convolution({2, 4, 9, 8}, {6, 4, 3, 3}, {5}).refusal(), says("[6]"));
  CHECK_THAT(OneNode("Conv").input({1, 1, 5, 5}).refusal(), says("number of inputs"));
  CHECK_THAT(OneNode("Conv").input({1, 1, 5, 5}).input({1, 1, 3, 3}, ElementType::f16).refusal(),
             says("type of"));
  CHECK_THAT(OneNode("Conv").input({1, 1, 5, 5}, ElementType::u8).input({1, 1, 3, 3}).refusal(),
             says("type of"));
  constexpr std::int64_t huge = std::int64_t{1} << 62;
  CHECK_THAT(convolution({huge, 4, 9, 8}).refusal(), says("fits 64 bits"));
}

TEST_CASE("MaxPool: windows without padding are floored, the type is kept") {
  CHECK(pool().with("strides", List{2, 2}).shape() == Shape{2, 4, 4, 4});
  CHECK(pool().shape() == Shape{2, 4, 8, 7});
  CHECK(OneNode("MaxPool")
            .input({1, 1, 4, 4}, ElementType::u8)
            .with("kernel_shape", List{2, 2})
            .result()
            .type == ElementType::u8);
}

TEST_CASE("windows that pad themselves, and windows that the ceiling adds") {
  const auto same = [](const char* kind) {
    return convolution().with("strides", List{2, 3}).with("auto_pad", std::string(kind)).shape();
  };
  CHECK(same("SAME_UPPER") == Shape{2, 6, 5, 3});
  CHECK(same("SAME_LOWER") == Shape{2, 6, 5, 3});
  CHECK(same("VALID") == Shape{2, 6, 4, 2});
  const auto ceiled = [](std::int64_t extent, std::int64_t kernel, std::int64_t stride,
                         std::int64_t end) {
    return OneNode("MaxPool")
        .input({1, 1, extent})
        .with("kernel_shape", List{kernel})
        .with("strides", List{stride})
        .with("pads", List{0, end})
        .with("ceil_mode", std::int64_t{1})
        .shape()[2];
  };
  CHECK(ceiled(5, 2, 2, 0) == 3);
  CHECK(ceiled(4, 2, 2, 0) == 2);
  CHECK(ceiled(4, 2, 4, 1) == 1);  // the next window would begin behind the input
}

TEST_CASE("extents that are not known stay unknown, and the rest is checked all the same") {
  CHECK(convolution({-1, 4, -1, 8}).shape() == Shape{-1, 6, -1, 6});
  CHECK_THAT(convolution({-1, 3, -1, 8}).refusal(), says("input channels"));
  CHECK(OneNode("Add").input({-1, 3}).input({4, 1}).shape() == Shape{4, 3});
  CHECK(OneNode("Add").input({-1, 3}).input({1, 3}).shape() == Shape{-1, 3});
  CHECK_THAT(OneNode("Add").input({-1, 3}).input({2, 4}).refusal(), says("broadcast"));
  CHECK(OneNode("Flatten").input({-1, 3, 4}).shape() == Shape{-1, 12});
  CHECK(OneNode("Concat").input({-1, 3}).input({2, 3}).with("axis", std::int64_t{0}).shape() ==
        Shape{-1, 3});
  CHECK(OneNode("MatMul").input({-1, 7, 3}).input({3, 5}).shape() == Shape{-1, 7, 5});
}

TEST_CASE("MaxPool: malformed nodes are refused by name") {
  CHECK_THAT(OneNode("MaxPool").input({2, 4, 9, 8}).refusal(), says("'kernel_shape'"));
  CHECK_THAT(pool().with("kernel_shape", List{2}).refusal(), says("'kernel_shape'"));
  CHECK_THAT(pool().with("kernel_shape", List{2, 9}).refusal(), says("kernel extent"));
  CHECK_THAT(pool().with("strides", List{2, 0}).refusal(), says("'strides'"));
  CHECK_THAT(pool().with("pads", List{2, 0, 0, 0}).refusal(), says("less than the kernel"));
  CHECK_THAT(OneNode("MaxPool").input({2, 4}).refusal(), says("spatial"));
}

TEST_CASE("Flatten: the axis splits the extents") {
  const auto flatten = [](std::int64_t axis) {
    return OneNode("Flatten").input({2, 3, 4, 5}).with("axis", axis);
  };
  CHECK(OneNode("Flatten").input({2, 3, 4, 5}).shape() == Shape{2, 60});
  CHECK(flatten(0).shape() == Shape{1, 120});
  CHECK(flatten(4).shape() == Shape{120, 1});
  CHECK(flatten(-1).shape() == Shape{24, 5});
  CHECK_THAT(flatten(5).refusal(), says("-4 to 4"));
  CHECK_THAT(flatten(-5).refusal(), says("'axis'"));
}

TEST_CASE("Gemm: inner extents have to agree and the third operand to broadcast") {
  CHECK(linear().shape() == Shape{3, 5});
  CHECK(linear({1, 5}).shape() == Shape{3, 5});
  CHECK(linear({3, 1}).shape() == Shape{3, 5});
  CHECK(linear({}).shape() == Shape{3, 5});
  CHECK(OneNode("Gemm").input({7, 3}).input({7, 5}).with("transA", std::int64_t{1}).shape() ==
        Shape{3, 5});
  CHECK_THAT(linear({3}).refusal(), says("broadcasts to [3, 5]"));
  CHECK_THAT(linear({1, 1, 5}).refusal(), says("broadcasts"));
  CHECK_THAT(OneNode("Gemm").input({3, 7}).input({5, 7}).refusal(), says("inner extent"));
  CHECK_THAT(OneNode("Gemm").input({3, 7, 1}).input({7, 5}).refusal(), says("2 extents"));
}

TEST_CASE("Resize: extents follow scales of f32, as whoever wrote the file multiplied them") {
  const auto resized = [](std::int64_t extent, float scale) {
    return OneNode("Upsample").input({extent}).input({1}).values({scale}).shape()[0];
  };
  CHECK(resized(17, 33.0f / 17.0f) == 33);  // 32.99999904 in double
  CHECK(resized(18, 35.0f / 18.0f) == 35);
  CHECK(resized(7, 1.5f) == 10);
  Random random(5);
  for (int i = 0; i < 200; ++i) {
    const auto extent = static_cast<std::int64_t>(1 + random.below(600));
    const float scale = 0.1f + static_cast<float>(random.below(4000)) / 1000.0f;
    CHECK(resized(extent, scale) == static_cast<std::int64_t>(static_cast<float>(extent) * scale));
  }
}

TEST_CASE("attention without softmax, causal convolutions and gates: of operator sets 27 and 28") {
  const auto linear = [](std::int64_t heads, std::int64_t kv_heads) {
    return OneNode("LinearAttention")
        .input({2, 5, 12})
        .input({2, 5, 6})
        .input({2, 5, 8})
        .with("q_num_heads", heads)
        .with("kv_num_heads", kv_heads);
  };
  CHECK(linear(4, 2).results() ==
        std::vector<TensorType>{{ElementType::f32, {2, 5, 16}}, {ElementType::f32, {2, 2, 3, 4}}});
  CHECK_THAT(linear(0, 2).refusal(), says("q_num_heads"));
  const auto causal = [](Shape weight) {
    return OneNode("CausalConvWithState").input({2, 4, 9}).input(std::move(weight));
  };
  CHECK(causal({4, 1, 3}).results() ==
        std::vector<TensorType>{{ElementType::f32, {2, 4, 9}}, {ElementType::f32, {2, 4, 2}}});
  CHECK_THAT(causal({4, 2, 3}).refusal(), says("[4, 1, 3]"));
  CHECK_THAT(causal({4, 1, 0}).refusal(), says("a kernel of 1"));
  CHECK(OneNode("SwiGLU").input({2, 3}).input({2, 3}).shape() == Shape{2, 3});
  CHECK_THAT(OneNode("SwiGLU").input({2, 3}).input({3}).refusal(), says("[2, 3]"));
}

TEST_CASE("operators of other domains") {
  CHECK(OneNode("LabelEncoder", "ai.onnx.ml")
            .input({5}, ElementType::string)
            .with("values_floats", std::vector<double>{1, 2})
            .result() == TensorType{ElementType::f32, {5}});
  CHECK(OneNode("TreeEnsembleClassifier", "ai.onnx.ml")
            .input({7, 4})
            .with("classlabels_strings", std::vector<std::string>{"a", "b", "c"})
            .results() ==
        std::vector<TensorType>{{ElementType::string, {7}}, {ElementType::f32, {7, 3}}});
  CHECK(OneNode("ArrayFeatureExtractor", "ai.onnx.ml")
            .input({3, 4})
            .input({1, 2}, ElementType::s64)
            .shape() == Shape{3, 2});
  OneNode adam("Adam", "ai.onnx.preview.training");
  adam.input({}).input({}, ElementType::s64);
  for (int i = 0; i < 4; ++i) adam.input({2}).input({3, 4});
  const std::vector<TensorType> updated = adam.results();
  REQUIRE(updated.size() == 6);  // two tensors with two sums each
  CHECK(updated[1].shape == Shape{3, 4});
  CHECK_THAT(adam.input({2}).refusal(), says("number of inputs"));
  const auto fused = [](std::int64_t trans_a, std::int64_t trans_batch_a) {
    return OneNode("FusedMatMul", "com.microsoft")
        .input({3, 2, 5, 7})
        .input({2, 5, 7, 4})
        .with("transA", trans_a)
        .with("transBatchA", trans_batch_a);
  };
  CHECK(fused(0, 1).shape() == Shape{2, 5, 3, 4});
  CHECK_THAT(fused(1, 1).refusal(), says("inner extent"));
  CHECK(OneNode("DynamicQuantizeLSTM", "com.microsoft")
            .input({9, 2, 6})
            .input({2, 6, 20}, ElementType::s8)
            .input({2, 5, 20}, ElementType::s8)
            .with("direction", std::string("bidirectional"))
            .shape() == Shape{9, 2, 2, 5});
}

TEST_CASE("QuantizeLinear and DequantizeLinear: types come from the zero point and the scale") {
  const auto quantize = [](Shape scale, Shape zero_point, ElementType type) {
    return OneNode("QuantizeLinear")
        .input({2, 4, 3})
        .input(std::move(scale))
        .input(std::move(zero_point), type);
  };
  CHECK(quantize({}, {}, ElementType::u8).result() == TensorType{ElementType::u8, {2, 4, 3}});
  CHECK(quantize({4}, {4}, ElementType::s8).result().type == ElementType::s8);
  CHECK(OneNode("QuantizeLinear").input({2}).input({}).result().type == ElementType::u8);
  CHECK_THAT(quantize({3}, {3}, ElementType::s8).refusal(), says("[4]"));
  CHECK_THAT(quantize({4}, {}, ElementType::s8).refusal(), says("[4]"));
  CHECK_THAT(quantize({}, {}, ElementType::s32).refusal(), says("u8 or s8"));
  CHECK_THAT(quantize({4}, {4}, ElementType::u8).with("axis", std::int64_t{3}).refusal(),
             says("'axis'"));

  const auto dequantize = [](ElementType type) {
    return OneNode("DequantizeLinear").input({5, 2}, type).input({5}).with("axis", std::int64_t{0});
  };
  CHECK(dequantize(ElementType::s8).result() == TensorType{ElementType::f32, {5, 2}});
  CHECK_THAT(dequantize(ElementType::f32).refusal(), says("u8 or s8 or s32"));
  CHECK_THAT(OneNode("DequantizeLinear")
                 .input({5}, ElementType::u8)
                 .input({})
                 .input({}, ElementType::s8)
                 .refusal(),
             says("type of"));
}

TEST_CASE("known scales have to be positive and finite") {
  for (const float bad : {0.0f, -1.0f, std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()})
    CHECK_THAT(OneNode("QuantizeLinear").input({2}).input({1}).values({bad}).refusal(),
               says("finite numbers > 0"));
  CHECK(OneNode("QuantizeLinear").input({2}).input({1}).values({0.5f}).shape() == Shape{2});
}

TEST_CASE("Einsum: axes of the ellipsis broadcast, and every operand is there") {
  const auto product = [](Shape a, Shape b) {
    return OneNode("Einsum")
        .input(std::move(a))
        .input(std::move(b))
        .with("equation", std::string("...ij,...jk->...ik"));
  };
  CHECK(product({-1, 1, 3}, {1, 3, 4}).shape() == Shape{-1, 1, 4});
  CHECK(product({1, 3, 4}, {-1, 4, 2}).shape() == Shape{-1, 3, 2});
  CHECK(product({-1, 1, 3}, {5, 3, 4}).shape() == Shape{5, 1, 4});
  CHECK_THAT(product({2, 2, 3}, {5, 3, 4}).refusal(), says("extent 2 for axis -1 of '...'"));
  CHECK_THAT(product({2, 2, 3}, {2, 4, 4}).refusal(), says("extent 3 for each 'j'"));
  CHECK_THAT(OneNode("Einsum")
                 .input({2, 3})
                 .left_out()
                 .with("equation", std::string("ij,jk->ik"))
                 .refusal(),
             says("input 1 is left out"));
}

TEST_CASE("Resize: one scale for all axes, known where those are that it resizes") {
  const auto resized = [](Shape x) {
    return OneNode("Resize")
        .input(std::move(x))
        .left_out()
        .left_out()
        .integers({2}, {7, 8})
        .with("axes", List{2, 3})
        .with("keep_aspect_ratio_policy", std::string("not_larger"))
        .shape();
  };
  CHECK(resized({1, 3, 20, 40}) == Shape{1, 3, 4, 8});
  CHECK(resized({-1, 3, 20, 40}) == Shape{-1, 3, 4, 8});
  CHECK(resized({1, 3, -1, 40}) == Shape{1, 3, -1, -1});
}

TEST_CASE("Slice: backwards it begins within the axis, and may end before it") {
  const auto cut = [](std::int64_t extent, std::int64_t start, std::int64_t end) {
    return OneNode("Slice")
        .input({extent})
        .integers({1}, {start})
        .integers({1}, {end})
        .integers({1}, {0})
        .integers({1}, {-1})
        .shape()[0];
  };
  CHECK(cut(5, -1, -100) == 5);
  CHECK(cut(5, 100, 1) == 3);
  CHECK(cut(5, -100, -200) == 1);
  CHECK(cut(0, -100, -200) == 0);
  CHECK(cut(0, 3, 0) == 0);
}

TEST_CASE("sequences take bounded time and memory") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK_FALSE(OneNode("SplitToSequence")
                  .input({most}, ElementType::u8)
                  .integers({}, {most / 2 + 2})
                  .result()
                  .ranked);
  detail::ValueStore values;
  values.resize(1024);
  const TensorType element{ElementType::f32, Shape(64, 1), true};
  std::size_t kept = 0;
  for (TensorId id = 0; id < 1024; ++id)
    if (values.keep(id, detail::KnownValues::of(std::vector<TensorType>(1024, element)))) ++kept;
  CHECK(kept > 0);
  CHECK(kept < 32);
}

TEST_CASE("values of a constant count where all of them are there") {
  Graph graph;
  graph.tensors = {{"x", ElementType::f32, {2, 3}, false, {}}};
  graph.inputs = {0};
  for (const char* name : {"k", "y"})
    graph.tensors.push_back({name, ElementType::f32, {}, false, {}});
  Array half = Array::of<std::int64_t>({1}, List{6});
  half.shape = {2};
  graph.nodes = {{"k", "Constant", {}, {1}, {{"value", half}}}, {"y", "Reshape", {0, 1}, {2}, {}}};
  graph.outputs = {2};
  infer_shapes(graph);
  CHECK(graph.tensors[2].shape == Shape{-1, -1});
}

TEST_CASE("values that no network can mean are refused") {
  const auto unpooled = [](const List& shape) {
    return OneNode("MaxUnpool")
        .input({1, 1, 2, 2})
        .input({1, 1, 2, 2}, ElementType::s64)
        .integers({static_cast<std::int64_t>(shape.size())}, shape)
        .with("kernel_shape", List{2, 2});
  };
  CHECK(unpooled({1, 1, 5, 4}).shape() == Shape{1, 1, 5, 4});
  CHECK_THAT(unpooled({1, 1, -5, 4}).refusal(), says("4 extents >= 0"));
  CHECK_THAT(unpooled({1, 1}).refusal(), says("4 extents >= 0"));
  OneNode mel("MelWeightMatrix");
  mel.integers({}, {-5}).integers({}, {16}).integers({}, {8000}).input({}).input({});
  CHECK_THAT(mel.refusal(), says("an integer >= 0"));
  CHECK_THAT(OneNode("Multinomial").input({1, 3}).with("sample_size", std::int64_t{-5}).refusal(),
             says("sample_size"));
  CHECK_THAT(convolution({2, 4, 9, 8}, {6, 4, 0, 3}).refusal(), says("a kernel of extents >= 1"));
  CHECK_THAT(OneNode("Reshape")
                 .input({0, 3})
                 .integers({2}, {0, -1})
                 .with("allowzero", std::int64_t{1})
                 .refusal(),
             says("either 0 or -1"));
}

TEST_CASE("LayerNormalization: stash_type is the type of the statistics") {
  OneNode norm("LayerNormalization");
  norm.input({2, 4}, ElementType::f16).input({4}, ElementType::f16);
  CHECK(norm.results()[1].type == ElementType::f32);
  CHECK(norm.with("stash_type", std::int64_t{16}).results()[1].type == ElementType::bf16);
}

TEST_CASE("zero points of com.microsoft's quantised operators may be left out") {
  const auto u8 = ElementType::u8;
  OneNode sum("QLinearAdd", "com.microsoft");
  sum.input({2, 3}, u8).input({}).left_out().input({3}, u8).input({}).left_out().input({});
  CHECK(sum.result() == TensorType{u8, {2, 3}});
  OneNode sigmoid("QLinearSigmoid", "com.microsoft");
  CHECK(sigmoid.input({2, 3}, u8).input({}).left_out().input({}).result() ==
        TensorType{u8, {2, 3}});
  OneNode pool("QLinearAveragePool", "com.microsoft");
  pool.input({1, 2, 4, 4}, u8).input({}).left_out().input({}).with("kernel_shape", List{2, 2});
  CHECK(pool.shape() == Shape{1, 2, 3, 3});
  OneNode bare("QLinearAdd", "com.microsoft");
  bare.input({2}, u8).left_out().left_out().input({2}, u8).input({}).left_out().input({});
  CHECK_THAT(bare.refusal(), says("input 1 is left out"));
  OneNode joined("QLinearConcat", "com.microsoft");
  joined.input({}).input({}, u8).input({2, 3}, u8).input({}).input({}, u8);
  CHECK_THAT(joined.left_out().input({}).input({}, u8).refusal(), says("input 5 is left out"));
}

TEST_CASE("an unknown operator is refused with the nearest known one") {
  CHECK_THAT(OneNode("Rellu").input({1}).refusal(), says("did you mean 'Relu'?"));
  CHECK_THAT(OneNode("").input({1}).refusal(), says("unknown"));
}

namespace {

/// x -> Relu -> y -> Relu -> z
Graph two_nodes() {
  Graph graph;
  for (const char* name : {"x", "y", "z"})
    graph.tensors.push_back({name, ElementType::f32, {2, 3}, false, {}});
  graph.nodes = {{"a", "Relu", {0}, {1}, {}}, {"b", "Relu", {1}, {2}, {}}};
  graph.inputs = {0};
  graph.outputs = {2};
  return graph;
}

}  // namespace

TEST_CASE("infer_shapes fills a whole graph") {
  Graph graph = two_nodes();
  graph.tensors[0].shape = {7};
  infer_shapes(graph);
  CHECK(graph.tensors[2].shape == Shape{7});
}

TEST_CASE("infer_shapes refuses graphs that cannot be run in their order") {
  const auto refused = [](const auto& spoil, const std::string& part) {
    Graph graph = two_nodes();
    spoil(graph);
    CHECK_THROWS_WITH(infer_shapes(graph), Catch::Contains(part));
    CHECK_THROWS_AS(infer_shapes(graph), DomainError);
  };
  refused([](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }, "node 'b' (Relu): input");
  refused([](Graph& g) { g.nodes[0].inputs = {1}; }, "defined before this node");
  refused([](Graph& g) { g.nodes[0].inputs = {9}; }, "tensor 9");
  refused([](Graph& g) { g.nodes[0].inputs = {no_tensor}; }, "left out");
  refused([](Graph& g) { g.nodes[1].outputs = {1}; }, "nothing else defines");
  refused([](Graph& g) { g.nodes[1].outputs = {0}; }, "nothing else defines");
  refused([](Graph& g) { g.nodes[1].outputs = {2, 1}; }, "number of outputs");
  refused([](Graph& g) { g.nodes[1].name = "a"; }, "no other node");
  refused([](Graph& g) { g.nodes[1].name.clear(); }, "no other node");
  refused([](Graph& g) { g.tensors[1].name = "x"; }, "no other tensor");
  refused([](Graph& g) { g.tensors[0].shape = {2, -3}; }, "extents >= 0");
  refused([](Graph& g) { g.nodes[1].outputs = {no_tensor}; }, "every output");
  refused(
      [](Graph& g) {  // the graph inside reads what nobody has defined
        auto inner = std::make_shared<Graph>();
        inner->tensors = {{"q", ElementType::f32, {2, 3}, false, {}}};
        inner->inputs = inner->outputs = {0};
        g.nodes[1].op = "If";
        g.nodes[1].attributes = {{"then_branch", Subgraph{inner, {77}}},
                                 {"else_branch", Subgraph{inner, {0}}}};
      },
      "tensor 77");
  refused([](Graph& g) { g.inputs = {0, 0}; }, "graph input");
  refused([](Graph& g) { g.outputs = {5}; }, "graph output");
  refused(
      [](Graph& g) {
        g.tensors.push_back({"w", ElementType::f32, {2}, true, std::vector<std::byte>(3)});
      },
      "3 bytes");
}
