// SPDX-License-Identifier: MIT
// Memory of exactly the size asked for. A step beyond its end reaches a page that must not be
// touched and ends the program, with any compiler and in any instruction; where the address
// sanitizer is at work, it comes from the heap instead, so that steps before its start are seen as
// well.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define EDGEOPT_TEST_HEAP_ONLY
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EDGEOPT_TEST_HEAP_ONLY
#endif
#endif

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "edgeopt/error.hpp"
#include "reference.hpp"

namespace guarded {

class Buffer {
 public:
#if defined(EDGEOPT_TEST_HEAP_ONLY)
  explicit Buffer(std::int64_t bytes)
      : heap_(std::make_unique<std::byte[]>(static_cast<std::size_t>(bytes))),
        begin_(heap_.get()),
        bytes_(bytes) {}
#else
  explicit Buffer(std::int64_t bytes) : bytes_(bytes) {
    const std::int64_t page = sysconf(_SC_PAGESIZE);
    const std::int64_t used = edgeopt::kernels::round_up(bytes, page);
    mapped_ = static_cast<std::size_t>(used + page);
    memory_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) throw edgeopt::Error("no memory for a guarded buffer");
    std::byte* const end = static_cast<std::byte*>(memory_) + used;
    if (mprotect(end, static_cast<std::size_t>(page), PROT_NONE) != 0)
      throw edgeopt::Error("no guard page");
    begin_ = end - bytes;
  }
#endif
  /// Holds a copy of the values.
  template <class Value>
  explicit Buffer(const reference::List<Value>& values)
      : Buffer(static_cast<std::int64_t>(values.size() * sizeof(Value))) {
    std::copy(values.begin(), values.end(), as<Value>());
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    if (memory_ != nullptr) munmap(memory_, mapped_);
  }

  [[nodiscard]] std::byte* data() const {
    return begin_;
  }
  [[nodiscard]] std::int64_t bytes() const {
    return bytes_;
  }
  template <class Value>
  [[nodiscard]] Value* as() const {
    return reinterpret_cast<Value*>(begin_);
  }

 private:
  std::unique_ptr<std::byte[]> heap_;
  void* memory_ = nullptr;
  std::size_t mapped_ = 0;
  std::byte* begin_ = nullptr;
  std::int64_t bytes_;
};

}  // namespace guarded
