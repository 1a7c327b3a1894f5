// SPDX-License-Identifier: MIT
/// @file
/// How the int8 candidates of a sweep were quantised, as JSON: the content of
/// quantization_metadata.json.
#pragma once

#include <span>

#include "edgeopt/io/json.hpp"
#include "edgeopt/nn/quantization_metadata.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0 {

/// An int8 candidate and how it was quantised.
struct QuantizationReport {
  double pruning_level = 0;
  QuantizationMetadata metadata;
};

/// The content of quantization_metadata.json: for each int8 candidate its activations (scale, zero
/// point, ranges, saturation) and its layers (weight scales, saturation).
[[nodiscard]] inline io::Json quantization_json(std::span<const QuantizationReport> reports) {
  io::Json candidates = io::Json::array();
  for (const QuantizationReport& report : reports) {
    io::Json& candidate = candidates.emplace_back();
    candidate["pruning_level"] = report.pruning_level;
    candidate["backend"] = to_string(report.metadata.backend);
    candidate["activations"] = io::to_json(to_table(report.metadata.activations));
    candidate["layers"] = io::to_json(to_table(report.metadata.layers));
    for (io::Json& layer : candidate["layers"]) {
      layer["weight_scales"] = io::Json::array();
      for (const WeightScaleRow& row : report.metadata.weight_scales)
        if (layer["layer"] == row.layer) layer["weight_scales"].push_back(row.scale);
    }
  }
  return {{"candidates", candidates}};
}

}  // namespace edgeopt::inline v0
