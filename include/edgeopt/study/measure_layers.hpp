// SPDX-License-Identifier: MIT
/// @file
/// How long each layer of SmallCNN takes the library's engines, one layer at a time.
///
/// An engine runs a network that ends with a linear layer. A layer is therefore timed as a network
/// of its own, with its input as the image and a linear layer with one output behind it; what that
/// last layer takes by itself, on an image of the layer's output, is subtracted. The classifier is
/// timed as it is.
#pragma once

#include <algorithm>  // std::max, std::min_element
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/engines/fp16_engine.hpp"
#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/graph_builder.hpp"
#include "edgeopt/half.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/small_cnn_spec.hpp"
#include "edgeopt/study/clock.hpp"
#include "edgeopt/study/latency.hpp"

namespace edgeopt::inline v0 {

/// A layer and what one batch takes it.
struct MeasuredLayer {
  std::string layer;
  double ms = 0;

  friend bool operator==(const MeasuredLayer&, const MeasuredLayer&) = default;
};

template <class Visit>
constexpr void visit_columns(const MeasuredLayer*, Visit&& visit) {
  visit("layer", &MeasuredLayer::layer);
  visit("ms", &MeasuredLayer::ms);
}

namespace detail {

/// Small networks with random weights, which the time does not depend on.
class LayerNetwork {
 public:
  LayerNetwork(const ImageShape& image, std::int64_t batch, Precision precision)
      : image_(image), batch_(batch), precision_(precision), net_("layer") {
    x_ = net_.input("image", {batch, image.channels, image.height, image.width}, type());
  }

  LayerNetwork& convolution(std::int64_t outputs) {
    const TensorId weight = weights("conv.weight", {outputs, image_.channels, 3, 3});
    const TensorId bias = weights("conv.bias", {outputs});
    x_ = net_.convolution("conv", x_, weight, bias, {.padding = {1, 1}});
    x_ = net_.max_pool("pool", net_.relu("relu", x_), 2, 2);
    return *this;
  }

  /// Ends the network; milliseconds of one batch in the fastest repeat.
  [[nodiscard]] double linear_ms(std::int64_t outputs, const LatencySettings& settings,
                                 const Clock& clock) {
    x_ = net_.flatten("flatten", x_);
    const TensorId weight = weights("linear.weight", {outputs, net_.tensor(x_).shape[1]});
    const TensorId bias = weights("linear.bias", {outputs});
    const Graph graph = net_.build({net_.linear("linear", x_, weight, bias)});
    std::vector<float> images(static_cast<std::size_t>(batch_ * image_.elements()));
    for (float& value : images) value = random_value();
    ThreadPool inline_pool(1);
    const auto least_of = [&](const auto& engine) {
      const auto times = measure_latency_distribution(engine, images, settings, inline_pool, clock);
      return *std::min_element(times.repeats_ms.begin(), times.repeats_ms.end());
    };
    return precision_ == Precision::fp16 ? least_of(Fp16Engine(graph))
                                         : least_of(Fp32Engine(graph));
  }

 private:
  [[nodiscard]] ElementType type() const noexcept {
    return precision_ == Precision::fp16 ? ElementType::f16 : ElementType::f32;
  }

  float random_value() { return static_cast<float>(random_.uniform()) - 0.5f; }

  TensorId weights(const char* name, const Shape& shape) {
    std::size_t count = 1;
    for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
    std::vector<float> values(count);
    for (float& value : values) value = random_value();
    if (precision_ != Precision::fp16)
      return net_.constant(name, shape, std::span<const float>(values));
    std::vector<std::uint16_t> halves;
    for (const float value : values) halves.push_back(half_from_float(value));
    return net_.constant(name, shape, std::span<const std::uint16_t>(halves));
  }

  ImageShape image_;
  std::int64_t batch_;
  Precision precision_;
  GraphBuilder net_;
  TensorId x_ = no_tensor;
  Random random_{1};
};

}  // namespace detail

/// conv1 and conv2, each with ReLU and pooling, and classifier: one batch on one thread, the
/// fastest of the repeats, since a difference of two times keeps the disturbances of both. A layer
/// whose time is within that of the linear layer behind it counts with 1 ns.
/// @throws DomainError for a network that cannot be built, a batch below 1, settings out of range,
///   and int8, whose layers need the scales of a calibrated network
[[nodiscard]] inline std::vector<MeasuredLayer> measure_layers(
    const SmallCNNSpec& spec, std::int64_t batch, Precision precision,
    const LatencySettings& settings = {}, const Clock& clock = steady_clock()) {
  if (precision == Precision::int8)
    throw DomainError("precision of layers that are timed one by one", "int8", "fp32 or fp16");
  if (batch < 1) throw DomainError("batch", std::to_string(batch), "an integer >= 1");
  require_valid(spec);
  constexpr double least_ms = 1e-6;
  const auto convolution_ms = [&](const ImageShape& input, std::int64_t channels,
                                  const ImageShape& output) {
    const double whole = detail::LayerNetwork(input, batch, precision)
                             .convolution(channels)
                             .linear_ms(1, settings, clock);
    const double last =
        detail::LayerNetwork(output, batch, precision).linear_ms(1, settings, clock);
    return std::max(least_ms, whole - last);
  };
  return {{"conv1", convolution_ms(spec.input, spec.conv1_channels, spec.pooled1())},
          {"conv2", convolution_ms(spec.pooled1(), spec.conv2_channels, spec.pooled2())},
          {"classifier", detail::LayerNetwork(spec.pooled2(), batch, precision)
                             .linear_ms(spec.classes, settings, clock)}};
}

}  // namespace edgeopt::inline v0
