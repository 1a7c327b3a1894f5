// SPDX-License-Identifier: MIT
/// @file
/// A trained network in another precision, ready to run.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>  // std::move

#include "edgeopt/engines/fp16_engine.hpp"
#include "edgeopt/engines/fp32_engine.hpp"
#include "edgeopt/engines/int8_engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/calibration.hpp"
#include "edgeopt/nn/model_graph.hpp"
#include "edgeopt/nn/quantization_metadata.hpp"
#include "edgeopt/nn/quantized_forward.hpp"
#include "edgeopt/nn/quantized_graph.hpp"
#include "edgeopt/nn/quantized_small_cnn.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/study/any_engine.hpp"
#include "edgeopt/study/loader.hpp"

namespace edgeopt::inline v0 {

/// How a network is brought to int8.
struct QuantizationSettings {
  QuantizationBackend backend = QuantizationBackend::fbgemm;
  std::int64_t calibration_batches = 8;  ///< or as many as there are
};

/// An engine, and how it was quantised if it is int8.
struct PrecisionVariant {
  AnyEngine engine;
  std::optional<QuantizationMetadata> quantization;
};

/// fp32 as it is; fp16 with parameters and stored activations in binary16; int8 quantised after
/// training, with ranges found by histogram observers on the first batches of `calibration` (the
/// first of them is also what saturation is counted on).
/// @throws DomainError for a network that does not fit the images or cannot be quantised (an
///   activation is NaN), or calibration_batches < 1
[[nodiscard]] inline PrecisionVariant precision_variant(const SmallCNN<float>& model,
                                                        Precision precision,
                                                        const BatchLoader& calibration,
                                                        const QuantizationSettings& settings,
                                                        ThreadPool& pool) {
  if (precision == Precision::fp32) return {Fp32Engine(to_graph(model)), std::nullopt};
  if (precision == Precision::fp16) return {Fp16Engine(to_graph(model)), std::nullopt};
  if (settings.calibration_batches < 1)
    throw DomainError("calibration_batches", std::to_string(settings.calibration_batches),
                      "an integer >= 1");

  Calibrator<> calibrator(model);
  std::int64_t left = settings.calibration_batches;
  for (const Batch& batch : calibration.epoch()) {
    calibrator.update(batch.images, pool);
    if (--left == 0) break;
  }
  const Calibration found = calibrator.calibration();
  const QuantizedSmallCNN quantized = to_int8(model, found, settings.backend);
  Epoch again = calibration.epoch();
  return {Int8Engine(to_graph(quantized), {.backend = settings.backend}),
          quantization_metadata(quantized, found,
                                quantized_forward(quantized, again.next()->images, pool))};
}

/// The same on the thread of the caller.
[[nodiscard]] inline PrecisionVariant precision_variant(const SmallCNN<float>& model,
                                                        Precision precision,
                                                        const BatchLoader& calibration,
                                                        const QuantizationSettings& settings = {}) {
  ThreadPool caller_only;
  return precision_variant(model, precision, calibration, settings, caller_only);
}

}  // namespace edgeopt::inline v0
