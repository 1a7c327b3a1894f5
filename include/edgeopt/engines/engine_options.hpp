// SPDX-License-Identifier: MIT
/// @file
/// What can be chosen when an engine is compiled from a graph.
#pragma once

#include "edgeopt/kernels/instruction_set.hpp"
#include "edgeopt/precision.hpp"  // QuantizationBackend

namespace edgeopt::inline v0 {

struct EngineOptions {
  InstructionSet instruction_set = detect_instruction_set();
};

struct Int8EngineOptions {
  QuantizationBackend backend = QuantizationBackend::fbgemm;  ///< whose arithmetic to follow
  InstructionSet instruction_set = detect_instruction_set();
};

}  // namespace edgeopt::inline v0
