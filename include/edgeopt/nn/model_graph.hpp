// SPDX-License-Identifier: MIT
/// @file
/// SmallCNN in fp32 or fp16 as a graph with its parameters: what an engine is compiled from.
#pragma once

#include <cstdint>

#include "edgeopt/graph.hpp"
#include "edgeopt/nn/fp16.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/state.hpp"
#include "edgeopt/small_cnn_graph.hpp"

namespace edgeopt::inline v0 {

namespace detail {

template <class T>
Graph graph_with_parameters(const SmallCNN<T>& model, std::int64_t batch, Precision precision) {
  Graph graph = small_cnn_graph(model.spec(), batch, precision);
  for (const NamedArray& parameter : state_of(model)) set_values(graph, parameter);
  return graph;
}

}  // namespace detail

/// The network as the graph of `small_cnn_graph`, with the values of its constants.
/// @throws DomainError as `model.spec()` and `small_cnn_graph`
[[nodiscard]] inline Graph to_graph(const SmallCNN<float>& model, std::int64_t batch = 1) {
  return detail::graph_with_parameters(model, batch, Precision::fp32);
}

/// The same with halves.
[[nodiscard]] inline Graph to_graph(const HalfSmallCNN& model, std::int64_t batch = 1) {
  return detail::graph_with_parameters(model, batch, Precision::fp16);
}

}  // namespace edgeopt::inline v0
