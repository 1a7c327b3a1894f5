// SPDX-License-Identifier: MIT
/// @file
/// The folder a run writes into: one writer at a time, and nothing half-written under its name.
#pragma once

#include <fcntl.h>     // ::open
#include <sys/file.h>  // ::flock
#include <sys/stat.h>  // ::stat, ::fstat

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>  // std::error_code
#include <utility>       // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/new_folders.hpp"

namespace edgeopt::inline v0::io {

/// A folder that is written to as a whole.
///
/// Files grow under hidden names (".name.partial") and get their names in `commit`, one by one, the
/// one that vouches for the others last: a folder where that one is missing holds an unfinished
/// run. A folder that goes without `commit` takes back what it staged, and the folders it created
/// if they are empty then. A lock (".edgeopt.lock") refuses a second writer; the system frees it
/// when a process dies. Files of other names are never touched.
class OutputFolder {
 public:
  /// Creates the folder where needed, and locks it.
  /// @throws SystemError when that is not allowed, the path is no folder, or another run writes
  /// there
  explicit OutputFolder(std::filesystem::path path) : path_(std::move(path)), new_folders_(path_) {
    try {
      lock();
    } catch (...) {
      take_back();
      throw;
    }
  }

  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  ~OutputFolder() { take_back(); }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Where a file may grow that is kept across runs until `remove_hidden`, such as the checkpoint
  /// of an interrupted run: ".name" within the folder.
  [[nodiscard]] std::filesystem::path hidden_path(std::string_view name) const {
    return path_ / ("." + checked(name));
  }

  /// Writes a hidden file at once, replacing the one before only when the new one is complete.
  /// @throws SystemError when the system refuses
  void write_hidden(std::string_view name, std::string_view bytes) {
    write_file(hidden_path(name), bytes);
  }

  /// Removes a hidden file, if there is one.
  void remove_hidden(std::string_view name) {
    std::error_code ignored;
    std::filesystem::remove(hidden_path(name), ignored);
  }

  /// Stages a file: writes and flushes it under its hidden name.
  /// @throws SystemError when the system refuses
  void stage(std::string_view name, std::string_view bytes) {
    detail::write_new_file(stage_path(name), bytes);
  }

  /// Stages a file that somebody else writes (a plotting program) to the path given back.
  [[nodiscard]] std::filesystem::path stage_path(std::string_view name) {
    const std::string file = checked(name);
    forget(file);
    staged_.push_back(file);
    return detail::partial_path(path_ / file);
  }

  /// Takes back a staged file.
  void unstage(std::string_view name) {
    const std::string file = checked(name);
    forget(file);
    std::error_code ignored;
    std::filesystem::remove(detail::partial_path(path_ / file), ignored);
  }

  /// Says that a file of an earlier run has no counterpart in this one: `commit` removes it.
  void supersede(std::string_view name) {
    unstage(name);
    superseded_.push_back(checked(name));
  }

  /// Names of the files staged so far, in order.
  [[nodiscard]] const std::vector<std::string>& staged() const noexcept { return staged_; }

  /// Gives every staged file its name, `last` at the end. The file that `last` replaces is removed
  /// first, so that no moment shows new files vouched for by an old one.
  /// @throws DomainError when `last` was not staged
  /// @throws SystemError when the system refuses; the folder is then an unfinished run
  void commit(std::string_view last) {
    const std::string closing(last);
    forget(closing, [&] {
      throw DomainError("last file", "'" + closing + "'", "the name of a staged file");
    });
    staged_.push_back(closing);
    remove_old(closing);
    for (const std::string& name : superseded_) remove_old(name);
    superseded_.clear();
    while (!staged_.empty()) {
      const std::filesystem::path file = path_ / staged_.front();
      detail::rename_file(detail::partial_path(file), file);
      staged_.erase(staged_.begin());
    }
    flush_folder();
  }

 private:
  static constexpr const char* lock_name = ".edgeopt.lock";

  /// A file's name and nothing else.
  [[nodiscard]] static std::string checked(std::string_view name) {
    if (name.empty() || name[0] == '.' || name.find('/') != name.npos ||
        name.find('\0') != name.npos)
      throw DomainError("file name", "'" + std::string(name) + "'",
                        "a plain name without '/' that does not begin with '.'");
    return std::string(name);
  }

  void remove_old(const std::string& name) const {
    std::error_code error;
    std::filesystem::remove(path_ / name, error);
    if (error) throw SystemError((path_ / name).string(), "cannot be replaced: " + error.message());
  }

  void forget(const std::string& name) {
    forget(name, [] {});
  }

  template <class Otherwise>
  void forget(const std::string& name, Otherwise&& otherwise) {
    for (auto file = staged_.begin(); file != staged_.end(); ++file)
      if (*file == name) {
        staged_.erase(file);
        return;
      }
    otherwise();
  }

  void lock() {
    const std::filesystem::path file = path_ / lock_name;
    while (true) {
      lock_ = detail::Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
      if (!lock_.is_open()) detail::throw_system_error(path_.string(), "written");
      if (::flock(lock_.value(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) detail::throw_system_error(file.string(), "locked");
        lock_ = {};
        throw SystemError(path_.string(),
                          "another run is writing there; choose another folder or wait");
      }
      // A writer that ended meanwhile removed the file: a lock on what has no name keeps nobody
      // out.
      struct stat ours = {};
      struct stat named = {};
      if (::fstat(lock_.value(), &ours) == 0 && ::stat(file.c_str(), &named) == 0 &&
          ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
        return;
    }
  }

  /// Removes what is staged, and the lock.
  void take_back() noexcept {
    std::error_code ignored;
    try {
      for (const std::string& name : staged_)
        std::filesystem::remove(detail::partial_path(path_ / name), ignored);
      if (lock_.is_open()) std::filesystem::remove(path_ / lock_name, ignored);
    } catch (const std::bad_alloc&) {  // a name that cannot be formed cannot be removed
    }
    lock_ = {};
  }

  /// Brings the new names to the device.
  void flush_folder() const {
    const detail::Descriptor folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open() || (::fsync(folder.value()) != 0 && errno != EINVAL))
      detail::throw_system_error(path_.string(), "written");
  }

  std::filesystem::path path_;
  NewFolders new_folders_;  // goes after all that was in them
  std::vector<std::string> staged_;
  std::vector<std::string> superseded_;
  detail::Descriptor lock_;
};

}  // namespace edgeopt::inline v0::io
