// SPDX-License-Identifier: MIT
/// @file
/// Named arrays as NumPy's `.npz`: a zip archive of `.npy` files, through libzip.
#pragma once

#include <zip.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>  // std::unique_ptr
#include <new>     // std::bad_alloc
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/named_arrays.hpp"
#include "edgeopt/io/npy.hpp"

namespace edgeopt::inline v0::io {

/// How much an `.npz` file may hold.
struct NpzLimits {
  std::int64_t bytes = default_max_file_bytes;  ///< of the file, and of all arrays together
  std::int64_t arrays = 4096;
};

namespace detail {

/// libzip's report of what went wrong.
class ZipError {
 public:
  ZipError() { zip_error_init(&error_); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  ~ZipError() { zip_error_fini(&error_); }

  [[nodiscard]] zip_error_t* get() noexcept { return &error_; }
  [[nodiscard]] std::string reason() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_;
};

struct ZipFree {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
  void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
  void operator()(zip_source_t* source) const noexcept { zip_source_free(source); }
};
using ZipArchive = std::unique_ptr<zip_t, ZipFree>;
using ZipFile = std::unique_ptr<zip_file_t, ZipFree>;
using ZipSource = std::unique_ptr<zip_source_t, ZipFree>;

/// Reads the arrays of an archive in memory.
class NpzReader {
 public:
  NpzReader(std::string_view bytes, const std::string& name, const NpzLimits& limits)
      : name_(name), limits_(limits), left_(limits.bytes) {
    // libzip takes nothing at all for an archive without entries.
    if (bytes.empty()) throw InputError(name_, "", "an empty file", "an .npz file");
    ZipError error;
    ZipSource source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, error.get()));
    if (!source) throw std::bad_alloc();
    archive_.reset(zip_open_from_source(source.get(), ZIP_RDONLY | ZIP_CHECKCONS, error.get()));
    if (!archive_)
      throw InputError(name_, "", "no zip archive (" + error.reason() + ")", "an .npz file");
    source.release();  // the archive owns it now
  }

  std::vector<NamedArray> read() {
    const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
    if (count > limits_.arrays)
      throw InputError(name_, "", std::to_string(count) + " arrays",
                       "at most " + std::to_string(limits_.arrays));
    std::vector<NamedArray> arrays;
    std::unordered_set<std::string> names;
    for (zip_int64_t i = 0; i < count; ++i) {
      arrays.push_back(read_entry(static_cast<zip_uint64_t>(i)));
      if (!names.insert(arrays.back().name).second)
        throw InputError(name_, "array '" + arrays.back().name + "'", "the name again",
                         "different names");
    }
    return arrays;
  }

 private:
  NamedArray read_entry(zip_uint64_t index) {
    constexpr std::string_view suffix = ".npy";
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat_index(archive_.get(), index, 0, &status) != 0 || status.name == nullptr)
      throw InputError(name_, "entry " + std::to_string(index + 1),
                       "no description (" + reason() + ")", "a name and a size");
    const std::string entry = status.name;
    const std::string place = "entry '" + entry + "'";
    if (!entry.ends_with(suffix) || entry.size() == suffix.size())
      throw InputError(name_, place, "another name", "a name that ends in .npy");
    if (status.encryption_method != ZIP_EM_NONE ||
        (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE))
      throw InputError(name_, place, "another compression or an encryption",
                       "data stored or deflated");
    const std::string bytes = read_bytes(index, place);
    return {entry.substr(0, entry.size() - suffix.size()), parse_npy(bytes, name_ + ", " + place)};
  }

  /// Memory follows what is there, not what the directory says.
  std::string read_bytes(zip_uint64_t index, const std::string& place) {
    constexpr std::size_t step = std::size_t{1} << 16;
    const ZipFile file(zip_fopen_index(archive_.get(), index, 0));
    if (!file) fail_damaged(place, reason());
    std::string bytes;
    while (true) {
      const std::size_t before = bytes.size();
      bytes.resize(before + step);
      const zip_int64_t count = zip_fread(file.get(), bytes.data() + before, step);
      if (count < 0) fail_damaged(place, zip_error_strerror(zip_file_get_error(file.get())));
      bytes.resize(before + static_cast<std::size_t>(count));
      if (count == 0) return bytes;
      left_ -= count;
      if (left_ < 0)
        throw InputError(name_, place, "more than " + std::to_string(limits_.bytes) + " bytes",
                         "at most that many in all arrays");
    }
  }

  [[nodiscard]] std::string reason() const { return zip_strerror(archive_.get()); }

  [[noreturn]] void fail_damaged(const std::string& place, const std::string& reason) const {
    throw InputError(name_, place, "damaged data (" + reason + ")", "data with the right checksum");
  }

  const std::string& name_;
  NpzLimits limits_;
  std::int64_t left_;
  ZipArchive archive_;
};

/// Writes an archive into memory: stored, with a fixed date, so that equal arrays give equal bytes.
class NpzWriter {
 public:
  NpzWriter() {
    ZipError error;
    source_.reset(zip_source_buffer_create(nullptr, 0, 0, error.get()));
    if (!source_) throw std::bad_alloc();
    zip_source_keep(source_.get());  // one for the archive, one for us to read the result
    archive_.reset(zip_open_from_source(source_.get(), ZIP_CREATE | ZIP_TRUNCATE, error.get()));
    if (!archive_) {
      zip_source_free(source_.get());
      throw SystemError("npz", error.reason());
    }
  }

  /// `bytes` must live until `finish`.
  void add(const std::string& entry, std::string_view bytes) {
    constexpr zip_uint16_t midnight = 0;
    constexpr zip_uint16_t first_of_january_1980 = 1 << 5 | 1;
    ZipSource source(zip_source_buffer(archive_.get(), bytes.data(), bytes.size(), 0));
    if (!source) fail();
    const zip_int64_t index =
        zip_file_add(archive_.get(), entry.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
    if (index < 0) fail();
    source.release();
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive_.get(), at, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(archive_.get(), at, midnight, first_of_january_1980, 0) != 0)
      fail();
  }

  [[nodiscard]] std::string finish() {
    if (zip_close(archive_.get()) != 0) fail();
    archive_.release();
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_source_open(source_.get()) != 0 || zip_source_stat(source_.get(), &status) != 0)
      throw SystemError("npz", "the archive cannot be read back");
    std::string bytes(static_cast<std::size_t>(status.size), '\0');
    const zip_int64_t count = zip_source_read(source_.get(), bytes.data(), bytes.size());
    zip_source_close(source_.get());
    if (count != static_cast<zip_int64_t>(bytes.size()))
      throw SystemError("npz", "the archive cannot be read back");
    return bytes;
  }

 private:
  [[noreturn]] void fail() const { throw SystemError("npz", zip_strerror(archive_.get())); }

  ZipSource source_;
  ZipArchive archive_;
};

}  // namespace detail

/// Reads the bytes of an `.npz` file, stored or deflated, in the order of the archive; `name` is
/// what messages call them.
/// @throws InputError unless it is a zip archive of complete `.npy` arrays with different names
[[nodiscard]] inline std::vector<NamedArray> parse_npz(std::string_view bytes,
                                                       const std::string& name,
                                                       const NpzLimits& limits = {}) {
  return detail::NpzReader(bytes, name, limits).read();
}

/// Reads an `.npz` file; see `parse_npz`. @throws SystemError when it cannot be read
[[nodiscard]] inline std::vector<NamedArray> read_npz(const std::filesystem::path& path,
                                                      const NpzLimits& limits = {}) {
  return parse_npz(read_file(path, limits.bytes), path.string(), limits);
}

/// The bytes of an `.npz` file as `numpy.savez` lays it out: uncompressed, in the given order.
/// Equal arrays give equal bytes.
/// @throws DomainError for an empty name or one that stands twice, and for data of another size
///   than the shape says
[[nodiscard]] inline std::string to_npz(std::span<const NamedArray> arrays) {
  detail::check_written(arrays);
  std::vector<std::string> files;  // the archive refers to them until it is closed
  files.reserve(arrays.size());
  detail::NpzWriter writer;
  for (const NamedArray& named : arrays) {
    files.push_back(to_npy(named.array));
    writer.add(named.name + ".npy", files.back());
  }
  return writer.finish();
}

}  // namespace edgeopt::inline v0::io
