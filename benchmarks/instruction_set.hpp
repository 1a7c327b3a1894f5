// SPDX-License-Identifier: MIT
// The instruction set that a benchmark runs on: EDGEOPT_INSTRUCTION_SET, or the fastest.
#pragma once

#include <cstdlib>

#include "edgeopt/error.hpp"
#include "edgeopt/kernels/instruction_set.hpp"

/// @throws edgeopt::DomainError when the variable names none
inline edgeopt::InstructionSet chosen_instruction_set() {
  const char* const name = std::getenv("EDGEOPT_INSTRUCTION_SET");
  if (name == nullptr) return edgeopt::detect_instruction_set();
  for (const edgeopt::InstructionSet set : edgeopt::all_instruction_sets)
    if (to_string(set) == name) return set;
  throw edgeopt::DomainError("EDGEOPT_INSTRUCTION_SET", name, "the name of an instruction set");
}
