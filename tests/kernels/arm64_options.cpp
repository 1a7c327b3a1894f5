// SPDX-License-Identifier: MIT
// The set that takes functions of the one below it into a region of its own, which compilers refuse
// unless the region has every option of the unit. Compiled with many of them, never run.
#include "edgeopt/kernels/kernels.hpp"

const edgeopt::kernels::Kernels<std::uint8_t>* neon_dot_kernels() {
  return edgeopt::kernels::compiled_kernels<std::uint8_t>(edgeopt::InstructionSet::neon_dot);
}
