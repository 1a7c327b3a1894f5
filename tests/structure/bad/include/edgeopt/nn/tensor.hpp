// SPDX-License-Identifier: MIT
/// @file
/// An example for tests/structure: a layer that includes the one above it.

#include "edgeopt/study/study.hpp"
#include <xtensor/xtensor.hpp>

namespace edgeopt::inline v0 {}
