// SPDX-License-Identifier: MIT
// SmallCNN with random weights, for benchmarks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_graph.hpp"

namespace benchmarks {

using namespace edgeopt;

constexpr QuantizationBackend backend = QuantizationBackend::fbgemm;

/// Fills a constant with random numbers of the size that trained ones have.
inline void fill(Tensor& tensor, Random& random) {
  const auto count = static_cast<std::size_t>(element_count(tensor.shape));
  const bool scale = tensor.name.ends_with("scale");
  if (tensor.type == ElementType::f32) {
    std::vector<float> values(count);
    for (float& value : values)
      value = scale ? 0.02F : static_cast<float>(0.4 * random.uniform() - 0.2);
    set_values(tensor, Array::of<float>(tensor.shape, values));
  } else if (tensor.type == ElementType::s8) {
    std::vector<std::int8_t> values(count);
    if (!tensor.name.ends_with("zero_point"))
      for (std::int8_t& value : values) value = static_cast<std::int8_t>(random.next());
    set_values(tensor, Array::of<std::int8_t>(tensor.shape, values));
  } else {
    const std::vector<std::uint8_t> values(count, std::uint8_t{64});
    set_values(tensor, Array::of<std::uint8_t>(tensor.shape, values));
  }
}

inline Graph random_network(const SmallCNNSpec& spec, Precision precision) {
  const Precision stored = precision == Precision::int8 ? precision : Precision::fp32;
  Graph graph = small_cnn_graph(spec, 1, stored, backend);
  Random random(1);
  for (Tensor& tensor : graph.tensors)
    if (tensor.constant) fill(tensor, random);
  return graph;
}

}  // namespace benchmarks
