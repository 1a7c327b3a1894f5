// SPDX-License-Identifier: MIT
// The kernels that tests go through: those of the instruction sets of this machine, and emulated
// ones.
#pragma once

#include <string>
#include <vector>

#include "emulated.hpp"

namespace tables {

template <class Value>
struct Named {
  std::string name;
  const edgeopt::kernels::Kernels<Value>& kernels;
};

template <class Value>
std::vector<Named<Value>> all() {
  std::vector<Named<Value>> result;
  for (const edgeopt::InstructionSet set : edgeopt::supported_instruction_sets())
    result.push_back({std::string(to_string(set)), edgeopt::kernels::kernels_for<Value>(set)});
  result.push_back({"emulated", edgeopt::kernels::emulated::kernels<Value>()});
  return result;
}

}  // namespace tables
