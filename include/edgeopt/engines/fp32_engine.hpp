// SPDX-License-Identifier: MIT
/// @file
/// Inference in fp32.
#pragma once

#include "edgeopt/engine.hpp"
#include "edgeopt/engines/detail/compiled_engine.hpp"
#include "edgeopt/engines/detail/float_program.hpp"
#include "edgeopt/engines/engine_options.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/precision.hpp"

namespace edgeopt::inline v0 {

/// Weights, activations and sums in binary32. The bound of its error stands at `kernels::Kernels`.
class Fp32Engine : public detail::CompiledEngine<float> {
 public:
  /// Compiles a graph with weights: any number of 3x3 convolutions (padding 1, stride 1, with ReLU
  /// and 2x2 max-pool or without), Flatten, and linear layers with ReLU or without.
  /// @throws DomainError naming the node that is of another kind or has no weights, or when this
  ///   machine does not have the instruction set
  explicit Fp32Engine(const Graph& graph, EngineOptions options = {})
      : Fp32Engine(detail::float_chain(graph), options) {}

  [[nodiscard]] static constexpr Precision precision() noexcept { return Precision::fp32; }

 private:
  Fp32Engine(const detail::LayerChain<detail::FloatLayer>& chain, EngineOptions options)
      : CompiledEngine(detail::float_program<float>(chain, options.instruction_set),
                       detail::parameter_count(chain) * bytes_per_value(Precision::fp32)) {}
};

}  // namespace edgeopt::inline v0
