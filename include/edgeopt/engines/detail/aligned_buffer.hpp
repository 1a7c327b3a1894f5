// SPDX-License-Identifier: MIT
/// @file
/// A block of zeroed memory that starts at a cache line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>  // std::memset
#include <memory>   // std::unique_ptr
#include <new>      // std::align_val_t

#include "edgeopt/kernels/layers.hpp"  // kernels::alignment

namespace edgeopt::inline v0::detail {

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::int64_t bytes)
      : memory_(static_cast<std::byte*>(::operator new(static_cast<std::size_t>(bytes), boundary))),
        bytes_(bytes) {
    std::memset(memory_.get(), 0, static_cast<std::size_t>(bytes));
  }

  [[nodiscard]] std::byte* data() const noexcept { return memory_.get(); }
  [[nodiscard]] std::int64_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::align_val_t boundary{kernels::alignment};
  struct Free {
    void operator()(std::byte* memory) const noexcept { ::operator delete(memory, boundary); }
  };

  std::unique_ptr<std::byte, Free> memory_;
  std::int64_t bytes_ = 0;
};

}  // namespace edgeopt::inline v0::detail
