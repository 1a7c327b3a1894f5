// SPDX-License-Identifier: MIT
/// @file
/// Layouts of an arena: first fit in an order, a search over such orders, and best fit over time.
#pragma once

#include <algorithm>  // std::max, std::min, std::rotate, std::sort, std::upper_bound
#include <cstddef>
#include <cstdint>
#include <iterator>  // std::prev
#include <limits>
#include <map>
#include <numeric>  // std::iota
#include <set>
#include <span>
#include <utility>  // std::move, std::pair, std::swap
#include <vector>

#include "edgeopt/detail/arena_pieces.hpp"
#include "edgeopt/random.hpp"

namespace edgeopt::inline v0::detail {

/// Numbers of pieces, the largest first; equal ones as their tensors were listed.
[[nodiscard]] inline std::vector<std::uint32_t> by_size(const std::vector<ArenaPiece>& pieces) {
  std::vector<std::uint32_t> order(pieces.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return pieces[a].padded != pieces[b].padded ? pieces[a].padded > pieces[b].padded
                                                : pieces[a].index < pieces[b].index;
  });
  return order;
}

/// Bytes from an offset to the next multiple of the alignment behind a piece.
struct ArenaExtent {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// Extents in the order of their offsets.
inline void insert_sorted(std::vector<ArenaExtent>& extents, ArenaExtent extent) {
  extents.push_back(extent);
  for (std::size_t i = extents.size() - 1; i > 0 && extents[i - 1].begin > extent.begin; --i)
    std::swap(extents[i - 1], extents[i]);
}

/// The lowest offset where a piece fits between extents in the order of their offsets.
[[nodiscard]] inline std::int64_t lowest_fit(std::span<const ArenaExtent> extents,
                                             std::int64_t padded) {
  std::int64_t offset = 0;
  for (const ArenaExtent& extent : extents) {
    if (extent.begin - offset >= padded) break;
    offset = std::max(offset, extent.end);
  }
  return offset;
}

/// First fit in an order that can be changed: pieces are placed one by one, each at the lowest
/// offset that the pieces before it leave free. For every layout there is an order whose first fit
/// needs no more (that of its offsets), so the orders hold an optimum.
class FirstFit {
 public:
  FirstFit(const std::vector<ArenaPiece>& pieces, const ArenaConflicts& conflicts,
           std::vector<std::uint32_t> order)
      : pieces_(pieces),
        conflicts_(conflicts),
        order_(std::move(order)),
        position_(order_.size()),
        offset_(order_.size()),
        height_up_to_(order_.size() + 1, 0) {
    for (std::uint32_t i = 0; i < order_.size(); ++i) position_[order_[i]] = i;
    (void)place_from(0, std::numeric_limits<std::int64_t>::max());
  }

  [[nodiscard]] std::int64_t height() const { return height_up_to_.back(); }
  [[nodiscard]] const std::vector<std::int64_t>& offsets() const { return offset_; }
  [[nodiscard]] std::uint32_t position(std::uint32_t piece) const { return position_[piece]; }
  /// Pairs of pieces that were looked at so far.
  [[nodiscard]] std::int64_t looked_at() const { return looked_at_; }

  /// Pieces that keep the arena from being lower: those that reach its height, and those they rest
  /// on.
  [[nodiscard]] const std::vector<std::uint32_t>& tower() {
    tower_.clear();
    for (std::uint32_t piece = 0; piece < order_.size(); ++piece)
      if (offset_[piece] + pieces_[piece].bytes == height()) tower_.push_back(piece);
    in_tower_.assign(order_.size(), false);
    for (const std::uint32_t piece : tower_) in_tower_[piece] = true;
    for (std::size_t i = 0; i < tower_.size(); ++i)
      for (const std::uint32_t other : conflicts_.of(tower_[i]))
        if (!in_tower_[other] && offset_[other] + pieces_[other].padded == offset_[tower_[i]]) {
          in_tower_[other] = true;
          tower_.push_back(other);
        }
    looked_at_ += static_cast<std::int64_t>(order_.size());
    return tower_;
  }

  /// Moves a piece to another position and places all pieces behind anew. Where that makes the
  /// arena higher than `limit`, everything is as it was before and the result false.
  [[nodiscard]] bool move(std::uint32_t piece, std::uint32_t to, std::int64_t limit) {
    const std::uint32_t from = position_[piece];
    const std::uint32_t begin = std::min(from, to);
    kept_offset_ = offset_;
    kept_height_ = height_up_to_;
    reorder(from, to);
    if (place_from(begin, limit)) return true;
    reorder(to, from);
    offset_.swap(kept_offset_);
    height_up_to_.swap(kept_height_);
    return false;
  }

 private:
  void reorder(std::uint32_t from, std::uint32_t to) {
    const auto at = [&](std::uint32_t i) { return order_.begin() + i; };
    if (from < to)
      std::rotate(at(from), at(from + 1), at(to + 1));
    else
      std::rotate(at(to), at(from), at(from + 1));
    for (std::uint32_t i = std::min(from, to); i <= std::max(from, to); ++i)
      position_[order_[i]] = i;
  }

  /// Places the pieces from a position on; stops with false above `limit`.
  bool place_from(std::uint32_t begin, std::int64_t limit) {
    for (std::uint32_t i = begin; i < order_.size(); ++i) {
      const std::uint32_t piece = order_[i];
      below_.clear();
      const std::span<const std::uint32_t> others = conflicts_.of(piece);
      for (const std::uint32_t other : others)
        if (position_[other] < i)
          insert_sorted(below_, {offset_[other], offset_[other] + pieces_[other].padded});
      looked_at_ += static_cast<std::int64_t>(others.size()) + 1;
      offset_[piece] = lowest_fit(below_, pieces_[piece].padded);
      height_up_to_[i + 1] = std::max(height_up_to_[i], offset_[piece] + pieces_[piece].bytes);
      if (height_up_to_[i + 1] > limit) return false;
    }
    return true;
  }

  const std::vector<ArenaPiece>& pieces_;
  const ArenaConflicts& conflicts_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> position_;     // of each piece in the order
  std::vector<std::int64_t> offset_;        // of each piece
  std::vector<std::int64_t> height_up_to_;  // after the first i pieces
  std::vector<std::int64_t> kept_offset_;
  std::vector<std::int64_t> kept_height_;
  std::vector<ArenaExtent> below_;
  std::vector<std::uint32_t> tower_;
  std::vector<bool> in_tower_;
  std::int64_t looked_at_ = 0;
};

/// Offsets of pieces, and what finding them took.
struct FoundOffsets {
  std::vector<std::int64_t> offsets;  ///< of each `ArenaPiece`
  std::int64_t height = 0;
  std::int64_t looked_at = 0;  ///< pairs of pieces
};

/// First fit by size, then moves of single pieces out of the tower that makes the arena as high as
/// it is. A move that makes it no higher is kept, now and then also one that makes it a little
/// higher. Ends at `bound` or when the budget is spent.
[[nodiscard]] inline FoundOffsets search_order(const std::vector<ArenaPiece>& pieces,
                                               std::int64_t bound, std::int64_t budget,
                                               Random random) {
  constexpr std::int64_t little = 50;  // 2 percent
  const ArenaConflicts conflicts(pieces);
  FirstFit fit(pieces, conflicts, by_size(pieces));
  FoundOffsets best{fit.offsets(), fit.height(), 0};
  while (best.height > bound && fit.looked_at() < budget) {
    const std::vector<std::uint32_t>& tower = fit.tower();
    const std::uint32_t piece = tower[static_cast<std::size_t>(random.below(tower.size()))];
    const std::uint32_t position = fit.position(piece);
    const bool moves_forward = position > 0 && random.below(4) > 0;
    const std::uint64_t to = random.below(moves_forward ? position : pieces.size());
    const std::int64_t room = std::numeric_limits<std::int64_t>::max() - fit.height();
    const std::int64_t slack = random.below(8) == 0 ? std::min(room, fit.height() / little) : 0;
    (void)fit.move(piece, static_cast<std::uint32_t>(to), fit.height() + slack);
    if (fit.height() < best.height) {
      best.height = fit.height();
      best.offsets = fit.offsets();
    }
  }
  best.looked_at = fit.looked_at();
  return best;
}

/// First fit by size as above, without the memory for the pairs: O(n^2) time, O(n) memory.
[[nodiscard]] inline FoundOffsets first_fit_by_size(const std::vector<ArenaPiece>& pieces) {
  FoundOffsets found{std::vector<std::int64_t>(pieces.size()), 0, 0};
  std::vector<std::uint32_t> placed;  // by offset
  std::vector<ArenaExtent> below;
  for (const std::uint32_t piece : by_size(pieces)) {
    const ArenaPiece& each = pieces[piece];
    below.clear();
    for (const std::uint32_t other : placed)
      if (pieces[other].first_node <= each.last_node && each.first_node <= pieces[other].last_node)
        below.push_back({found.offsets[other], found.offsets[other] + pieces[other].padded});
    found.looked_at += static_cast<std::int64_t>(placed.size());
    const std::int64_t offset = lowest_fit(below, each.padded);
    found.offsets[piece] = offset;
    found.height = std::max(found.height, offset + each.bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), offset,
                                   [&](std::int64_t value, std::uint32_t other) {
                                     return value < found.offsets[other];
                                   }),
                  piece);
  }
  return found;
}

/// The gaps of an arena while time passes.
class FreeGaps {
 public:
  /// Takes the smallest gap that is large enough, else the end of the arena, with the gap that may
  /// lie there.
  [[nodiscard]] std::int64_t take(std::int64_t padded) {
    const auto smallest = by_size_.lower_bound({padded, 0});
    if (smallest != by_size_.end()) {
      const auto [size, offset] = *smallest;
      remove(offset, size);
      if (size > padded) add(offset + padded, size - padded);
      return offset;
    }
    std::int64_t offset = end_;
    if (!by_offset_.empty()) {
      const auto [last, size] = *by_offset_.rbegin();
      if (last + size == end_) {
        remove(last, size);
        offset = last;
      }
    }
    end_ = offset + padded;
    return offset;
  }

  /// Gives bytes back; neighbouring gaps become one.
  void give_back(std::int64_t offset, std::int64_t padded) {
    const auto above = by_offset_.lower_bound(offset);
    if (above != by_offset_.begin()) {
      const auto [below, size] = *std::prev(above);
      if (below + size == offset) {
        remove(below, size);
        offset = below;
        padded += size;
      }
    }
    const auto behind = by_offset_.find(offset + padded);
    if (behind != by_offset_.end()) {
      const std::int64_t size = behind->second;
      remove(behind->first, size);
      padded += size;
    }
    add(offset, padded);
  }

 private:
  void add(std::int64_t offset, std::int64_t size) {
    by_offset_.emplace(offset, size);
    by_size_.emplace(size, offset);
  }
  void remove(std::int64_t offset, std::int64_t size) {
    by_offset_.erase(offset);
    by_size_.erase({size, offset});
  }

  std::map<std::int64_t, std::int64_t> by_offset_;
  std::set<std::pair<std::int64_t, std::int64_t>> by_size_;  // size, offset
  std::int64_t end_ = 0;
};

/// Best fit in the order of time, as an allocator at run time would: O(n log n) for any number of
/// pieces alive together.
[[nodiscard]] inline FoundOffsets best_fit_over_time(const std::vector<ArenaPiece>& pieces) {
  FoundOffsets found{std::vector<std::int64_t>(pieces.size()), 0, 0};
  std::multimap<std::size_t, std::size_t> alive;  // pieces by last node
  FreeGaps gaps;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    while (!alive.empty() && alive.begin()->first < pieces[i].first_node) {
      const std::size_t ended = alive.begin()->second;
      gaps.give_back(found.offsets[ended], pieces[ended].padded);
      alive.erase(alive.begin());
    }
    found.offsets[i] = gaps.take(pieces[i].padded);
    found.height = std::max(found.height, found.offsets[i] + pieces[i].bytes);
    alive.emplace(pieces[i].last_node, i);
  }
  return found;
}

}  // namespace edgeopt::inline v0::detail
