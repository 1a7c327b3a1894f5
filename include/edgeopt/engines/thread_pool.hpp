// SPDX-License-Identifier: MIT
/// @file
/// A fixed set of threads that share the tasks of a loop.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>  // std::exception_ptr
#include <memory>     // std::addressof
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <vector>

#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

/// Runs loops on a number of threads, the caller's among them.
///
/// Threads that wait for a loop to begin or to end look for it for some microseconds before they
/// sleep, as waking one takes about as long as a network takes for several images.
///
/// A pool of size 1 starts no thread and runs everything inline. The destructor joins. A pool may
/// be shared: a loop that is started while another one runs, be it from a task of that loop or from
/// another thread, runs inline on the thread that started it.
class ThreadPool {
 public:
  /// @throws DomainError when `threads` < 1
  /// @throws SystemError when the system refuses a thread
  explicit ThreadPool(int threads = 1) {
    if (threads < 1) throw DomainError("threads", std::to_string(threads), "an integer >= 1");
    helpers_.reserve(static_cast<std::size_t>(threads) - 1);
    try {
      for (int worker = 1; worker < threads; ++worker)
        helpers_.emplace_back(&ThreadPool::help, this, worker);
    } catch (const std::system_error& error) {
      join();
      throw SystemError("thread " + std::to_string(helpers_.size() + 1), error.what());
    } catch (...) {  // no memory
      join();
      throw;
    }
  }

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() { join(); }

  /// Threads that work on a loop, the caller's included.
  [[nodiscard]] int size() const noexcept { return static_cast<int>(helpers_.size()) + 1; }

  /// Calls `function(task, worker)` for task = 0 .. tasks-1, each once, in any order and on any
  /// thread, and returns when all calls have returned. 0 <= worker < size() differs between calls
  /// that run at the same time; the caller is worker 0. Allocates nothing.
  ///
  /// When calls throw, tasks not yet begun are dropped, and the exception of the lowest task that
  /// threw leaves here: the one that a plain loop would have thrown.
  template <class Function>
  void parallel_for(std::int64_t tasks, Function&& function) {
    if (tasks <= 1 || helpers_.empty() || busy_.exchange(true, std::memory_order_acquire)) {
      for (std::int64_t task = 0; task < tasks; ++task) function(task, 0);
      return;
    }
    using Plain = std::remove_reference_t<Function>;
    // The address is only ever turned back into what it was, so its constness is kept.
    Loop loop{tasks, const_cast<void*>(static_cast<const void*>(std::addressof(function))),
              [](void* erased, std::int64_t task, int worker) {
                (*static_cast<Plain*>(erased))(task, worker);
              }};
    run(loop);
    busy_.store(false, std::memory_order_release);
    if (loop.exception) std::rethrow_exception(loop.exception);
  }

 private:
  /// One call of `parallel_for`; lives on the caller's stack.
  struct Loop {
    std::int64_t tasks;
    void* function;
    void (*call)(void* function, std::int64_t task, int worker);
    std::atomic<std::int64_t> next = 0;  ///< task that nobody has taken yet
    std::mutex exception_mutex = {};
    std::exception_ptr exception = {};
    std::int64_t exception_task = 0;

    /// Takes tasks, in ascending order, until none is left.
    void work(int worker) noexcept {
      for (std::int64_t task; (task = next.fetch_add(1, std::memory_order_relaxed)) < tasks;) {
        try {
          call(function, task, worker);
        } catch (...) {
          next.store(tasks, std::memory_order_relaxed);
          const std::lock_guard lock(exception_mutex);
          if (!exception || task < exception_task) {
            exception = std::current_exception();
            exception_task = task;
          }
        }
      }
    }
  };

  void run(Loop& loop) noexcept {
    {
      const std::lock_guard lock(mutex_);
      loop_ = &loop;
      ++loops_begun_;
    }
    wake_.notify_all();
    loop.work(0);
    {
      const std::lock_guard lock(mutex_);
      loop_ = nullptr;  // helpers that wake only now find nothing to do, and nobody waits for them
    }
    look_for([this] { return helping_.load(std::memory_order_relaxed) == 0; });
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return helping_ == 0; });
  }

  void help(int worker) {
    std::uint64_t loops_seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
      lock.unlock();
      look_for([&] { return loops_begun_.load(std::memory_order_relaxed) != loops_seen; });
      lock.lock();
      wake_.wait(lock, [&] { return stopping_ || (loop_ && loops_begun_ != loops_seen); });
      if (stopping_) return;
      loops_seen = loops_begun_;
      Loop& loop = *loop_;
      ++helping_;
      lock.unlock();
      loop.work(worker);
      lock.lock();
      if (--helping_ == 0) idle_.notify_one();
    }
  }

  /// Returns when the condition holds, or after a while. What it says is a hint: the mutex decides.
  template <class Condition>
  static void look_for(Condition condition) noexcept {
    for (int looks = 0; looks < patience && !condition(); ++looks) pause();
  }

  /// Tells the processor that this thread is only waiting.
  static void pause() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  void join() noexcept {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& helper : helpers_) helper.join();
  }

  static constexpr int patience = 2000;  ///< looks, of some 20 to 50 nanoseconds on x86-64

  std::atomic<bool> busy_ = false;  ///< a loop is under way
  std::mutex mutex_;                ///< guards what follows
  std::condition_variable wake_;    ///< a loop has begun, or the end has come
  std::condition_variable idle_;    ///< the last helper has left the loop
  Loop* loop_ = nullptr;
  std::atomic<std::uint64_t> loops_begun_ = 0;
  std::atomic<int> helping_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> helpers_;
};

}  // namespace edgeopt::inline v0
