// SPDX-License-Identifier: MIT
// Counts every use of operator new in the program; allocation_counter.cpp replaces it.
#pragma once

#include <cstdint>

namespace allocation_counter {
std::int64_t count();
}
