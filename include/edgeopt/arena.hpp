// SPDX-License-Identifier: MIT
/// @file
/// One block of memory for all activations of a network: where in it each of them lies.
///
/// Pieces that are alive at the same time must not overlap, others may: dynamic storage allocation,
/// which is NP-hard (Garey and Johnson, "Computers and Intractability", 1979, SR2). No layout is
/// smaller than the largest sum of bytes alive at one time; most networks allow one of that size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>  // std::prev
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // std::pair, std::move
#include <vector>

#include "edgeopt/detail/arena_pieces.hpp"
#include "edgeopt/detail/arena_search.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/stored_tensor.hpp"

namespace edgeopt::inline v0 {

/// How offsets are chosen.
enum class ArenaStrategy : std::uint8_t {
  /// The largest piece first, each at the lowest offset where it fits, as TensorFlow Lite Micro's
  /// GreedyMemoryPlanner does. O(n^2).
  greedy_by_size,
  /// The same, then a search over orders of placement while the arena is above its bound.
  search,
};

[[nodiscard]] constexpr std::string_view to_string(ArenaStrategy strategy) noexcept {
  return strategy == ArenaStrategy::search ? "search" : "greedy by size";
}

/// What an arena has to be like, and how long to look for a small one.
struct ArenaOptions {
  std::int64_t alignment = 16;  ///< bytes that every offset is a multiple of: a power of two
  ArenaStrategy strategy = ArenaStrategy::search;
  /// Pairs of pieces that the search may look at, >= 0; its start, which looks at all that are
  /// alive together, is not cut short. A count instead of a time: the same pieces give the same
  /// layout on any machine. The default takes some 10 milliseconds, and a tenth of a second where
  /// two million pairs are alive together.
  std::int64_t budget = 1'000'000;
  std::uint64_t seed = 0;  ///< of the search
};

/// What no arena can be smaller than.
struct ArenaBound {
  std::int64_t bytes = 0;  ///< largest sum of bytes alive at one node
  /// The same for offsets that are multiples of the alignment: every piece but the topmost takes
  /// its bytes rounded up to it. Not below `bytes`.
  std::int64_t aligned_bytes = 0;

  friend bool operator==(const ArenaBound&, const ArenaBound&) = default;
};

/// Where each piece lies.
struct ArenaLayout {
  std::vector<std::int64_t> offsets;  ///< one for each piece, in their order; 0 for empty pieces
  std::int64_t bytes = 0;             ///< of the arena: where the piece that ends last ends
  ArenaBound bound;
  ArenaStrategy strategy = ArenaStrategy::search;
  std::int64_t alignment = 1;
  std::int64_t looked_at = 0;  ///< pairs of pieces; what the budget counts

  /// How far the arena is above the bound for its alignment, in percent.
  [[nodiscard]] double excess_percent() const {
    const auto bytes_over = static_cast<double>(bytes - bound.aligned_bytes);
    return bytes == 0 ? 0 : 100 * bytes_over / static_cast<double>(bound.aligned_bytes);
  }
};

/// The lower bounds of an arena for these pieces. O(n log n).
/// @throws DomainError for an alignment that is no power of two, a piece of negative size or one
///   that ends before it begins, and bytes whose sum exceeds 64 bits
[[nodiscard]] inline ArenaBound arena_bound(std::span<const StoredTensor> pieces,
                                            std::int64_t alignment = 1) {
  const detail::ArenaSums sums = detail::largest_sums(detail::arena_pieces(pieces, alignment));
  return {sums.bytes, sums.padded};
}

/// Lays out an arena.
///
/// Greedy by size is what TensorFlow Lite Micro ships and what Y. Pisarchyk and J. Lee compare
/// others with ("Efficient Memory Management for Deep Neural Net Inference", 2020). The search
/// starts from it. As long as some piece ends too high, one of the tower that it stands on moves to
/// another position in the order of placement, and what this reaches is placed anew; moves that
/// leave no more bytes too high are kept. It ends at the bound, or when its budget is
/// spent; it is never worse than greedy by size. Only where more than two million pairs of pieces
/// are alive together, which would take too much memory to list, it is best fit over time instead,
/// in O(n log n). The same pieces and options give the same layout with every compiler.
/// @throws DomainError for a negative budget, and as `arena_bound`
[[nodiscard]] inline ArenaLayout plan_arena(std::span<const StoredTensor> pieces,
                                            const ArenaOptions& options = {}) {
  if (options.budget < 0)
    throw DomainError("budget of the search for an arena", std::to_string(options.budget), ">= 0");
  const std::vector<detail::ArenaPiece> placed = detail::arena_pieces(pieces, options.alignment);
  const detail::ArenaSums sums = detail::largest_sums(placed);
  detail::FoundOffsets found;
  if (options.strategy == ArenaStrategy::greedy_by_size)
    found = detail::first_fit_by_size(placed);
  else if (detail::count_conflicts(placed) > detail::most_conflicts)
    found = detail::best_fit_over_time(placed);
  else
    found = detail::search_order(placed, sums.padded, options.budget, Random(options.seed));
  ArenaLayout layout{std::vector<std::int64_t>(pieces.size(), 0),
                     found.height,
                     {sums.bytes, sums.padded},
                     options.strategy,
                     options.alignment,
                     found.looked_at};
  for (std::size_t i = 0; i < placed.size(); ++i)
    layout.offsets[placed[i].index] = found.offsets[i];
  return layout;
}

/// Two pieces that are alive at the same time and share bytes, or nothing. O(n log n).
/// @throws DomainError when there is not one offset for each piece, and as `arena_bound`
[[nodiscard]] inline std::optional<std::pair<std::size_t, std::size_t>> find_overlap(
    std::span<const StoredTensor> pieces, std::span<const std::int64_t> offsets) {
  if (offsets.size() != pieces.size())
    throw DomainError("offsets", std::to_string(offsets.size()),
                      "one for each of " + std::to_string(pieces.size()) + " pieces");
  // While no two overlap, the pieces alive are in the same order by begin and by end: a new one can
  // only overlap its neighbours.
  std::map<std::int64_t, std::size_t> alive;      // by offset
  std::multimap<std::size_t, std::int64_t> ends;  // offsets by last node
  for (const detail::ArenaPiece& piece : detail::arena_pieces(pieces, 1)) {
    while (!ends.empty() && ends.begin()->first < piece.first_node) {
      alive.erase(ends.begin()->second);
      ends.erase(ends.begin());
    }
    const std::int64_t begin = offsets[piece.index];
    const auto distance = [](std::int64_t from, std::int64_t to) {  // to >= from, any of both signs
      return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    };
    const auto above = alive.lower_bound(begin);
    if (above != alive.end() &&
        distance(begin, above->first) < static_cast<std::uint64_t>(piece.bytes))
      return std::pair{above->second, piece.index};
    if (above != alive.begin()) {
      const auto below = std::prev(above);
      if (distance(below->first, begin) < static_cast<std::uint64_t>(pieces[below->second].bytes))
        return std::pair{below->second, piece.index};
    }
    alive.emplace(begin, piece.index);
    ends.emplace(piece.last_node, begin);
  }
  return std::nullopt;
}

/// What is wrong with a layout, as a sentence; nothing where every offset is a multiple of the
/// alignment, every piece lies within the arena and no two overlap.
/// @throws DomainError as `find_overlap`
[[nodiscard]] inline std::optional<std::string> find_fault(std::span<const StoredTensor> pieces,
                                                           const ArenaLayout& layout) {
  if (layout.alignment < 1) return "alignment is " + std::to_string(layout.alignment);
  if (const auto pair = find_overlap(pieces, layout.offsets))
    return "'" + pieces[pair->first].name + "' and '" + pieces[pair->second].name +
           "' are alive at the same time and overlap";
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::int64_t offset = layout.offsets[i];
    const std::string what = "'" + pieces[i].name + "' at offset " + std::to_string(offset) + " ";
    if (offset % layout.alignment != 0)
      return what + "is not aligned to " + std::to_string(layout.alignment) + " bytes";
    if (offset < 0 || pieces[i].bytes > layout.bytes || offset > layout.bytes - pieces[i].bytes)
      return what + "lies outside the arena of " + std::to_string(layout.bytes) + " bytes";
  }
  return std::nullopt;
}

}  // namespace edgeopt::inline v0
