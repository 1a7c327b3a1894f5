// SPDX-License-Identifier: MIT
/// @file
/// Engines that can share a batch among the threads of a pool.
#pragma once

#include <concepts>
#include <cstdint>

#include "edgeopt/engine.hpp"
#include "edgeopt/engines/thread_pool.hpp"

namespace edgeopt::inline v0 {

/// An engine that offers `make_workspace(max_batch, pool)` beside `make_workspace(max_batch)`: a
/// workspace of the same type, with which `run` uses the threads of the pool. The pool has to
/// outlive it. Logits do not depend on the number of threads.
template <class E>
concept PooledEngine = Engine<E> &&
    requires(const E& engine, std::int64_t max_batch, ThreadPool& pool) {
  requires std::same_as<decltype(engine.make_workspace(max_batch, pool)),
                        decltype(engine.make_workspace(max_batch))>;
};

/// A workspace on the threads of `pool` where the engine can use them; an engine of any other kind
/// runs as it always does.
template <Engine E>
[[nodiscard]] auto make_workspace(const E& engine, std::int64_t max_batch, ThreadPool& pool) {
  if constexpr (PooledEngine<E>)
    return engine.make_workspace(max_batch, pool);
  else
    return engine.make_workspace(max_batch);
}

}  // namespace edgeopt::inline v0
