// A unit of a program that uses the library, compiled several times with different options; its
// functions are in the namespace EDGEOPT_UNIT.
#include "unit.hpp"

#include <edgeopt/engines/fp16_engine.hpp>
#include <edgeopt/engines/fp32_engine.hpp>
#include <edgeopt/engines/int8_engine.hpp>
#include <edgeopt/hardware.hpp>
#include <edgeopt/random.hpp>
#include <edgeopt/small_cnn_graph.hpp>
#include <vector>

namespace {

using namespace edgeopt;

const SmallCNNSpec spec{.conv1_channels = 5, .conv2_channels = 7};

template <class T, class Draw>
void fill(Tensor& tensor, Draw draw) {
  std::vector<T> values(static_cast<std::size_t>(element_count(tensor.shape)));
  for (T& value : values) value = static_cast<T>(draw());
  set_values(tensor, Array::of<T>(tensor.shape, std::span<const T>(values)));
}

/// The network with the same parameters in each unit.
Graph network(Precision precision) {
  Graph graph = small_cnn_graph(spec, 1, precision);
  Random random(2);
  const auto between = [&](int low, int high) {
    return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
  };
  for (Tensor& tensor : graph.tensors) {
    if (!tensor.constant) continue;
    if (tensor.name.ends_with("scale"))
      fill<float>(tensor, [&] { return between(8, 16) / 1024.0; });
    else if (tensor.type == ElementType::u8)
      fill<std::uint8_t>(tensor, [] { return 3; });
    else if (tensor.name.ends_with("zero_point"))
      fill<std::int8_t>(tensor, [] { return 0; });
    else if (tensor.type == ElementType::s8)
      fill<std::int8_t>(tensor, [&] { return between(-128, 127); });
    else
      fill<float>(tensor, [&] { return between(-128, 128) / 1024.0; });
  }
  return graph;
}

template <class EngineType>
void run(const EngineType& engine, float (&logits)[10]) {
  std::vector<float> image(static_cast<std::size_t>(spec.input.elements()));
  Random random(3);
  for (float& pixel : image) pixel = static_cast<float>(random.below(256)) / 128 - 1;
  auto workspace = engine.make_workspace(1);
  engine.run(image, workspace, logits);
}

}  // namespace

namespace EDGEOPT_UNIT {

Results use_library() {
  Results results;
  const std::vector<LayerEstimate> layers = estimate_layerwise_stats(spec, 4);
  const HardwareSummary summary = summarize_hardware(layers, 1.5, 12.8);
  results.macs = summary.estimated_total_macs;
  results.intensity = summary.arithmetic_intensity_macs_per_byte;
  run(Fp32Engine(network(Precision::fp32)), results.fp32);
  run(Fp16Engine(network(Precision::fp32)), results.fp16);
  run(Int8Engine(network(Precision::int8)), results.int8);
  return results;
}

Sums use_kernels() {
  constexpr kernels::LinearShape shape{.in_features = 24, .out_features = 10};
  float weights[240], bias[10], input[24];
  for (int i = 0; i < 240; ++i) weights[i] = static_cast<float>(i * 37 % 101 - 50) / 64;
  for (int i = 0; i < 10; ++i) bias[i] = static_cast<float>(i) / 8;
  for (int i = 0; i < 24; ++i) input[i] = static_cast<float>(i * 11 % 23 - 11) / 16;

  // Products of numbers with few bits: every order of summation gives the same sums.
  alignas(kernels::alignment) static std::byte parameters[1 << 14], scratch[1 << 14];
  alignas(kernels::alignment) float output[64] = {};
  const kernels::Kernels<float>& fastest = kernels::kernels_for<float>();
  fastest.pack_linear(shape, {weights, bias}, parameters);
  fastest.linear({shape, {-1e30F}, parameters}, input, output, scratch);

  Sums sums;
  for (int i = 0; i < 10; ++i) sums.outputs[i] = output[i];
  return sums;
}

}  // namespace EDGEOPT_UNIT
