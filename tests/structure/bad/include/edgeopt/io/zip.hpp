// SPDX-License-Identifier: MIT
// An example for tests/structure: a library that only another header of the layer may use.
#pragma once

#include <string>

#include "edgeopt/error.hpp"
#include <zip.h>

namespace edgeopt::inline v0::io {}
