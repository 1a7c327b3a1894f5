// SPDX-License-Identifier: MIT
// The kernels that tests run: those of this machine's instruction sets, and of emulated ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/kernels/layers.hpp"

namespace support {

template <class Value>
struct NamedKernels {
  std::string name;
  const edgeopt::kernels::Kernels<Value>* kernels;
};

/// For `float`, `Half` and `std::uint8_t`. Prints which instruction sets this machine lacks.
template <class Value>
std::vector<NamedKernels<Value>> all_kernels();

template <class Value>
std::vector<NamedKernels<Value>> emulated_kernels();

}  // namespace support
