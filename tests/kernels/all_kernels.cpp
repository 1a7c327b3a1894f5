// SPDX-License-Identifier: MIT
#include "all_kernels.hpp"

#include "edgeopt/kernels/kernels.hpp"
#include "missing_instruction_sets.hpp"

namespace support {

template <class Value>
std::vector<NamedKernels<Value>> all_kernels() {
  report_missing_instruction_sets();
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
