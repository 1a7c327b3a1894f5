// SPDX-License-Identifier: MIT
/// @file
/// Files that may be gzipped, read as a stream through zlib.
#pragma once

#include <zlib.h>

#include <algorithm>  // std::copy_n, std::min
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>  // std::unique_ptr
#include <new>     // std::bad_alloc
#include <span>
#include <string>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"

namespace edgeopt::inline v0::io {

/// What a gzip file may grow into.
struct DecompressionLimits {
  std::int64_t bytes = std::int64_t{1} << 32;
  /// Decompressed bytes per compressed byte, judged once 16 MiB were produced: pictures reach 10,
  /// the format itself ends at 1032.
  std::int64_t ratio = 200;
};

/// A file read from its beginning to its end, decompressed where it begins as gzip does (RFC 1952,
/// one or more members). The checksums are verified; what follows the last member is an error.
class DecompressedFile {
 public:
  /// @throws SystemError when the file cannot be read
  /// @throws InputError when its name ends in ".gz" and it is not gzip
  explicit DecompressedFile(const std::filesystem::path& path,
                            const DecompressionLimits& limits = {})
      : file_(path), limits_(limits), input_(std::size_t{1} << 16) {
    refill();
    if (starts_as_gzip())
      start_inflating();
    else if (path.extension() == ".gz")
      throw InputError(name(), "", "a file that is not gzip", "gzip, as its name says");
  }

  /// Fills the buffer; gives less than its size only at the end.
  /// @throws InputError for damaged or truncated data, trailing bytes, or more than the limits
  /// allow
  std::size_t read(std::span<std::byte> buffer) {
    const std::size_t filled = inflater_ ? read_inflated(buffer) : read_plain(buffer);
    produced_ += static_cast<std::int64_t>(filled);
    if (produced_ > limits_.bytes)
      throw InputError(name(), "", "more than " + std::to_string(limits_.bytes) + " bytes",
                       "at most that many");
    return filled;
  }

  [[nodiscard]] const std::string& name() const noexcept { return file_.name(); }

  /// What the content may well amount to: a sensible capacity to begin with, no promise.
  [[nodiscard]] std::int64_t likely_bytes() const noexcept {
    return inflater_ ? 8 * file_.size() : file_.size();
  }

 private:
  struct End {
    void operator()(z_stream* stream) const noexcept {
      inflateEnd(stream);
      delete stream;
    }
  };

  [[nodiscard]] std::size_t left() const noexcept { return end_ - begin_; }

  bool refill() {
    begin_ = 0;
    end_ = file_.read(input_);
    consumed_ += static_cast<std::int64_t>(end_);
    return end_ > 0;
  }

  [[nodiscard]] bool starts_as_gzip() const noexcept {
    return left() >= 2 && input_[begin_] == std::byte{0x1f} &&
           input_[begin_ + 1] == std::byte{0x8b};
  }

  void start_inflating() {
    constexpr int gzip_only = 15 + 16;  // the largest window, and a gzip header around it
    auto stream = std::make_unique<z_stream>();
    if (inflateInit2(stream.get(), gzip_only) != Z_OK) throw std::bad_alloc();
    inflater_.reset(stream.release());
  }

  std::size_t read_plain(std::span<std::byte> buffer) {
    std::size_t filled = 0;
    while (filled < buffer.size() && (left() > 0 || refill())) {
      const std::size_t count = std::min(left(), buffer.size() - filled);
      std::copy_n(input_.begin() + static_cast<std::ptrdiff_t>(begin_), count,
                  buffer.begin() + static_cast<std::ptrdiff_t>(filled));
      begin_ += count;
      filled += count;
    }
    return filled;
  }

  std::size_t read_inflated(std::span<std::byte> buffer) {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      if (member_ended_ && !next_member()) break;
      if (left() == 0 && !refill())
        throw InputError(name(), "offset " + std::to_string(consumed_),
                         "the end of the file within compressed data", "the rest of it");
      // zlib counts in unsigned int: larger buffers are filled in several rounds.
      filled +=
          inflate_some(buffer.subspan(filled, std::min(buffer.size() - filled, largest_step)));
      check_ratio(filled);
    }
    return filled;
  }

  std::size_t inflate_some(std::span<std::byte> buffer) {
    inflater_->next_in = reinterpret_cast<Bytef*>(input_.data() + begin_);
    inflater_->avail_in = static_cast<uInt>(left());
    inflater_->next_out = reinterpret_cast<Bytef*>(buffer.data());
    inflater_->avail_out = static_cast<uInt>(buffer.size());
    const int answer = inflate(inflater_.get(), Z_NO_FLUSH);
    begin_ = end_ - inflater_->avail_in;
    if (answer == Z_MEM_ERROR) throw std::bad_alloc();
    if (answer != Z_OK && answer != Z_STREAM_END && answer != Z_BUF_ERROR)
      throw InputError(name(), "offset " + std::to_string(offset()),
                       std::string("damaged gzip data") +
                           (inflater_->msg ? " (" + std::string(inflater_->msg) + ")" : ""),
                       "gzip data with the right checksum");
    member_ended_ = answer == Z_STREAM_END;
    return buffer.size() - inflater_->avail_out;
  }

  /// Whether another member follows the one that ended.
  bool next_member() {
    if (left() < 2) {  // the two bytes that tell may lie on both sides of the buffer's end
      const std::size_t kept = left();
      if (kept == 1) input_[0] = input_[begin_];
      const std::size_t count = file_.read(std::span(input_).subspan(kept));
      consumed_ += static_cast<std::int64_t>(count);
      begin_ = 0;
      end_ = kept + count;
    }
    if (left() == 0) return false;
    if (!starts_as_gzip())
      throw InputError(name(), "offset " + std::to_string(offset()),
                       "trailing bytes that are not gzip", "the end of the file");
    inflateReset(inflater_.get());
    member_ended_ = false;
    return true;
  }

  void check_ratio(std::size_t filled) const {
    constexpr std::int64_t unjudged = std::int64_t{16} << 20;
    const std::int64_t total = produced_ + static_cast<std::int64_t>(filled);
    if (total > unjudged && total / limits_.ratio > offset())
      throw InputError(name(), "offset " + std::to_string(offset()),
                       "data compressed more than " + std::to_string(limits_.ratio) + " times",
                       "a smaller ratio");
  }

  /// Compressed bytes used so far.
  [[nodiscard]] std::int64_t offset() const noexcept {
    return consumed_ - static_cast<std::int64_t>(left());
  }

  static constexpr std::size_t largest_step = std::size_t{1} << 20;

  InputFile file_;
  DecompressionLimits limits_;
  std::vector<std::byte> input_;  // [begin_, end_) was read from the file and is not used yet
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::int64_t consumed_ = 0;  // bytes read from the file
  std::int64_t produced_ = 0;  // bytes given to the caller
  bool member_ended_ = false;
  std::unique_ptr<z_stream, End> inflater_;  // empty for a plain file
};

}  // namespace edgeopt::inline v0::io
