// SPDX-License-Identifier: MIT
// The operations of training. Included by kernels.inl behind those of inference; the instruction
// set has also defined square_root.

namespace training {

#include "edgeopt/kernels/source/training_forward.inl"

#include "edgeopt/kernels/source/training_backward.inl"

#include "edgeopt/kernels/source/training_linear.inl"

#include "edgeopt/kernels/source/training_optimizer.inl"

}  // namespace training

/// An inline function, so that only programs that train compile what it names.
inline const TrainingKernels& training_kernels() {
  static constexpr TrainingKernels table = {
      instruction_set,
      lanes,
      &training::forward_scratch,
      &training::forward,
      &training::relu_backward,
      &training::add_weight_gradient,
      &training::input_gradient,
      &training::linear_forward,
      &training::linear_input_gradient,
      &training::linear_weight_gradient,
      &training::add,
      &training::adam,
  };
  return table;
}
