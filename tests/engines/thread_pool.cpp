// SPDX-License-Identifier: MIT
#include "edgeopt/engines/thread_pool.hpp"

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"

using edgeopt::DomainError;
using edgeopt::ThreadPool;

TEST_CASE("Every task runs exactly once, on a worker of the pool") {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    REQUIRE(pool.size() == threads);
    for (const std::int64_t tasks : {0, 1, 2, 3, 64, 1000}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(tasks));
      std::atomic<int> wrong_workers = 0;
      pool.parallel_for(tasks, [&](std::int64_t task, int worker) {
        ++calls[static_cast<std::size_t>(task)];
        if (worker < 0 || worker >= threads) ++wrong_workers;
      });
      for (const std::atomic<int>& count : calls) CHECK(count == 1);
      CHECK(wrong_workers == 0);
    }
  }
}

TEST_CASE("Calls that run at the same time have different workers") {
  ThreadPool pool(4);
  std::vector<std::atomic<bool>> in_use(4);
  std::atomic<int> clashes = 0;
  pool.parallel_for(2000, [&](std::int64_t, int worker) {
    if (in_use[static_cast<std::size_t>(worker)].exchange(true)) ++clashes;
    std::this_thread::yield();
    in_use[static_cast<std::size_t>(worker)] = false;
  });
  CHECK(clashes == 0);
}

TEST_CASE("A pool of one runs on the caller's thread, in order") {
  ThreadPool pool;
  std::vector<std::int64_t> order;
  pool.parallel_for(5, [&, caller = std::this_thread::get_id()](std::int64_t task, int worker) {
    CHECK(std::this_thread::get_id() == caller);
    CHECK(worker == 0);
    order.push_back(task);
  });
  CHECK(order == std::vector<std::int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("More than one thread takes part") {
  ThreadPool pool(2);
  std::atomic<int> inside = 0;
  // Two tasks that wait for each other end only when two threads run them.
  pool.parallel_for(2, [&](std::int64_t, int) {
    ++inside;
    while (inside < 2) std::this_thread::yield();
  });
  CHECK(inside == 2);
}

TEST_CASE("The exception of the lowest task leaves the loop, and the pool stays usable") {
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    for (int round = 0; round < 50; ++round) {
      std::string caught;
      try {
        pool.parallel_for(100, [](std::int64_t task, int) {
          if (task >= 7 && task % 2 == 1) throw std::runtime_error(std::to_string(task));
        });
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
      CHECK(caught == "7");
    }
    std::atomic<int> calls = 0;
    pool.parallel_for(10, [&](std::int64_t, int) { ++calls; });
    CHECK(calls == 10);
  }
}

TEST_CASE("Loops inside loops and loops of several threads on one pool all finish") {
  ThreadPool pool(3);
  std::atomic<int> calls = 0;
  const auto nested = [&] {
    for (int round = 0; round < 20; ++round)
      pool.parallel_for(
          4, [&](std::int64_t, int) { pool.parallel_for(5, [&](std::int64_t, int) { ++calls; }); });
  };
  std::thread first(nested);
  std::thread second(nested);
  first.join();
  second.join();
  CHECK(calls == 2 * 20 * 4 * 5);
}

TEST_CASE("A constant function object can be called") {
  ThreadPool pool(2);
  std::atomic<int> calls = 0;
  const auto count = [&](std::int64_t, int) { ++calls; };
  pool.parallel_for(6, count);
  CHECK(calls == 6);
}

TEST_CASE("A pool without threads is refused") {
  CHECK_THROWS_AS(ThreadPool(0), DomainError);
  CHECK_THROWS_AS(ThreadPool(-1), DomainError);
}
