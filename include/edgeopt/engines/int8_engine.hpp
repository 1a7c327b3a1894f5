// SPDX-License-Identifier: MIT
/// @file
/// Inference in int8.
#pragma once

#include "edgeopt/engine.hpp"
#include "edgeopt/engines/detail/compiled_engine.hpp"
#include "edgeopt/engines/detail/quantized_program.hpp"
#include "edgeopt/engines/engine_options.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/precision.hpp"

namespace edgeopt::inline v0 {

/// u8 activations, s8 weights and exact s32 sums, by the formulas of quantization.hpp: the same
/// integers on every machine. Images are quantised inside `run`; logits are dequantised levels.
class Int8Engine : public detail::CompiledEngine<std::uint8_t> {
 public:
  /// Compiles a graph in QDQ form with the layers that `Fp32Engine` knows: every activation goes
  /// through QuantizeLinear to u8 and DequantizeLinear, weights are dequantised s8 constants with
  /// one scale or one for each output, MaxPool and Flatten work on u8. A second DequantizeLinear
  /// and QuantizeLinear before a linear layer changes the scale.
  /// @throws DomainError as `Fp32Engine`, and when scales or sums leave their range
  explicit Int8Engine(const Graph& graph, Int8EngineOptions options = {})
      : Int8Engine(detail::quantized_chain(graph), options) {}

  [[nodiscard]] static constexpr Precision precision() noexcept { return Precision::int8; }

 private:
  Int8Engine(const detail::LayerChain<detail::Int8Layer>& chain, Int8EngineOptions options)
      : CompiledEngine(detail::quantized_program(chain, options.backend, options.instruction_set),
                       detail::stored_bytes(chain)) {}
};

}  // namespace edgeopt::inline v0
