// SPDX-License-Identifier: MIT
/// @file
/// Folders that are created on the way to a file, and go again when nothing came of it.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0::io {

/// Creates a folder with those it lies in. What it created and is empty in the end, it removes.
class NewFolders {
 public:
  /// @throws SystemError when that is not allowed or the path is no folder; nothing is left then
  explicit NewFolders(const std::filesystem::path& path) : NewFolders() {
    create(path);  // the object exists already: where this throws, its destructor runs
  }

  NewFolders(const NewFolders&) = delete;
  NewFolders& operator=(const NewFolders&) = delete;

  ~NewFolders() {
    std::error_code ignored;
    for (; !created_.empty(); created_.pop_back())
      std::filesystem::remove(created_.back(), ignored);  // refuses unless it is empty
  }

 private:
  NewFolders() = default;

  void create(const std::filesystem::path& path) {
    if (path.empty()) throw SystemError("output folder", "has no name");
    std::vector<std::filesystem::path> missing;
    for (auto folder = path.lexically_normal(); !folder.empty(); folder = folder.parent_path()) {
      std::error_code ignored;
      if (std::filesystem::exists(folder, ignored) || folder == folder.parent_path()) break;
      if (folder.has_filename()) missing.push_back(folder);
    }
    for (; !missing.empty(); missing.pop_back()) {
      std::error_code error;
      if (std::filesystem::create_directory(missing.back(), error))
        created_.push_back(missing.back());
      if (error)
        throw SystemError(missing.back().string(), "cannot be created: " + error.message());
    }
    std::error_code error;
    if (!std::filesystem::is_directory(path, error))
      throw SystemError(path.string(), error ? "cannot be used: " + error.message()
                                             : "is a file, where a folder is to be written");
  }

  std::vector<std::filesystem::path> created_;  // outermost first
};

}  // namespace edgeopt::inline v0::io
