// SPDX-License-Identifier: MIT
/// @file
/// What has to be known of a network to order its nodes: what each of them waits for, and which
/// memory it touches.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"

namespace edgeopt::inline v0 {

/// A piece of memory and who uses it, in any order: it is needed from the first of its nodes that
/// runs to the last.
struct TouchedPiece {
  std::int64_t bytes = 0;
  std::vector<std::size_t> nodes;  ///< that write or read it, each once
  bool from_start = false;         ///< an input: holds something before any node runs
  bool to_end = false;             ///< an output: still needed when all have run
};

/// Nodes by number.
struct Dataflow {
  std::vector<std::vector<std::size_t>> predecessors;  ///< nodes that each node waits for
  std::vector<TouchedPiece> pieces;
};

/// @throws DomainError when a piece is of negative size or touched by a node that does not exist,
///   or twice by one, when a node waits for one that does not exist, and where the bytes of all
///   pieces exceed 64 bits
inline void check_dataflow(const Dataflow& flow) {
  const std::size_t count = flow.predecessors.size();
  const std::string allowed = "below " + std::to_string(count) + ", the number of nodes";
  for (const std::vector<std::size_t>& nodes : flow.predecessors)
    for (const std::size_t node : nodes)
      if (node >= count) throw DomainError("node waited for", std::to_string(node), allowed);
  std::int64_t sum = 0;
  std::vector<std::size_t> toucher(count, 0);  // number of the last piece, from 1
  for (std::size_t piece = 0; piece < flow.pieces.size(); ++piece) {
    const TouchedPiece& each = flow.pieces[piece];
    if (each.bytes < 0)
      throw DomainError("bytes of piece " + std::to_string(piece), std::to_string(each.bytes),
                        ">= 0");
    sum = checked_sum(sum, each.bytes, "bytes of all pieces");
    for (const std::size_t node : each.nodes) {
      const std::string what = "node that touches piece " + std::to_string(piece);
      if (node >= count) throw DomainError(what, std::to_string(node), allowed);
      if (toucher[node] == piece + 1)
        throw DomainError(what, std::to_string(node) + ", twice", "each node once");
      toucher[node] = piece + 1;
    }
  }
}

/// The bytes alive while each node of an order runs: pieces between the first and the last of their
/// nodes, inputs from the start, outputs to the end. An input that nobody touches counts for the
/// first node only. O(nodes + touches).
/// @pre `check_dataflow` accepts the flow, and the order holds every node once
[[nodiscard]] inline std::vector<std::int64_t> live_bytes(const Dataflow& flow,
                                                          std::span<const std::size_t> order) {
  std::vector<std::size_t> position(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
  std::vector<std::int64_t> change(order.size() + 1, 0);
  for (const TouchedPiece& piece : flow.pieces) {
    if (piece.nodes.empty() && !piece.from_start && !piece.to_end) continue;
    std::size_t first = piece.from_start || piece.nodes.empty() ? 0 : order.size();
    std::size_t last = 0;
    for (const std::size_t node : piece.nodes) {
      first = std::min(first, position[node]);
      last = std::max(last, position[node]);
    }
    if (piece.to_end) last = order.empty() ? 0 : order.size() - 1;
    change[first] += piece.bytes;
    change[std::min(last + 1, order.size())] -= piece.bytes;
  }
  change.resize(order.size());
  for (std::size_t i = 1; i < change.size(); ++i) change[i] += change[i - 1];
  return change;
}

/// The largest of `live_bytes`.
[[nodiscard]] inline std::int64_t peak_bytes(const Dataflow& flow,
                                             std::span<const std::size_t> order) {
  std::int64_t peak = 0;
  for (const std::int64_t bytes : live_bytes(flow, order)) peak = std::max(peak, bytes);
  return peak;
}

}  // namespace edgeopt::inline v0
