// SPDX-License-Identifier: MIT
/// @file
/// The version of the library. This is the only place it is written down: CMake, Conan, vcpkg and
/// the manifest of a run all read it from here.
#pragma once

#include <compare>

#define EDGEOPT_VERSION_MAJOR 0
#define EDGEOPT_VERSION_MINOR 1
#define EDGEOPT_VERSION_PATCH 0

// Every name lives in an inline namespace of the major version, so that two units built against
// different releases fail to link instead of mixing layouts.
namespace edgeopt::inline v0 {

struct Version {
  int major = EDGEOPT_VERSION_MAJOR;
  int minor = EDGEOPT_VERSION_MINOR;
  int patch = EDGEOPT_VERSION_PATCH;

  friend constexpr auto operator<=>(const Version&, const Version&) = default;
};

/// The version of the headers a unit was compiled with.
inline constexpr Version version{};

}  // namespace edgeopt::inline v0
