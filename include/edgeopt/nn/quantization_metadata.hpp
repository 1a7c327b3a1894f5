// SPDX-License-Identifier: MIT
/// @file
/// How a network was quantised, as rows: what is written beside the results so that they can be
/// traced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/nn/calibration.hpp"
#include "edgeopt/nn/quantized_forward.hpp"
#include "edgeopt/nn/quantized_small_cnn.hpp"
#include "edgeopt/precision.hpp"

namespace edgeopt::inline v0 {

/// An activation: the range that calibration saw, the one it chose, and what became of it.
struct ActivationQuantizationRow {
  std::string activation;
  float scale = 0;
  std::int32_t zero_point = 0;
  float observed_min = 0, observed_max = 0;
  float quantized_min = 0, quantized_max = 0;
  std::int64_t observer_updates = 0;
  std::int64_t values = 0;            ///< of the batch that saturation was counted on
  std::int64_t saturated_values = 0;  ///< of these, clamped to 0 or 255
};

template <class Visit>
constexpr void visit_columns(const ActivationQuantizationRow*, Visit&& visit) {
  using Row = ActivationQuantizationRow;
  visit("activation", &Row::activation);
  visit("scale", &Row::scale);
  visit("zero_point", &Row::zero_point);
  visit("observed_min", &Row::observed_min);
  visit("observed_max", &Row::observed_max);
  visit("quantized_min", &Row::quantized_min);
  visit("quantized_max", &Row::quantized_max);
  visit("observer_updates", &Row::observer_updates);
  visit("values", &Row::values);
  visit("saturated_values", &Row::saturated_values);
}

/// The weights of a layer.
struct LayerQuantizationRow {
  std::string layer;
  std::int64_t weights = 0;
  std::int64_t saturated_weights = 0;
  std::int64_t weight_scales = 0;  ///< one for each output, or 1
};

template <class Visit>
constexpr void visit_columns(const LayerQuantizationRow*, Visit&& visit) {
  using Row = LayerQuantizationRow;
  visit("layer", &Row::layer);
  visit("weights", &Row::weights);
  visit("saturated_weights", &Row::saturated_weights);
  visit("weight_scales", &Row::weight_scales);
}

/// One weight scale; with qnnpack a layer has one row, for all its outputs.
struct WeightScaleRow {
  std::string layer;
  std::int64_t output = 0;
  float scale = 0;
};

template <class Visit>
constexpr void visit_columns(const WeightScaleRow*, Visit&& visit) {
  visit("layer", &WeightScaleRow::layer);
  visit("output", &WeightScaleRow::output);
  visit("scale", &WeightScaleRow::scale);
}

/// All of it.
struct QuantizationMetadata {
  QuantizationBackend backend = QuantizationBackend::fbgemm;
  std::vector<ActivationQuantizationRow> activations;
  std::vector<LayerQuantizationRow> layers;
  std::vector<WeightScaleRow> weight_scales;
};

/// Collects what is known of a network's quantisation. `batch` is what the network made of some
/// images (`quantized_forward`): saturation is counted on these.
[[nodiscard]] inline QuantizationMetadata quantization_metadata(const QuantizedSmallCNN& model,
                                                                const Calibration& calibration,
                                                                const QuantizedActivations& batch) {
  QuantizationMetadata metadata;
  metadata.backend = model.backend;

  const auto count = [](const auto& tensor) { return static_cast<std::int64_t>(tensor.size()); };
  const PerActivation<std::int64_t> values{count(batch.input), count(batch.conv1),
                                           count(batch.conv2), count(batch.flatten),
                                           count(batch.classifier)};
  visit_activations(
      [&](const char* name, const QuantizationParameters& parameters,
          const ObservedActivation& found, std::int64_t all, std::int64_t saturated) {
        metadata.activations.push_back({name, parameters.scale, parameters.zero_point,
                                        found.observed.min, found.observed.max, found.quantized.min,
                                        found.quantized.max, found.updates, all, saturated});
      },
      model.activations, calibration, values, batch.saturated);

  visit_layers(
      [&](const char* name, const auto& layer) {
        metadata.layers.push_back(
            {name, count(layer.weight), layer.saturated_weights, count(layer.weight_scale)});
        for (std::size_t o = 0; o < layer.weight_scale.size(); ++o)
          metadata.weight_scales.push_back(
              {name, static_cast<std::int64_t>(o), layer.weight_scale(o)});
      },
      model);
  return metadata;
}

}  // namespace edgeopt::inline v0
