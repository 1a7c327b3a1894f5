// SPDX-License-Identifier: MIT
/// @file
/// What is known of each operator: a line for each, in alphabetical order. A new operator is a
/// line here and, where none of the existing functions fits, a function in the header of its
/// family.
#pragma once

#include <algorithm>  // std::lower_bound
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>  // std::begin, std::end, std::size
#include <string_view>
#include <variant>  // std::get_if
#include <vector>

#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/classical.hpp"
#include "edgeopt/operators/detail/control_flow.hpp"
#include "edgeopt/operators/detail/conversion.hpp"
#include "edgeopt/operators/detail/convolution.hpp"
#include "edgeopt/operators/detail/elementwise.hpp"
#include "edgeopt/operators/detail/indexing.hpp"
#include "edgeopt/operators/detail/matrix.hpp"
#include "edgeopt/operators/detail/quantization.hpp"
#include "edgeopt/operators/detail/rearrangement.hpp"
#include "edgeopt/operators/detail/reduction.hpp"
#include "edgeopt/operators/detail/sequences.hpp"
#include "edgeopt/operators/detail/signal.hpp"
#include "edgeopt/operators/detail/site.hpp"
#include "edgeopt/operators/detail/work.hpp"

namespace edgeopt::inline v0::detail {

/// Inputs by their position, as bits.
using Inputs = std::uint32_t;
[[nodiscard]] constexpr Inputs at(std::initializer_list<unsigned> positions) {
  Inputs bits = 0;
  for (const unsigned position : positions) bits |= Inputs{1} << position;
  return bits;
}

/// What a rule can say something of.
enum class Operands : std::uint8_t {
  tensors,  ///< whose ranks are known
  any,      ///< sequences and what is not known too
};

struct Operator {
  std::string_view name;
  void (*infer)(Site&);       ///< types and shapes of the results
  Work (*work)(const Site&);  ///< operations, once the shapes are known
  Traffic traffic = Traffic::streams;
  Inputs settings = 0;  ///< floating constants that are no parameters: scales, states, factors
  Inputs weights = 0;   ///< integer constants that are parameters
  Operands operands = Operands::tensors;
};

inline constexpr Operator operators_of_onnx[] = {
    {"Abs", unary_arithmetic, per_result<1>},
    {"Acos", unary, per_result<1>},
    {"Acosh", unary, per_result<1>},
    {"Add", broadcasting, per_result<1>},
    {"AffineGrid", affine_grid, affine_grid_work},
    {"And", comparing, per_result<1>},
    {"ArgMax", arg_reduce, per_input<1>},
    {"ArgMin", arg_reduce, per_input<1>},
    {"Asin", unary, per_result<1>},
    {"Asinh", unary, per_result<1>},
    {"Atan", unary, per_result<1>},
    {"Atanh", unary, per_result<1>},
    {"Attention", attention, attention_work},
    {"AveragePool", pooling, pooling_work},
    {"BatchNormalization", batch_normalization, per_result<2>},
    {"Bernoulli", generated_like, per_result<1>},
    {"BitCast", bit_cast, no_work, Traffic::renames},
    {"BitShift", broadcasting, per_result<1>},
    {"BitwiseAnd", broadcasting, per_result<1>},
    {"BitwiseNot", unary, per_result<1>},
    {"BitwiseOr", broadcasting, per_result<1>},
    {"BitwiseXor", broadcasting, per_result<1>},
    {"BlackmanWindow", window, per_result<3>, Traffic::creates},
    {"Cast", cast, per_result<1>},
    {"CastLike", cast_like, per_result<1>},
    {"CausalConvWithState", causal_convolution, convolution_work<1, 2>},
    {"Ceil", unary_arithmetic, per_result<1>},
    {"Celu", unary, per_result<1>},
    {"CenterCropPad", center_crop_pad, no_work, Traffic::selects},
    {"Clip", clip, per_result<2>},
    {"Col2Im", col2im, per_input<1>},
    {"Compress", compress, no_work},
    {"Concat", concat, no_work},
    {"ConcatFromSequence", concat_from_sequence, no_work, Traffic::streams, 0, 0, Operands::any},
    {"Constant", constant, no_work, Traffic::renames},
    {"ConstantOfShape", constant_of_shape, no_work, Traffic::creates},
    {"Conv", convolution, convolution_work<1, 2>},
    {"ConvInteger", convolution_of_integers, convolution_work<1, no_bias>, Traffic::streams, 0,
     at({1})},
    {"ConvTranspose", transposed_convolution, transposed_convolution_work},
    {"Cos", unary, per_result<1>},
    {"Cosh", unary, per_result<1>},
    {"CumProd", like_first_of_two, per_result<1>},
    {"CumSum", like_first_of_two, per_result<1>},
    {"DFT", fourier_transform, unknown_work},
    {"DeformConv", deformed_convolution, convolution_work<1, 3>},
    {"DepthToSpace", depth_to_space, no_work},
    {"DequantizeLinear", dequantize_linear, per_result<2>, Traffic::streams, at({1}), at({0})},
    {"Det", determinant, unknown_work},
    {"Div", broadcasting, per_result<1>},
    {"Dropout", dropout, no_work},
    {"DynamicQuantizeLinear", dynamic_quantize_linear, per_result<4>},
    {"Einsum", einsum, einsum_work},
    {"Elu", unary, per_result<1>},
    {"Equal", comparing, per_result<1>},
    {"Erf", unary, per_result<1>},
    {"Exp", unary, per_result<1>},
    {"Expand", expand, no_work},
    {"EyeLike", generated_like, no_work, Traffic::creates},
    {"Flatten", flatten, no_work, Traffic::renames},
    {"Floor", unary_arithmetic, per_result<1>},
    {"GRU", recurrent, recurrent_work<8>, Traffic::streams, at({5})},
    {"Gather", gather, no_work, Traffic::selects},
    {"GatherElements", gather_elements, no_work, Traffic::selects},
    {"GatherND", gather_nd, no_work, Traffic::selects},
    {"Gelu", unary, per_result<1>},
    {"Gemm", gemm, gemm_work<2>},
    {"GlobalAveragePool", global_pooling, per_input<1>},
    {"GlobalLpPool", global_pooling, per_input<2>},
    {"GlobalMaxPool", global_pooling, per_input<1>},
    {"Greater", comparing, per_result<1>},
    {"GreaterOrEqual", comparing, per_result<1>},
    {"GridSample", grid_sample, grid_sample_work},
    {"GroupNormalization", normalization, per_result<5>},
    {"HammingWindow", window, per_result<3>, Traffic::creates},
    {"HannWindow", window, per_result<3>, Traffic::creates},
    {"HardSigmoid", unary, per_result<1>},
    {"HardSwish", unary, per_result<1>},
    {"Hardmax", along_axis, per_result<1>},
    {"Identity", identity, no_work, Traffic::renames, 0, 0, Operands::any},
    {"If", branch, inner_work},
    {"ImageDecoder", image_decoder, unknown_work, Traffic::creates},
    {"InstanceNormalization", normalization, per_result<5>},
    {"IsInf", unary_test, per_result<1>},
    {"IsNaN", unary_test, per_result<1>},
    {"LRN", normalization, local_normalization_work},
    {"LSTM", recurrent, recurrent_work<9>, Traffic::streams, at({5, 6})},
    {"LayerNormalization", layer_normalization, per_result<5>},
    {"LeakyRelu", unary, per_result<1>},
    {"Less", comparing, per_result<1>},
    {"LessOrEqual", comparing, per_result<1>},
    {"LinearAttention", linear_attention, linear_attention_work},
    {"Log", unary, per_result<1>},
    {"LogSoftmax", along_axis, per_result<softmax_operations>},
    {"Loop", loop, inner_work},
    {"LpNormalization", along_axis, per_result<3>},
    {"LpPool", pooling, pooling_work},
    {"MatMul", matrix_product, matrix_product_work<no_bias>},
    {"MatMulInteger", matrix_product_of_integers, matrix_product_work<no_bias>, Traffic::streams, 0,
     at({0, 1})},
    {"Max", broadcasting_all, per_operand},
    {"MaxPool", pooling, pooling_work},
    {"MaxRoiPool", pooling_of_regions, unknown_work},
    {"MaxUnpool", unpooling, no_work},
    {"Mean", broadcasting_all, per_operand},
    {"MeanVarianceNormalization", normalization, per_result<5>},
    {"MelWeightMatrix", mel_weight_matrix, unknown_work, Traffic::creates},
    {"Min", broadcasting_all, per_operand},
    {"Mish", unary, per_result<1>},
    {"Mod", broadcasting, per_result<1>},
    {"Mul", broadcasting, per_result<1>},
    {"Multinomial", multinomial, unknown_work},
    {"Neg", unary_arithmetic, per_result<1>},
    {"NegativeLogLikelihoodLoss", loss, per_input<1>},
    {"NonMaxSuppression", non_max_suppression, unknown_work},
    {"NonZero", non_zero, per_input<1>},
    {"Not", unary_test, per_result<1>},
    {"OneHot", one_hot, no_work},
    {"Optional", optional_value, no_work, Traffic::renames, 0, 0, Operands::any},
    {"OptionalGetElement", optional_value, no_work, Traffic::renames, 0, 0, Operands::any},
    {"OptionalHasElement", optional_has_element, no_work, Traffic::creates, 0, 0, Operands::any},
    {"Or", comparing, per_result<1>},
    {"PRelu", parametric_relu, per_result<1>},
    {"Pad", pad, no_work},
    {"Pow", power, per_result<1>},
    {"QLinearConv", quantized_convolution, convolution_work<3, 8>, Traffic::streams, at({1, 4, 6}),
     at({3, 8})},
    {"QLinearMatMul", quantized_matrix_product, matrix_product_work<no_bias>, Traffic::streams,
     at({1, 4, 6}), at({0, 3})},
    {"QuantizeLinear", quantize_linear, per_result<2>, Traffic::streams, at({1})},
    {"RMSNormalization", normalization, per_result<4>},
    {"RNN", recurrent, recurrent_work<1>, Traffic::streams, at({5})},
    {"RandomNormal", random_of_shape, per_result<1>, Traffic::creates},
    {"RandomNormalLike", generated_like, per_result<1>, Traffic::creates},
    {"RandomUniform", random_of_shape, per_result<1>, Traffic::creates},
    {"RandomUniformLike", generated_like, per_result<1>, Traffic::creates},
    {"Range", range, per_result<1>, Traffic::creates},
    {"Reciprocal", unary, per_result<1>},
    {"ReduceL1", reduce, per_input<2>},
    {"ReduceL2", reduce, per_input<2>},
    {"ReduceLogSum", reduce, per_input<1>},
    {"ReduceLogSumExp", reduce, per_input<2>},
    {"ReduceMax", reduce, per_input<1>},
    {"ReduceMean", reduce, per_input<1>},
    {"ReduceMin", reduce, per_input<1>},
    {"ReduceProd", reduce, per_input<1>},
    {"ReduceSum", reduce, per_input<1>},
    {"ReduceSumSquare", reduce, per_input<2>},
    {"RegexFullMatch", text_test, unknown_work},
    {"Relu", unary_arithmetic, per_result<1>},
    {"Reshape", reshape, no_work, Traffic::renames},
    {"Resize", resize, resize_work, Traffic::streams, at({1, 2})},
    {"ReverseSequence", like_first_of_two, no_work},
    {"RoiAlign", pooling_of_regions, roi_align_work},
    {"RotaryEmbedding", rotation, per_result<3>},
    {"Round", unary_arithmetic, per_result<1>},
    {"STFT", short_time_fourier_transform, unknown_work},
    {"Scan", scan, inner_work},
    {"Scatter", scatter, no_work},
    {"ScatterElements", scatter, no_work},
    {"ScatterND", scatter, no_work},
    {"Selu", unary, per_result<1>},
    {"SequenceAt", sequence_at, no_work, Traffic::selects, 0, 0, Operands::any},
    {"SequenceConstruct", sequence_of_inputs, no_work, Traffic::streams, 0, 0, Operands::any},
    {"SequenceEmpty", sequence_of_inputs, no_work, Traffic::creates, 0, 0, Operands::any},
    {"SequenceErase", sequence_erase, no_work, Traffic::streams, 0, 0, Operands::any},
    {"SequenceInsert", sequence_insert, no_work, Traffic::streams, 0, 0, Operands::any},
    {"SequenceLength", sequence_length, no_work, Traffic::creates, 0, 0, Operands::any},
    {"Shape", shape_of_input, no_work, Traffic::creates},
    {"Shrink", unary, per_result<1>},
    {"Sigmoid", unary, per_result<1>},
    {"Sign", unary_arithmetic, per_result<1>},
    {"Sin", unary, per_result<1>},
    {"Sinh", unary, per_result<1>},
    {"Size", size_of_input, no_work, Traffic::creates},
    {"Slice", slice, no_work, Traffic::selects},
    {"Softmax", along_axis, per_result<softmax_operations>},
    {"SoftmaxCrossEntropyLoss", loss, per_input<softmax_operations + 1>},
    {"Softplus", unary, per_result<1>},
    {"Softsign", unary, per_result<1>},
    {"SpaceToDepth", space_to_depth, no_work},
    {"Split", split, no_work},
    {"SplitToSequence", split_to_sequence, no_work},
    {"Sqrt", unary_arithmetic, per_result<1>},
    {"Squeeze", squeeze, no_work, Traffic::renames},
    {"StringConcat", broadcasting, unknown_work},
    {"StringNormalizer", text_normalizer, unknown_work},
    {"StringSplit", text_split, unknown_work},
    {"Sub", broadcasting, per_result<1>},
    {"Sum", broadcasting_all, per_operand},
    {"SwiGLU", gated, per_result<2>},
    {"Swish", unary, per_result<1>},
    {"Tan", unary, per_result<1>},
    {"Tanh", unary, per_result<1>},
    {"TensorScatter", scatter, no_work},
    {"TfIdfVectorizer", text_vectorizer, unknown_work},
    {"ThresholdedRelu", unary, per_result<1>},
    {"Tile", tile, no_work},
    {"TopK", top_k, per_input<1>},
    {"Transpose", transpose, no_work},
    {"Trilu", like_first_of_two, no_work},
    {"Unique", unique, unknown_work},
    {"Unsqueeze", unsqueeze, no_work, Traffic::renames},
    {"Upsample", resize, resize_work, Traffic::streams, at({1})},
    {"Where", where, per_result<1>},
    {"Xor", comparing, per_result<1>},
};

/// The domain com.microsoft, as far as exporters and quantisation tools write it.
inline constexpr Operator operators_of_microsoft[] = {
    {"Attention", fused_attention, fused_attention_work},
    {"BiasGelu", broadcasting, per_result<2>},
    {"DequantizeLinear", dequantize_linear, per_result<2>, Traffic::streams, at({1}), at({0})},
    {"DynamicQuantizeLSTM", quantized_recurrent, recurrent_work<9, 1>, Traffic::streams,
     at({5, 6, 8, 10}), at({1, 2})},
    {"DynamicQuantizeMatMul", matrix_product_to_float, matrix_product_work<4>, Traffic::streams,
     at({2}), at({1})},
    {"FastGelu", unary, per_result<1>},
    {"FusedConv", fused_convolution, convolution_work<1, 2>},
    {"FusedGemm", gemm, gemm_work<2>},
    {"FusedMatMul", fused_matrix_product, fused_matrix_product_work},
    {"Gelu", unary, per_result<1>},
    {"MatMulIntegerToFloat", matrix_product_to_float, matrix_product_work<6>, Traffic::streams,
     at({2, 3}), at({0, 1})},
    {"MatMulNBits", matrix_product_of_blocks, matrix_product_work<5>, Traffic::streams, at({2}),
     at({1})},
    {"QGemm", quantized_gemm, gemm_work<6>, Traffic::streams, at({1, 4, 7}), at({0, 3, 6})},
    {"QLinearAdd", quantized_broadcasting, per_result<1>, Traffic::streams, at({1, 4, 6}),
     at({0, 3})},
    {"QLinearAveragePool", quantized_pooling, pooling_work, Traffic::streams, at({1, 3})},
    {"QLinearConcat", quantized_concat, per_result<2>, Traffic::streams, ~Inputs{0}},
    {"QLinearGlobalAveragePool", quantized_pooling, per_input<1>, Traffic::streams, at({1, 3})},
    {"QLinearLeakyRelu", quantized_unary, per_result<1>, Traffic::streams, at({1, 3})},
    {"QLinearMul", quantized_broadcasting, per_result<1>, Traffic::streams, at({1, 4, 6}),
     at({0, 3})},
    {"QLinearSigmoid", quantized_unary, per_result<1>, Traffic::streams, at({1, 3})},
    {"QLinearSoftmax", quantized_unary, per_result<softmax_operations>, Traffic::streams,
     at({1, 3})},
    {"QLinearWhere", quantized_where, per_result<1>, Traffic::streams, at({2, 5, 7}), at({1, 4})},
    {"QuantizeLinear", quantize_linear, per_result<2>, Traffic::streams, at({1})},
    {"QuickGelu", unary, per_result<1>},
    {"SkipLayerNormalization", skip_layer_normalization, per_result<6>},
};

/// The domain ai.onnx.ml, as far as it works on tensors.
inline constexpr Operator operators_of_ml[] = {
    {"ArrayFeatureExtractor", extract_features, no_work, Traffic::selects},
    {"Binarizer", unary, per_result<1>},
    {"Imputer", unary, per_result<1>},
    {"LabelEncoder", label_encoder, unknown_work},
    {"LinearClassifier", classifier, unknown_work},
    {"LinearRegressor", regressor, unknown_work},
    {"Normalizer", scaler, per_result<3>},
    {"OneHotEncoder", one_hot_encoder, no_work, Traffic::selects},
    {"SVMClassifier", classifier, unknown_work},
    {"SVMRegressor", regressor, unknown_work},
    {"Scaler", scaler, per_result<2>},
    {"TreeEnsemble", regressor, unknown_work},
    {"TreeEnsembleClassifier", classifier, unknown_work},
    {"TreeEnsembleRegressor", regressor, unknown_work},
};

/// Operators that ONNX tries out, in the domains ai.onnx.preview and ai.onnx.preview.training.
inline constexpr Operator operators_of_preview[] = {
    {"Adagrad", optimizer_step, unknown_work},    {"Adam", optimizer_step, unknown_work},
    {"FlexAttention", attention, attention_work}, {"Gradient", gradient, unknown_work},
    {"Momentum", optimizer_step, unknown_work},
};

/// Whether a table is in order, each operator once.
template <class Table>
constexpr bool in_order(const Table& table) {
  for (std::size_t i = 1; i < std::size(table); ++i)
    if (!(table[i - 1].name < table[i].name)) return false;
  return true;
}
static_assert(in_order(operators_of_onnx) && in_order(operators_of_microsoft) &&
              in_order(operators_of_ml) && in_order(operators_of_preview));

/// What is known of an operator, or null.
[[nodiscard]] inline const Operator* find_operator(std::string_view domain, std::string_view op) {
  const auto search = [op](const auto& table) -> const Operator* {
    const auto found = std::lower_bound(
        std::begin(table), std::end(table), op,
        [](const Operator& each, std::string_view name) { return each.name < name; });
    return found != std::end(table) && found->name == op ? &*found : nullptr;
  };
  if (domain.empty() || domain == "ai.onnx") return search(operators_of_onnx);
  if (domain == "com.microsoft") return search(operators_of_microsoft);
  if (domain == "ai.onnx.ml") return search(operators_of_ml);
  if (domain == "ai.onnx.preview" || domain == "ai.onnx.preview.training")
    return search(operators_of_preview);
  return nullptr;
}

/// What a node computes; not known for unknown operators and where a shape is not known.
[[nodiscard]] inline Work work_of(const Graph& graph, const Node& node, const Operator* known) {
  if (!known) return {.known = false};
  for (const auto* ids : {&node.inputs, &node.outputs})
    for (const TensorId id : *ids)
      if (id != no_tensor && !graph.tensors[id].has_shape()) return {.known = false};
  ValueStore values;
  return known->work(Site(graph, node, values));
}

inline Work inner_work(const Site& site) {
  Work sum;
  const auto add = [&site](std::int64_t& to, std::int64_t count, std::int64_t runs) {
    to = site.sum(to, site.product({count, runs}));
  };
  for (const auto& [name, attribute] : site.node().attributes) {
    const Subgraph* inner = std::get_if<Subgraph>(&attribute);
    if (!inner || inner->runs == 0) continue;
    if (!inner->graph || !is_known(inner->runs)) return {.known = false};
    for (const Node& node : inner->graph->nodes) {
      const Work work = work_of(*inner->graph, node, find_operator(node.domain, node.op));
      if (!work.known) return {.known = false};
      add(sum.macs, work.macs, inner->runs);
      add(sum.bias_additions, work.bias_additions, inner->runs);
      add(sum.elementwise, work.elementwise, inner->runs);
    }
  }
  return sum;
}

}  // namespace edgeopt::inline v0::detail
