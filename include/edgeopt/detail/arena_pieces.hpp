// SPDX-License-Identifier: MIT
/// @file
/// Pieces of memory as the layout of an arena works with them, and which of them are alive
/// together.
#pragma once

#include <algorithm>  // std::sort, std::stable_sort, std::max
#include <cstddef>
#include <cstdint>
#include <queue>
#include <span>
#include <string>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/checked_count.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/stored_tensor.hpp"

namespace edgeopt::inline v0::detail {

/// A piece with bytes. Offsets are multiples of the alignment, so that a piece keeps `padded` bytes
/// from whatever lies above it.
struct ArenaPiece {
  std::size_t index = 0;  ///< in the list that the caller gave
  std::int64_t bytes = 0;
  std::int64_t padded = 0;  ///< bytes rounded up to the alignment
  std::size_t first_node = 0;
  std::size_t last_node = 0;
};

/// The pieces that have bytes, by their first node. Offsets never exceed the sum of all padded
/// bytes, so nothing wraps once that sum is known to fit.
/// @throws DomainError for an alignment that is no power of two, a piece of negative size or one
///   that ends before it begins, and a sum that exceeds 64 bits
[[nodiscard]] inline std::vector<ArenaPiece> arena_pieces(std::span<const StoredTensor> stored,
                                                          std::int64_t alignment) {
  if (alignment < 1 || (alignment & (alignment - 1)) != 0)
    throw DomainError("alignment", std::to_string(alignment), "a power of two");
  std::vector<ArenaPiece> pieces;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const StoredTensor& each = stored[i];
    if (each.bytes < 0)
      throw DomainError("bytes of '" + each.name + "'", std::to_string(each.bytes), ">= 0");
    if (each.last_node < each.first_node)
      throw DomainError("last node of '" + each.name + "'", std::to_string(each.last_node),
                        "not before its first node, " + std::to_string(each.first_node));
    if (each.bytes == 0) continue;
    const std::int64_t padded =
        checked_sum(each.bytes, alignment - 1, "padded bytes") & ~(alignment - 1);
    sum = checked_sum(sum, padded, "padded bytes of all pieces");
    pieces.push_back({i, each.bytes, padded, each.first_node, each.last_node});
  }
  std::stable_sort(pieces.begin(), pieces.end(), [](const ArenaPiece& a, const ArenaPiece& b) {
    return a.first_node < b.first_node;
  });
  return pieces;
}

/// More pairs are not listed: 16 bytes each.
inline constexpr std::int64_t most_conflicts = 2'000'000;

/// How many pairs of pieces are alive together: O(n log n), without looking at the pairs.
[[nodiscard]] inline std::int64_t count_conflicts(const std::vector<ArenaPiece>& pieces) {
  std::vector<std::size_t> ends;
  for (const ArenaPiece& piece : pieces) ends.push_back(piece.last_node);
  std::sort(ends.begin(), ends.end());
  std::int64_t pairs = 0;
  std::size_t ended = 0;
  for (std::size_t started = 0; started < pieces.size(); ++started) {
    while (ends[ended] < pieces[started].first_node) ++ended;
    pairs += static_cast<std::int64_t>(started - ended);
  }
  return pairs;
}

/// For each piece the others that are alive together with it.
class ArenaConflicts {
 public:
  ArenaConflicts() = default;

  /// O(n log n + pairs). @pre at most 2^32 pieces
  explicit ArenaConflicts(const std::vector<ArenaPiece>& pieces) : begin_(pieces.size() + 1, 0) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    std::vector<std::uint32_t> alive;
    for (std::uint32_t i = 0; i < pieces.size(); ++i) {
      std::size_t kept = 0;
      for (const std::uint32_t other : alive) {
        if (pieces[other].last_node < pieces[i].first_node) continue;
        alive[kept++] = other;
        pairs.emplace_back(other, i);
        ++begin_[other + 1];
        ++begin_[i + 1];
      }
      alive.resize(kept);
      alive.push_back(i);
    }
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    others_.resize(2 * pairs.size());
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    for (const auto& [a, b] : pairs) {
      others_[next[a]++] = b;
      others_[next[b]++] = a;
    }
  }

  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t piece) const {
    return {others_.data() + begin_[piece], begin_[piece + 1] - begin_[piece]};
  }

 private:
  std::vector<std::size_t> begin_;
  std::vector<std::uint32_t> others_;
};

/// The largest sums at one node: of bytes, and of padded bytes where only the topmost piece may end
/// without padding.
struct ArenaSums {
  std::int64_t bytes = 0;
  std::int64_t padded = 0;
};

/// O(n log n): sums grow only where a piece begins.
[[nodiscard]] inline ArenaSums largest_sums(const std::vector<ArenaPiece>& pieces) {
  using Padding = std::pair<std::int64_t, std::size_t>;  // bytes, last node
  std::priority_queue<Padding> paddings;
  const auto ends_later = [&](std::size_t a, std::size_t b) {
    return pieces[a].last_node > pieces[b].last_node;
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(ends_later)> alive(
      ends_later);
  ArenaSums now;
  ArenaSums largest;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const ArenaPiece& piece = pieces[i];
    while (!alive.empty() && pieces[alive.top()].last_node < piece.first_node) {
      now.bytes -= pieces[alive.top()].bytes;
      now.padded -= pieces[alive.top()].padded;
      alive.pop();
    }
    while (!paddings.empty() && paddings.top().second < piece.first_node) paddings.pop();
    alive.push(i);
    paddings.emplace(piece.padded - piece.bytes, piece.last_node);
    now.bytes += piece.bytes;
    now.padded += piece.padded;
    largest.bytes = std::max(largest.bytes, now.bytes);
    largest.padded = std::max(largest.padded, now.padded - paddings.top().first);
  }
  return largest;
}

}  // namespace edgeopt::inline v0::detail
