// SPDX-License-Identifier: MIT
/// @file
/// Files read and written with every answer of the system checked.
#pragma once

#include <fcntl.h>     // ::open
#include <sys/stat.h>  // ::fstat
#include <unistd.h>    // ::read, ::write, ::fsync, ::close

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>  // std::generic_category
#include <utility>       // std::exchange, std::move

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0::io {

/// What a reader accepts unless it is told otherwise.
inline constexpr std::int64_t default_max_file_bytes = std::int64_t{1} << 30;

namespace detail {

/// Throws what the system answered last, as "<path>: cannot be <verb>: <reason>".
[[noreturn]] inline void throw_system_error(const std::string& path, const std::string& verb,
                                            int error = errno) {
  throw SystemError(path, "cannot be " + verb + ": " + std::generic_category().message(error));
}

/// An open file; closed at the latest when it goes.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) noexcept : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }

  [[nodiscard]] int value() const noexcept { return value_; }
  [[nodiscard]] bool is_open() const noexcept { return value_ >= 0; }

  /// Closes; false when the system reports that something was lost.
  [[nodiscard]] bool close() noexcept {
    return ::close(std::exchange(value_, -1)) == 0 || errno == EINTR;
  }

 private:
  int value_ = -1;
};

}  // namespace detail

/// A file that is read from its beginning to its end.
class InputFile {
 public:
  /// @throws SystemError when it does not exist, is a directory or may not be read
  explicit InputFile(const std::filesystem::path& path)
      : name_(path.string()), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status = {};
    if (!descriptor_.is_open() || ::fstat(descriptor_.value(), &status) != 0)
      detail::throw_system_error(name_, "read");
    if (S_ISDIR(status.st_mode)) detail::throw_system_error(name_, "read", EISDIR);
    size_ = S_ISREG(status.st_mode) ? status.st_size : 0;
  }

  /// Fills the buffer; gives less than its size only at the end of the file.
  /// @throws SystemError when the system cannot read on
  std::size_t read(std::span<std::byte> buffer) {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const ssize_t count =
          ::read(descriptor_.value(), buffer.data() + filled, buffer.size() - filled);
      if (count == 0) break;
      if (count > 0)
        filled += static_cast<std::size_t>(count);
      else if (errno != EINTR)
        detail::throw_system_error(name_, "read");
    }
    return filled;
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Bytes by the file system's account; 0 for a pipe or a device.
  [[nodiscard]] std::int64_t size() const noexcept { return size_; }

 private:
  std::string name_;
  detail::Descriptor descriptor_;
  std::int64_t size_ = 0;
};

/// The bytes of a whole file.
/// @throws SystemError when it cannot be read
/// @throws InputError when it holds more than `max_bytes`
[[nodiscard]] inline std::string read_file(const std::filesystem::path& path,
                                           std::int64_t max_bytes = default_max_file_bytes) {
  InputFile file(path);
  const auto limit = static_cast<std::size_t>(max_bytes);
  std::string bytes;
  // One byte more than the file system promises shows the end without another round.
  auto step = static_cast<std::size_t>(file.size() < max_bytes ? file.size() : max_bytes) + 1;
  while (true) {
    const std::size_t before = bytes.size();
    bytes.resize(before + step);
    const std::size_t count = file.read(std::as_writable_bytes(std::span(bytes).subspan(before)));
    bytes.resize(before + count);
    if (bytes.size() > limit)
      throw InputError(file.name(), "", "more than " + std::to_string(max_bytes) + " bytes",
                       "at most that many");
    if (count < step) return bytes;
    step = std::size_t{1} << 16;
  }
}

/// A file that is written from its beginning.
class OutputFile {
 public:
  /// Creates the file, or empties it. @throws SystemError when it may not be written
  explicit OutputFile(const std::filesystem::path& path)
      : name_(path.string()),
        descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (!descriptor_.is_open()) detail::throw_system_error(name_, "written");
  }

  /// @throws SystemError when the system does not take all of it
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(descriptor_.value(), bytes.data(), bytes.size());
      if (count >= 0)
        bytes.remove_prefix(static_cast<std::size_t>(count));
      else if (errno != EINTR)
        detail::throw_system_error(name_, "written");
    }
  }

  /// Brings everything to the device and closes. A file that was not closed so is unfinished.
  /// @throws SystemError when the system reports a loss
  void close() {
    // Pipes and some devices know no fsync and answer EINVAL: nothing of theirs is kept anyway.
    if (::fsync(descriptor_.value()) != 0 && errno != EINVAL && errno != EROFS)
      detail::throw_system_error(name_, "written");
    if (!descriptor_.close()) detail::throw_system_error(name_, "written");
  }

 private:
  std::string name_;
  detail::Descriptor descriptor_;
};

namespace detail {

/// ".name.partial" beside `path`: where a file grows before it gets its name.
[[nodiscard]] inline std::filesystem::path partial_path(const std::filesystem::path& path) {
  return path.parent_path() / ("." + path.filename().string() + ".partial");
}

/// Writes a new file; none is left where that fails.
inline void write_new_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);  // what a killed run left, or a link to somewhere else
  try {
    OutputFile file(path);
    file.write(bytes);
    file.close();
  } catch (...) {
    std::filesystem::remove(path, ignored);
    throw;
  }
}

/// Gives a new file its name; it is removed where that fails.
inline void rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (!error) return;
  std::error_code ignored;
  std::filesystem::remove(from, ignored);
  throw SystemError(to.string(), "cannot be written: " + error.message());
}

}  // namespace detail

/// Writes a whole file. One that exists is replaced only when its new bytes are on the device; a
/// pipe or a device is written to directly.
/// @throws SystemError when the system refuses; the old file is untouched then
inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code ignored;
  const auto type = std::filesystem::status(path, ignored).type();
  if (type != std::filesystem::file_type::not_found &&
      type != std::filesystem::file_type::regular) {
    OutputFile file(path);
    file.write(bytes);
    file.close();
    return;
  }
  const std::filesystem::path partial = detail::partial_path(path);
  detail::write_new_file(partial, bytes);
  detail::rename_file(partial, path);
}

}  // namespace edgeopt::inline v0::io
