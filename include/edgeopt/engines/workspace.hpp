// SPDX-License-Identifier: MIT
/// @file
/// The memory in which an engine computes.
#pragma once

#include <cstdint>
#include <memory>  // std::shared_ptr
#include <utility>

#include "edgeopt/engines/detail/aligned_buffer.hpp"
#include "edgeopt/engines/thread_pool.hpp"

namespace edgeopt::inline v0 {

namespace detail {
template <class Value>
class CompiledEngine;
}

/// Scratch memory for one run at a time, made by an engine's `make_workspace` and good for that
/// engine and its copies. Can be moved. Uses the pool it was made with, which has to outlive it.
class Workspace {
 public:
  /// Images of the largest batch.
  [[nodiscard]] std::int64_t max_batch() const noexcept { return max_batch_; }
  /// Bytes held.
  [[nodiscard]] std::int64_t bytes() const noexcept { return memory_.bytes(); }

 private:
  template <class Value>
  friend class detail::CompiledEngine;

  Workspace(std::shared_ptr<const void> program, std::int64_t max_batch, std::int64_t shared_bytes,
            std::int64_t worker_bytes, int workers, ThreadPool* pool)
      : program_(std::move(program)),
        memory_(shared_bytes + worker_bytes * workers),
        shared_bytes_(shared_bytes),
        worker_bytes_(worker_bytes),
        max_batch_(max_batch),
        pool_(pool) {}

  [[nodiscard]] std::byte* shared() const noexcept { return memory_.data(); }
  [[nodiscard]] std::byte* of_worker(int worker) const noexcept {
    return memory_.data() + shared_bytes_ + worker * worker_bytes_;
  }

  std::shared_ptr<const void> program_;  ///< whose workspace this is
  detail::AlignedBuffer memory_;         ///< what all share, and the same amount for each worker
  std::int64_t shared_bytes_;
  std::int64_t worker_bytes_;
  std::int64_t max_batch_;
  ThreadPool* pool_;  ///< null: everything runs on the caller's thread
};

}  // namespace edgeopt::inline v0
