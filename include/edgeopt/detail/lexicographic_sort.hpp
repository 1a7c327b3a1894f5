// SPDX-License-Identifier: MIT
/// @file
/// Points in lexicographic order, in linear time.
#pragma once

#include <algorithm>  // std::sort
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>  // std::exchange, std::swap
#include <vector>

#include "edgeopt/detail/minimized_points.hpp"

namespace edgeopt::inline v0::detail {

/// An integer for each number, ordered as the numbers are.
[[nodiscard]] inline std::uint64_t ordered_bits(double value) noexcept {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  if (bits == sign) bits = 0;  // -0.0 is 0.0
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

/// Sorts points by one objective, those equal in it by the next, and so on, and equal points by
/// position: a point can be dominated only by points before it.
///
/// Of what an objective's values span, the leading 32 bits are sorted digit by digit, from the last
/// on (D. Knuth, "The Art of Computer Programming", vol. 3, section 5.2.5); points equal in them
/// are sorted by the bits that follow, few points by comparison. So the time is linear whatever the
/// values are, and mostly that of three passes over eight bytes a point.
class LexicographicSort {
 public:
  /// The order of points, by the objectives from `first` on.
  [[nodiscard]] static std::vector<Position> order(const MinimizedPoints& points,
                                                   std::size_t first = 0) {
    LexicographicSort sorted(points);
    sorted.sort(0, points.size(), first);
    std::vector<Position> positions(points.size());
    for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = sorted.entries_[i].position;
    return positions;
  }

 private:
  struct Entry {
    std::uint32_t key = 0;
    Position position = 0;
  };
  static constexpr std::size_t few = 512;  ///< that many are compared sooner than counted
  static constexpr int key_bits = 32;
  static constexpr int digit_bits = 11;
  static constexpr std::size_t digit_values = std::size_t{1} << digit_bits;
  static constexpr std::size_t digits = 3;  ///< of a key

  explicit LexicographicSort(const MinimizedPoints& points)
      : points_(points),
        entries_(points.size()),
        scratch_(points.size() <= few ? 0 : points.size()) {
    for (std::size_t i = 0; i < entries_.size(); ++i)
      entries_[i].position = static_cast<Position>(i);
  }

  /// Sorts the entries [begin, end), which are in order of position, by objectives from `objective`
  /// on.
  void sort(std::size_t begin, std::size_t end, std::size_t objective) {
    if (objective == points_.objectives()) return;
    const std::span<Entry> entries = std::span(entries_).subspan(begin, end - begin);
    if (entries.size() <= few) return compare(entries, objective);
    const bool whole = assign_keys(entries, objective);
    sort_by_key(entries, std::span(scratch_).first(entries.size()));
    for (std::size_t i = begin; i < end;) {
      const std::size_t run = i;
      while (++i < end && entries_[i].key == entries_[run].key) {
      }
      if (i - run > 1) sort(run, i, whole ? objective + 1 : objective);
    }
  }

  void compare(std::span<Entry> entries, std::size_t objective) const {
    std::sort(entries.begin(), entries.end(), [=, this](Entry a, Entry b) {
      const double* const left = points_[a.position];
      const double* const right = points_[b.position];
      for (std::size_t i = objective; i < points_.objectives(); ++i)
        if (left[i] != right[i]) return left[i] < right[i];
      return a.position < b.position;
    });
  }

  /// Whether keys hold all bits in which the entries differ, so that equal keys are equal values.
  bool assign_keys(std::span<Entry> entries, std::size_t objective) const {
    const auto bits = [&](Entry entry) { return ordered_bits(points_[entry.position][objective]); };
    std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t highest = 0;
    for (const Entry entry : entries) {
      lowest = std::min(lowest, bits(entry));
      highest = std::max(highest, bits(entry));
    }
    const int shift = std::max(0, static_cast<int>(std::bit_width(highest - lowest)) - key_bits);
    for (Entry& entry : entries)
      entry.key = static_cast<std::uint32_t>((bits(entry) - lowest) >> shift);
    return shift == 0;
  }

  /// Leaves entries with the same key in their order.
  static void sort_by_key(std::span<Entry> entries, std::span<Entry> scratch) {
    const auto digit = [](Entry entry, std::size_t i) {
      return (entry.key >> (i * digit_bits)) % digit_values;
    };
    std::array<std::array<Position, digit_values>, digits> counts = {};
    for (const Entry entry : entries)
      for (std::size_t i = 0; i < digits; ++i) ++counts[i][digit(entry, i)];

    std::span<Entry> from = entries;
    std::span<Entry> to = scratch;
    for (std::size_t i = 0; i < digits; ++i) {
      if (counts[i][digit(from.front(), i)] == from.size()) continue;  // all have the same digit
      Position next = 0;
      std::array<Position, digit_values>& places = counts[i];
      for (Position& place : places) next += std::exchange(place, next);
      for (const Entry entry : from) to[places[digit(entry, i)]++] = entry;
      std::swap(from, to);
    }
    if (from.data() != entries.data()) std::copy(from.begin(), from.end(), entries.begin());
  }

  const MinimizedPoints& points_;
  std::vector<Entry> entries_;
  std::vector<Entry> scratch_;
};

}  // namespace edgeopt::inline v0::detail
