// SPDX-License-Identifier: MIT
/// @file
/// Operators with weights by what their speed depends on.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "edgeopt/graph.hpp"

namespace edgeopt::inline v0 {

/// Weighted operators by what their speed depends on.
enum class OperatorClass : std::uint8_t {
  convolution_3x3,  ///< with stride 1: the one that Winograd's algorithm applies to
  pointwise,        ///< 1 x 1
  depthwise,        ///< one channel a group
  convolution_other,
  linear
};

inline constexpr std::array all_operator_classes = {
    OperatorClass::convolution_3x3, OperatorClass::pointwise, OperatorClass::depthwise,
    OperatorClass::convolution_other, OperatorClass::linear};

[[nodiscard]] constexpr std::string_view to_string(OperatorClass kind) noexcept {
  switch (kind) {
    case OperatorClass::convolution_3x3: return "3x3 convolution";
    case OperatorClass::pointwise: return "pointwise convolution";
    case OperatorClass::depthwise: return "depthwise convolution";
    case OperatorClass::convolution_other: return "other convolution";
    case OperatorClass::linear: return "linear";
  }
  return "";
}

/// The class of a node that multiplies. Matrix products and recurrent layers are linear.
/// @pre `operator_costs` finds multiply-accumulates for the node
[[nodiscard]] inline OperatorClass operator_class(const Graph& graph, const Node& node) {
  if (node.op == "ConvTranspose" || node.op == "DeformConv")
    return OperatorClass::convolution_other;
  if (node.op == "CausalConvWithState") return OperatorClass::depthwise;
  const bool scaled = node.op == "QLinearConv";  // its image comes with a scale and a zero point
  if (node.op != "Conv" && node.op != "ConvInteger" && node.op != "FusedConv" && !scaled)
    return OperatorClass::linear;
  // [out, channels / groups, kernel...]
  const Shape& weight = graph.tensor(node.inputs[scaled ? 3 : 1]).shape;
  const bool grouped = node.attribute<std::int64_t>("group", 1) > 1;
  if (grouped && weight[1] == 1) return OperatorClass::depthwise;
  const Shape kernel(weight.begin() + 2, weight.end());
  const Shape ones(kernel.size(), 1);
  if (kernel == ones && !grouped) return OperatorClass::pointwise;
  const bool dense = node.attribute<Shape>("strides", ones) == ones &&
                     node.attribute<Shape>("dilations", ones) == ones;
  return kernel == Shape{3, 3} && dense ? OperatorClass::convolution_3x3
                                        : OperatorClass::convolution_other;
}

}  // namespace edgeopt::inline v0
