/// @file
/// An example for tests/structure: what a header of the root may not do.
/// @file
/// #include <ignored>, as it is not a directive
#pragma once

#include "edgeopt/nn/tensor.hpp"
#  include <thread>
#include <unknown.h>
#include <vector>
#include "text.hpp"

namespace edgeopt {}
