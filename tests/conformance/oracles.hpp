// How to read the numbers computed elsewhere.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>
#include <xtensor/xarray.hpp>
#include <xtensor/xnpy.hpp>

#include "oracle_folder.hpp"

namespace oracles {

/// The folders in a folder, in alphabetical order; never none.
inline std::vector<std::filesystem::path> folders_in(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.is_directory()) found.push_back(entry.path());
  if (found.empty()) throw std::runtime_error(path.string() + " holds no case");
  std::sort(found.begin(), found.end());
  return found;
}

/// The cases in a folder of the oracles; never none.
inline std::vector<std::filesystem::path> cases(const std::string& subfolder) {
  return folders_in(folder() / subfolder);
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
