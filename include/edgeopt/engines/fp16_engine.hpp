// SPDX-License-Identifier: MIT
/// @file
/// Inference in fp16.
#pragma once

#include "edgeopt/engine.hpp"
#include "edgeopt/engines/detail/compiled_engine.hpp"
#include "edgeopt/engines/detail/float_program.hpp"
#include "edgeopt/engines/engine_options.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/precision.hpp"

namespace edgeopt::inline v0 {

/// Parameters, input and every stored activation are rounded to binary16 (nearest, halves to even);
/// each layer sums in binary32, from the bias on, and its result is rounded once; ReLU and pooling
/// work on halves. Logits are halves, given as floats.
class Fp16Engine : public detail::CompiledEngine<kernels::Half> {
 public:
  /// Compiles the graphs that `Fp32Engine` does; constants may be f32, which are rounded, or f16.
  /// @throws DomainError as `Fp32Engine`
  explicit Fp16Engine(const Graph& graph, EngineOptions options = {})
      : Fp16Engine(detail::float_chain(graph), options) {}

  [[nodiscard]] static constexpr Precision precision() noexcept { return Precision::fp16; }

 private:
  Fp16Engine(const detail::LayerChain<detail::FloatLayer>& chain, EngineOptions options)
      : CompiledEngine(detail::float_program<kernels::Half>(chain, options.instruction_set),
                       detail::parameter_count(chain) * bytes_per_value(Precision::fp16)) {}
};

}  // namespace edgeopt::inline v0
