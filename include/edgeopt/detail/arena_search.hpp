// SPDX-License-Identifier: MIT
/// @file
/// Layouts of an arena: first fit in an order, a search over such orders, and best fit over time.
#pragma once

#include <algorithm>  // std::max, std::min, std::push_heap, std::sort, std::upper_bound
#include <cstddef>
#include <cstdint>
#include <iterator>  // std::prev
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

/// By their offsets; a few are sorted faster by insertion.
inline void sort_by_offset(std::vector<ArenaExtent>& extents) {
  constexpr std::size_t few = 32;
  if (extents.size() > few) {
    std::sort(extents.begin(), extents.end(),
              [](const ArenaExtent& a, const ArenaExtent& b) { return a.begin < b.begin; });
    return;
  }
  for (std::size_t end = 1; end < extents.size(); ++end)
    for (std::size_t i = end; i > 0 && extents[i - 1].begin > extents[i].begin; --i)
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
///
/// The order is that of numbers which the pieces have. When one changes, only pieces that this can
/// reach are placed anew.
class FirstFit {
 public:
  FirstFit(const std::vector<ArenaPiece>& pieces, const ArenaConflicts& conflicts,
           const std::vector<std::uint32_t>& order)
      : pieces_(pieces),
        conflicts_(conflicts),
        number_(order.size()),
        offset_(order.size(), 0),
        is_waiting_(order.size(), false),
        is_in_tower_(order.size(), false) {
    constexpr std::int64_t room = std::int64_t{1} << 20;  // for moves between two pieces
    for (std::size_t i = 0; i < order.size(); ++i)
      number_[order[i]] = static_cast<std::int64_t>(i) * room;
    for (const std::uint32_t piece : order) offset_[piece] = lowest_offset(piece);
  }

  [[nodiscard]] const std::vector<std::int64_t>& offsets() const { return offset_; }
  [[nodiscard]] std::int64_t end(std::uint32_t piece) const {
    return offset_[piece] + pieces_[piece].bytes;
  }
  [[nodiscard]] std::int64_t height() const {
    std::int64_t height = 0;
    for (std::uint32_t piece = 0; piece < offset_.size(); ++piece)
      height = std::max(height, end(piece));
    return height;
  }
  /// Pairs of pieces that were looked at so far.
  [[nodiscard]] std::int64_t looked_at() const { return looked_at_; }

  /// A piece and those that keep it from being lower: what it rests on, and so on down.
  [[nodiscard]] const std::vector<std::uint32_t>& tower_below(std::uint32_t top) {
    for (const std::uint32_t piece : tower_) is_in_tower_[piece] = false;
    tower_.assign(1, top);
    is_in_tower_[top] = true;
    for (std::size_t i = 0; i < tower_.size(); ++i) {
      const std::span<const std::uint32_t> others = conflicts_.of(tower_[i]);
      looked_at_ += static_cast<std::int64_t>(others.size());
      for (const std::uint32_t other : others)
        if (!is_in_tower_[other] && offset_[other] + pieces_[other].padded == offset_[tower_[i]]) {
          is_in_tower_[other] = true;
          tower_.push_back(other);
        }
    }
    return tower_;
  }

  /// Whether a piece is placed before another.
  [[nodiscard]] bool is_before(std::uint32_t a, std::uint32_t b) const {
    return number_[a] != number_[b] ? number_[a] < number_[b] : a < b;
  }

  /// Puts a piece right before or behind another in the order; calls `changed(piece, offset
  /// before)` for each piece that lies elsewhere then.
  template <class Changed>
  void move(std::uint32_t piece, std::uint32_t beside, Changed&& changed) {
    moved_ = piece;
    number_before_ = number_[piece];
    offsets_before_.clear();
    number_[piece] = number_[beside] + (is_before(beside, piece) ? -1 : 1);
    wait(piece);
    const std::int64_t low = std::min(number_before_, number_[piece]);
    const std::int64_t high = std::max(number_before_, number_[piece]);
    for (const std::uint32_t other : conflicts_.of(piece))
      if (low <= number_[other] && number_[other] <= high) wait(other);
    place_waiting(changed);
  }

  /// Takes the last move back. `changed` as above.
  template <class Changed>
  void take_back(Changed&& changed) {
    number_[moved_] = number_before_;
    for (const auto& [piece, offset] : offsets_before_) {
      const std::int64_t now = offset_[piece];
      offset_[piece] = offset;
      changed(piece, now);
    }
  }

 private:
  void wait(std::uint32_t piece) {
    if (is_waiting_[piece]) return;
    is_waiting_[piece] = true;
    waiting_.push_back(piece);
    std::push_heap(waiting_.begin(), waiting_.end(),
                   [this](std::uint32_t a, std::uint32_t b) { return is_before(b, a); });
  }

  /// In the order of placement, so that whatever a piece depends on lies where it will stay.
  template <class Changed>
  void place_waiting(Changed&& changed) {
    while (!waiting_.empty()) {
      std::pop_heap(waiting_.begin(), waiting_.end(),
                    [this](std::uint32_t a, std::uint32_t b) { return is_before(b, a); });
      const std::uint32_t piece = waiting_.back();
      waiting_.pop_back();
      is_waiting_[piece] = false;
      const std::int64_t before = offset_[piece];
      offset_[piece] = lowest_offset(piece);
      if (offset_[piece] == before) continue;
      offsets_before_.emplace_back(piece, before);
      changed(piece, before);
      for (const std::uint32_t other : conflicts_.of(piece))
        if (is_before(piece, other)) wait(other);
    }
  }

  [[nodiscard]] std::int64_t lowest_offset(std::uint32_t piece) {
    below_.clear();
    const std::span<const std::uint32_t> others = conflicts_.of(piece);
    for (const std::uint32_t other : others)
      if (is_before(other, piece))
        below_.push_back({offset_[other], offset_[other] + pieces_[other].padded});
    sort_by_offset(below_);
    looked_at_ += static_cast<std::int64_t>(others.size()) + 1;
    return lowest_fit(below_, pieces_[piece].padded);
  }

  const std::vector<ArenaPiece>& pieces_;
  const ArenaConflicts& conflicts_;
  std::vector<std::int64_t> number_;  // of each piece: its place in the order
  std::vector<std::int64_t> offset_;
  std::vector<bool> is_waiting_;
  std::vector<bool> is_in_tower_;
  std::vector<std::uint32_t> waiting_;  // to be placed anew: a heap
  std::vector<std::uint32_t> tower_;
  std::vector<ArenaExtent> below_;
  std::uint32_t moved_ = 0;
  std::int64_t number_before_ = 0;
  std::vector<std::pair<std::uint32_t, std::int64_t>> offsets_before_;
  std::int64_t looked_at_ = 0;
};

/// Offsets of pieces, and what finding them took.
struct FoundOffsets {
  std::vector<std::int64_t> offsets;  ///< of each `ArenaPiece`
  std::int64_t height = 0;
  std::int64_t looked_at = 0;  ///< pairs of pieces
};

/// Looks for a layout below the best so far: pieces that end above a target, a byte less than the
/// best height, are what has to go.
class ArenaSearch {
 public:
  ArenaSearch(const std::vector<ArenaPiece>& pieces, const ArenaConflicts& conflicts)
      : conflicts_(conflicts),
        fit_(pieces, conflicts, by_size(pieces)),
        place_in_high_(pieces.size(), none) {
    keep_best();
  }

  [[nodiscard]] FoundOffsets run(std::int64_t bound, std::int64_t budget, Random random) {
    while (best_.height > bound && fit_.looked_at() < budget) {
      step(random);
      if (high_.empty()) keep_best();
    }
    best_.looked_at = fit_.looked_at();
    return std::move(best_);
  }

 private:
  static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

  /// Moves one piece of a tower that is too high. A move that leaves no more above the target is
  /// kept, now and then also one that leaves a little more.
  void step(Random& random) {
    constexpr std::int64_t little = 50;  // 2 percent of the height
    const std::vector<std::uint32_t>& tower = fit_.tower_below(any_of(high_, random));
    const std::uint32_t piece = any_of(tower, random);
    const std::span<const std::uint32_t> others = conflicts_.of(piece);
    if (others.empty()) return;
    std::uint32_t beside = any_of(others, random);
    for (int tries = 0; tries < 4 && fit_.is_before(piece, beside); ++tries)
      beside = any_of(others, random);  // rather forward than backward
    const double slack = random.below(8) == 0 ? static_cast<double>(best_.height / little) : 0;
    const double excess = excess_;
    const auto changed = [this](std::uint32_t each, std::int64_t before) { note(each, before); };
    fit_.move(piece, beside, changed);
    if (excess_ > excess + slack) fit_.take_back(changed);
  }

  template <class List>
  [[nodiscard]] static std::uint32_t any_of(const List& list, Random& random) {
    return list[static_cast<std::size_t>(random.below(list.size()))];
  }

  /// Keeps what a piece that moved ends above the target with.
  void note(std::uint32_t piece, std::int64_t offset_before) {
    const std::int64_t end = fit_.end(piece);
    const std::int64_t end_before = end - fit_.offsets()[piece] + offset_before;
    excess_ += above_target(end) - above_target(end_before);
    if (end > target_ && place_in_high_[piece] == none) {
      place_in_high_[piece] = static_cast<std::uint32_t>(high_.size());
      high_.push_back(piece);
    } else if (end <= target_ && place_in_high_[piece] != none) {
      place_in_high_[high_.back()] = place_in_high_[piece];
      high_[place_in_high_[piece]] = high_.back();
      high_.pop_back();
      place_in_high_[piece] = none;
    }
  }

  /// As a number whose sums cannot wrap; they are exact up to 2^53 bytes.
  [[nodiscard]] double above_target(std::int64_t end) const {
    return end > target_ ? static_cast<double>(end - target_) : 0;
  }

  /// Takes the present layout as the best and aims below it.
  void keep_best() {
    best_.offsets = fit_.offsets();
    best_.height = fit_.height();
    target_ = best_.height - 1;
    excess_ = 0;
    high_.clear();
    for (std::uint32_t piece = 0; piece < place_in_high_.size(); ++piece) {
      place_in_high_[piece] = none;
      if (fit_.end(piece) <= target_) continue;
      place_in_high_[piece] = static_cast<std::uint32_t>(high_.size());
      high_.push_back(piece);
      excess_ += above_target(fit_.end(piece));
    }
  }

  const ArenaConflicts& conflicts_;
  FirstFit fit_;
  FoundOffsets best_;
  std::int64_t target_ = 0;
  double excess_ = 0;                // bytes above the target, of all pieces
  std::vector<std::uint32_t> high_;  // pieces that end above the target
  std::vector<std::uint32_t> place_in_high_;
};

/// First fit by size, then moves of single pieces in the order of placement. Ends at `bound` or
/// when the budget is spent.
[[nodiscard]] inline FoundOffsets search_order(const std::vector<ArenaPiece>& pieces,
                                               std::int64_t bound, std::int64_t budget,
                                               Random random) {
  const ArenaConflicts conflicts(pieces);
  return ArenaSearch(pieces, conflicts).run(bound, budget, random);
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
