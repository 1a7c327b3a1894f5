// SPDX-License-Identifier: MIT
/// @file
/// A piece of memory and the time during which it is needed: what memory plans are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace edgeopt::inline v0 {

/// A piece of memory and the nodes during which it holds something.
struct StoredTensor {
  std::string name;  ///< of the tensor that owns it
  std::int64_t bytes = 0;
  std::size_t first_node = 0;
  std::size_t last_node = 0;  ///< inclusive

  friend bool operator==(const StoredTensor&, const StoredTensor&) = default;
};

/// Whether both hold something while the same node runs; a piece without bytes never does.
[[nodiscard]] inline bool are_alive_together(const StoredTensor& a, const StoredTensor& b) {
  return a.bytes > 0 && b.bytes > 0 && a.first_node <= b.last_node && b.first_node <= a.last_node;
}

}  // namespace edgeopt::inline v0
