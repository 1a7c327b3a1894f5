// SPDX-License-Identifier: MIT
/// @file
/// What is wanted of the objectives of candidates.
#pragma once

#include <cstdint>

namespace edgeopt::inline v0 {

/// Whether less or more of an objective is better.
enum class Direction : std::uint8_t { minimize, maximize };

/// What happens to copies of a point of the non-dominated set.
enum class Duplicates : std::uint8_t { keep_all, keep_first };

}  // namespace edgeopt::inline v0
