// SPDX-License-Identifier: MIT
/// @file
/// The memory of a network's parameters, as the trainer of the engines takes it.
#pragma once

#include "edgeopt/engines/small_cnn_trainer.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/tensor.hpp"

namespace edgeopt::inline v0 {

/// Spans over the tensors of a network, which has to outlive them.
[[nodiscard]] inline SmallCNNSpans<float> parameter_spans(SmallCNN<float>& model) {
  return {span_of(model.conv1_weight),      span_of(model.conv1_bias),
          span_of(model.conv2_weight),      span_of(model.conv2_bias),
          span_of(model.classifier_weight), span_of(model.classifier_bias)};
}
[[nodiscard]] inline SmallCNNSpans<const float> parameter_spans(const SmallCNN<float>& model) {
  return {span_of(model.conv1_weight),      span_of(model.conv1_bias),
          span_of(model.conv2_weight),      span_of(model.conv2_bias),
          span_of(model.classifier_weight), span_of(model.classifier_bias)};
}

}  // namespace edgeopt::inline v0
