// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN in int8 as a graph with its parameters: what an engine is compiled from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/nn/quantized_small_cnn.hpp"
#include "edgeopt/small_cnn_graph.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// A tensor without axes.
template <class T>
Array scalar_array(T value) {
  return Array::of<T>({}, std::span<const T>(&value, 1));
}

template <std::size_t Rank>
void set_layer(Graph& graph, const std::string& name, const QuantizedLayer<Rank>& layer,
               QuantizationBackend backend) {
  // As the graph has them: one for each output, or one without axes.
  const Shape scales =
      backend == QuantizationBackend::fbgemm ? shape_of(layer.weight_scale) : Shape{};
  const std::vector<std::int8_t> zeros(layer.weight_scale.size());
  set_values(graph, {name + ".weight", Array::of(shape_of(layer.weight), span_of(layer.weight))});
  set_values(graph, {name + ".weight_scale", Array::of(scales, span_of(layer.weight_scale))});
  set_values(graph, {name + ".weight_zero_point", Array::of(scales, std::span(zeros))});
  set_values(graph, {name + ".bias", Array::of(shape_of(layer.bias), span_of(layer.bias))});
}

}  // namespace detail

/// The network as the QDQ graph of `small_cnn_graph`, with the values of its constants.
/// @throws DomainError as `model.spec()` and `small_cnn_graph`
[[nodiscard]] inline Graph to_graph(const QuantizedSmallCNN& model, std::int64_t batch = 1) {
  Graph graph = small_cnn_graph(model.spec(), batch, Precision::int8, model.backend);
  visit_layers([&](const char* name,
                   const auto& layer) { detail::set_layer(graph, name, layer, model.backend); },
               model);
  visit_activations(
      [&](const std::string& name, const QuantizationParameters& parameters) {
        const auto zero_point = static_cast<std::uint8_t>(parameters.zero_point);
        set_values(graph, {name + ".scale", detail::scalar_array(parameters.scale)});
        set_values(graph, {name + ".zero_point", detail::scalar_array(zero_point)});
      },
      model.activations);
  return graph;
}

}  // namespace edgeopt::inline v0
