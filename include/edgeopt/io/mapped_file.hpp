// SPDX-License-Identifier: MIT
/// @file
/// The bytes of a file without a copy of them: what is not looked at is not read.
#pragma once

#include <fcntl.h>     // ::open
#include <sys/mman.h>  // ::mmap
#include <sys/stat.h>  // ::fstat

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"

namespace edgeopt::inline v0::io {

/// A file mapped into memory; what cannot be mapped, such as a pipe, is read whole. The file must
/// not become shorter while it is looked at.
class MappedFile {
 public:
  /// @throws SystemError when it cannot be read, InputError when it holds more than `max_bytes`
  explicit MappedFile(const std::filesystem::path& path,
                      std::int64_t max_bytes = default_max_file_bytes) {
    const detail::Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status = {};
    const bool regular = descriptor.is_open() && ::fstat(descriptor.value(), &status) == 0 &&
                         S_ISREG(status.st_mode) && status.st_size > 0;
    if (regular && status.st_size <= max_bytes) {
      const auto size = static_cast<std::size_t>(status.st_size);
      void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.value(), 0);
      if (address != MAP_FAILED) {
        mapped_ = address;
        bytes_ = {static_cast<const char*>(address), size};
        return;
      }
    }
    copy_ = read_file(path, max_bytes);  // or its reason not to
    bytes_ = copy_;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (mapped_) ::munmap(mapped_, bytes_.size());
  }

  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

 private:
  void* mapped_ = nullptr;
  std::string copy_;
  std::string_view bytes_;
};

}  // namespace edgeopt::inline v0::io
