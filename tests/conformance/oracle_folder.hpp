// Where the numbers computed elsewhere lie.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace oracles {

/// $EDGEOPT_ORACLES, else the folder beside the repository.
inline std::filesystem::path folder() {
  if (const char* given = std::getenv("EDGEOPT_ORACLES")) return given;
  return EDGEOPT_DEFAULT_ORACLES;
}

}  // namespace oracles
