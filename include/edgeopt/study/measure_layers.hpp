// SPDX-License-Identifier: MIT
/// @file
/// How long each layer of SmallCNN takes within the library's engines.
///
/// An engine runs a network as a whole, and a network ends with a linear layer. Layers are
/// therefore differences of networks that share their beginning: T(k, n) is the time of the first k
/// convolutions and a linear layer with n outputs behind them. That layer's time grows in
/// proportion to n, so that without it the convolutions take C(k) = 2 T(k, n) - T(k, 2 n); then
/// conv1 is C(1), conv2 is C(2) - C(1), and the classifier T(2, classes) - C(2). Each T is the
/// least of many short runs, in which the networks take turns: disturbances only ever add.
#pragma once

#include <algorithm>  // std::min
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>  // std::move
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

/// A layer and what one batch takes it; nothing where disturbances left no positive difference.
struct MeasuredLayer {
  std::string layer;
  std::optional<double> ms{};

  friend bool operator==(const MeasuredLayer&, const MeasuredLayer&) = default;
};

template <class Visit>
constexpr void visit_columns(const MeasuredLayer*, Visit&& visit) {
  visit("layer", &MeasuredLayer::layer);
  visit("ms", &MeasuredLayer::ms);
}

namespace detail {

/// The beginning of SmallCNN with a linear layer behind it. Weights are random: times do not depend
/// on what they are.
class PrefixNetwork {
 public:
  PrefixNetwork(const SmallCNNSpec& spec, std::int64_t batch, bool halves)
      : halves_(halves), net_("prefix") {
    x_ = net_.input("image", {batch, spec.input.channels, spec.input.height, spec.input.width},
                    halves ? ElementType::f16 : ElementType::f32);
  }

  void convolution(const std::string& name, std::int64_t outputs) {
    const TensorId weight = weights(name + ".weight", {outputs, net_.tensor(x_).shape[1], 3, 3});
    const TensorId bias = weights(name + ".bias", {outputs});
    x_ = net_.convolution(name, x_, weight, bias, {.padding = {1, 1}});
    x_ = net_.max_pool(name + ".pool", net_.relu(name + ".relu", x_), 2, 2);
  }

  [[nodiscard]] Graph linear(std::int64_t outputs) {
    const TensorId flat = net_.flatten("flatten", x_);
    const TensorId weight = weights("linear.weight", {outputs, net_.tensor(flat).shape[1]});
    const TensorId bias = weights("linear.bias", {outputs});
    return net_.build({net_.linear("linear", flat, weight, bias)});
  }

 private:
  TensorId weights(std::string name, const Shape& shape) {
    std::size_t count = 1;
    for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(random_.uniform()) - 0.5f;
    if (!halves_) return net_.constant(std::move(name), shape, std::span<const float>(values));
    std::vector<std::uint16_t> halves;
    for (const float value : values) halves.push_back(half_from_float(value));
    return net_.constant(std::move(name), shape, std::span<const std::uint16_t>(halves));
  }

  bool halves_;
  GraphBuilder net_;
  TensorId x_ = no_tensor;
  Random random_{1};
};

/// Least times of several engines on one batch, which take turns.
template <class SomeEngine>
std::vector<double> least_ms(const std::vector<SomeEngine>& engines, std::int64_t batch,
                             const LatencySettings& settings, const Clock& clock) {
  const ImageShape image(engines.front().input_shape());
  Random random(2);
  std::vector<float> images(static_cast<std::size_t>(batch * image.elements()));
  for (float& value : images) value = static_cast<float>(random.uniform()) - 0.5f;
  ThreadPool inline_pool(1);
  LatencySettings one_turn = settings;
  one_turn.repeats = 1;
  std::vector<double> least(engines.size(), std::numeric_limits<double>::max());
  for (std::int64_t turn = 0; turn < settings.repeats; ++turn)
    for (std::size_t i = 0; i < engines.size(); ++i)
      least[i] = std::min(
          least[i],
          measure_latency_distribution(engines[i], images, one_turn, inline_pool, clock).mean_ms);
  return least;
}

template <class SomeEngine>
std::vector<MeasuredLayer> measure_layers_of(const SmallCNNSpec& spec, std::int64_t batch,
                                             bool halves, const LatencySettings& settings,
                                             const Clock& clock) {
  constexpr std::int64_t outputs = 16;  // as many as the widest vectors have lanes
  const auto network = [&](int convolutions, std::int64_t last) {
    PrefixNetwork prefix(spec, batch, halves);
    prefix.convolution("conv1", spec.conv1_channels);
    if (convolutions == 2) prefix.convolution("conv2", spec.conv2_channels);
    return SomeEngine(prefix.linear(last));
  };
  std::vector<SomeEngine> engines;
  for (const int convolutions : {1, 2})
    for (const std::int64_t last : {outputs, 2 * outputs})
      engines.push_back(network(convolutions, last));
  engines.push_back(network(2, spec.classes));
  const std::vector<double> ms = least_ms(engines, batch, settings, clock);
  const double first = 2 * ms[0] - ms[1];
  const double both = 2 * ms[2] - ms[3];
  const auto positive = [](double time) { return time > 0 ? std::optional(time) : std::nullopt; };
  return {{"conv1", positive(first)},
          {"conv2", positive(both - first)},
          {"classifier", positive(ms[4] - both)}};
}

}  // namespace detail

/// conv1 and conv2, each with ReLU and pooling, and classifier: milliseconds of one batch on one
/// thread. `settings.repeats` turns of `warmup` and `runs` calls. A layer for which disturbances
/// left no positive difference has no time.
/// @throws DomainError for a network that cannot be built, a batch below 1, settings out of range,
///   and int8, whose layers need the scales of a calibrated network
[[nodiscard]] inline std::vector<MeasuredLayer> measure_layers(
    const SmallCNNSpec& spec, std::int64_t batch, Precision precision,
    const LatencySettings& settings = {.warmup = 1, .runs = 5, .repeats = 40},
    const Clock& clock = steady_clock()) {
  if (precision == Precision::int8)
    throw DomainError("precision of layers that are timed one by one", "int8", "fp32 or fp16");
  if (batch < 1) throw DomainError("batch", std::to_string(batch), "an integer >= 1");
  require_valid(spec);
  detail::check(settings);
  return precision == Precision::fp16
             ? detail::measure_layers_of<Fp16Engine>(spec, batch, true, settings, clock)
             : detail::measure_layers_of<Fp32Engine>(spec, batch, false, settings, clock);
}

}  // namespace edgeopt::inline v0
