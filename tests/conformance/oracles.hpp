// Where the numbers computed elsewhere lie, and how to read them.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>
#include <xtensor/xarray.hpp>
#include <xtensor/xnpy.hpp>

namespace oracles {

/// $EDGEOPT_ORACLES, else the folder beside the repository.
inline std::filesystem::path folder() {
  if (const char* given = std::getenv("EDGEOPT_ORACLES")) return given;
  return EDGEOPT_DEFAULT_ORACLES;
}

/// The subfolders of a folder of the oracles in alphabetical order; never empty.
inline std::vector<std::filesystem::path> cases(const std::string& subfolder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder() / subfolder))
    if (entry.is_directory()) found.push_back(entry.path());
  if (found.empty()) throw std::runtime_error((folder() / subfolder).string() + " holds no case");
  std::sort(found.begin(), found.end());
  return found;
}

template <class T>
xt::xarray<T> load(const std::filesystem::path& file) {
  return xt::load_npy<T>(file.string());
}

inline nlohmann::json load_json(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot open " + file.string());
  return nlohmann::json::parse(stream);
}

}  // namespace oracles
