// SPDX-License-Identifier: MIT
/// @file
/// Clocks as arguments: whatever is timed reads the time through one, so that a whole study under a
/// clock of our own is reproducible to the byte.
#pragma once

#include <chrono>
#include <functional>

namespace edgeopt::inline v0 {

/// Gives the time since some fixed moment at each call; never runs backwards.
using Clock = std::function<std::chrono::nanoseconds()>;

/// The monotonic clock of the system.
[[nodiscard]] inline Clock steady_clock() {
  return [] {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  };
}

/// A clock that advances by `step` at each reading, whatever happens in between: everything that is
/// timed takes one step.
[[nodiscard]] inline Clock stepping_clock(std::chrono::nanoseconds step) {
  return [step, now = std::chrono::nanoseconds{0}]() mutable { return now += step; };
}

/// Milliseconds that `work()` takes by the clock.
template <class Work>
[[nodiscard]] double elapsed_ms(const Clock& clock, Work&& work) {
  const std::chrono::nanoseconds start = clock();
  work();
  return std::chrono::duration<double, std::milli>(clock() - start).count();
}

}  // namespace edgeopt::inline v0
