// Says which instruction sets a test cannot run here.
#pragma once

#include <iostream>
#include <string>
#include <utility>

#include "edgeopt/kernels/instruction_set.hpp"

/// Prints, the first time it is called, which instruction sets this machine lacks.
inline void report_missing_instruction_sets() {
  static bool reported = false;
  if (std::exchange(reported, true)) return;
  std::string missing;
  for (const edgeopt::InstructionSet set : edgeopt::all_instruction_sets)
    if (!edgeopt::is_supported(set))
      missing += (missing.empty() ? "" : ", ") + std::string(to_string(set));
  std::cout << "Not run, as this machine lacks them: " << missing << '\n';
}
