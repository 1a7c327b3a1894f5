// SPDX-License-Identifier: MIT
/// @file
/// Items prepared ahead by threads and handed out in order.
#pragma once

#include <algorithm>  // std::min
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>  // std::exchange, std::move
#include <vector>

namespace edgeopt::inline v0 {

/// Calls `prepare(index, item)` for index 0 .. count-1 on up to `workers` threads and hands the
/// items out in the order of their indices, whichever thread is faster. With no worker, or where
/// the system gives no thread, an item is prepared when it is asked for. At most two items for each
/// worker exist; they are reused, so that `prepare` can fill them without allocating. `prepare` is
/// called from several threads at once, and the object it belongs to must outlive this one.
///
/// One thread at a time may call `next`. The destructor waits for items that are being prepared.
template <class Item, class Prepare>
class OrderedPrefetch {
 public:
  OrderedPrefetch(std::int64_t count, std::int64_t workers, Prepare prepare)
      : count_(count), prepare_(std::move(prepare)) {
    workers = std::min(workers, count);
    slots_.resize(static_cast<std::size_t>(workers > 0 ? 2 * workers : 1));
    try {
      for (std::int64_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // Fewer threads than asked for are slower, not wrong.
    } catch (...) {
      stop();
      throw;
    }
  }

  OrderedPrefetch(const OrderedPrefetch&) = delete;
  OrderedPrefetch& operator=(const OrderedPrefetch&) = delete;

  ~OrderedPrefetch() { stop(); }

  /// The next item, valid until the next call, or null after the last one.
  /// @throws what `prepare` threw for this item; the items after it can still be had
  const Item* next() {
    if (next_ == count_) return nullptr;
    Slot& slot = slot_of(next_);
    if (threads_.empty()) {
      prepare_(next_++, slot.item);
      return &slot.item;
    }
    std::unique_lock lock(mutex_);
    released_ = next_;  // the item handed out before is free again
    room_.notify_all();
    ready_.wait(lock, [&] { return slot.holds == next_; });
    ++next_;
    if (slot.failure) std::rethrow_exception(std::exchange(slot.failure, nullptr));
    return &slot.item;
  }

 private:
  struct Slot {
    Item item{};
    std::int64_t holds = -1;  // index of the item that is ready here
    std::exception_ptr failure;
  };

  Slot& slot_of(std::int64_t index) {
    return slots_[static_cast<std::size_t>(index) % slots_.size()];
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      room_.wait(lock, [this] { return stopping_ || claimed_ == count_ || has_room(); });
      if (stopping_ || claimed_ == count_) return;
      const std::int64_t index = claimed_++;
      Slot& slot = slot_of(index);
      lock.unlock();
      std::exception_ptr failure;
      try {
        prepare_(index, slot.item);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      slot.failure = failure;
      slot.holds = index;
      ready_.notify_all();
    }
  }

  [[nodiscard]] bool has_room() const {
    return claimed_ < released_ + static_cast<std::int64_t>(slots_.size());
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    room_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  std::int64_t count_;
  Prepare prepare_;
  std::vector<Slot> slots_;
  std::int64_t next_ = 0;  // touched by the caller of `next` only

  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable ready_;
  std::int64_t claimed_ = 0;   // items given to a worker
  std::int64_t released_ = 0;  // items whose slot may be used again
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace edgeopt::inline v0
