// SPDX-License-Identifier: MIT
#include "all_kernels.hpp"

#include <iostream>
#include <utility>

#include "edgeopt/kernels/kernels.hpp"

namespace support {

namespace {

/// Says once which instruction sets were left out.
void report_missing() {
  static bool reported = false;
  if (std::exchange(reported, true)) return;
  std::string missing;
  for (const edgeopt::InstructionSet set : edgeopt::all_instruction_sets)
    if (!edgeopt::is_supported(set))
      missing += (missing.empty() ? "" : ", ") + std::string(to_string(set));
  std::cout << "Not run, as this machine lacks them: " << missing << '\n';
}

}  // namespace

template <class Value>
std::vector<NamedKernels<Value>> all_kernels() {
  report_missing();
#if defined(EDGEOPT_WITHOUT_EMULATED_SETS)
  std::vector<NamedKernels<Value>> all;
#else
  std::vector<NamedKernels<Value>> all = emulated_kernels<Value>();
#endif
  for (const edgeopt::InstructionSet set : edgeopt::supported_instruction_sets())
    all.push_back({std::string(to_string(set)), &edgeopt::kernels::kernels_for<Value>(set)});
  return all;
}

template std::vector<NamedKernels<float>> all_kernels();
template std::vector<NamedKernels<edgeopt::kernels::Half>> all_kernels();
template std::vector<NamedKernels<std::uint8_t>> all_kernels();

}  // namespace support
