// arena.hpp, stored_tensor.hpp, detail/arena_pieces.hpp, detail/arena_search.hpp
#include "edgeopt/arena.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;
using Catch::Matchers::Contains;
using Pieces = std::vector<StoredTensor>;

namespace {

constexpr std::int64_t alignments[] = {1, 16, 64, 4096};

ArenaLayout planned(const Pieces& pieces, ArenaStrategy strategy, std::int64_t alignment = 1) {
  return plan_arena(pieces, {.alignment = alignment, .strategy = strategy});
}

/// What holds for every layout of any pieces.
void check_layout(const Pieces& pieces, const ArenaLayout& layout) {
  REQUIRE(layout.offsets.size() == pieces.size());
  CHECK(find_fault(pieces, layout).value_or("") == "");
  CHECK(layout.bound == arena_bound(pieces, layout.alignment));
  CHECK(layout.bound.bytes <= layout.bound.aligned_bytes);
  CHECK(layout.bound.aligned_bytes <= layout.bytes);
  std::int64_t end = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    if (pieces[i].bytes > 0) end = std::max(end, layout.offsets[i] + pieces[i].bytes);
  CHECK(layout.bytes == end);
}

/// Lays out with both strategies at every alignment; gives the search's at alignment 1.
ArenaLayout check_pieces(const Pieces& pieces) {
  for (const std::int64_t alignment : alignments) {
    CAPTURE(alignment);
    const ArenaLayout greedy = planned(pieces, ArenaStrategy::greedy_by_size, alignment);
    const ArenaLayout search = planned(pieces, ArenaStrategy::search, alignment);
    check_layout(pieces, greedy);
    check_layout(pieces, search);
    CHECK(search.bytes <= greedy.bytes);
    CHECK(planned(pieces, ArenaStrategy::search, alignment).offsets == search.offsets);
  }
  return planned(pieces, ArenaStrategy::search);
}

Pieces random_pieces(Random& random, std::size_t count, std::size_t nodes, std::size_t longest,
                     std::int64_t largest) {
  Pieces pieces;
  for (std::size_t i = 0; i < count; ++i) {
    const auto first = static_cast<std::size_t>(random.below(nodes));
    const auto length = static_cast<std::size_t>(random.below(longest));
    pieces.push_back({std::to_string(i),
                      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(largest))),
                      first, std::min(nodes - 1, first + length)});
  }
  return pieces;
}

/// The bounds by their definition, node by node.
ArenaBound bound_by_nodes(const Pieces& pieces, std::int64_t alignment) {
  ArenaBound bound;
  for (std::size_t node = 0; node < 100; ++node) {
    std::int64_t bytes = 0;
    std::int64_t padded = 0;
    std::int64_t largest_padding = 0;
    for (const StoredTensor& piece : pieces) {
      if (node < piece.first_node || piece.last_node < node || piece.bytes == 0) continue;
      const std::int64_t rounded = (piece.bytes + alignment - 1) / alignment * alignment;
      bytes += piece.bytes;
      padded += rounded;
      largest_padding = std::max(largest_padding, rounded - piece.bytes);
    }
    bound.bytes = std::max(bound.bytes, bytes);
    bound.aligned_bytes = std::max(bound.aligned_bytes, padded - largest_padding);
  }
  return bound;
}

/// The smallest arena over all orders of placement.
std::int64_t smallest_arena(const Pieces& pieces) {
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), 0U);
  std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
  do {
    std::vector<std::int64_t> offsets(pieces.size(), 0);
    std::int64_t height = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const StoredTensor& piece = pieces[order[i]];
      std::int64_t offset = 0;
      for (bool is_free = false; !is_free;) {
        is_free = true;
        for (std::size_t k = 0; k < i; ++k) {
          const StoredTensor& other = pieces[order[k]];
          const std::int64_t begin = offsets[order[k]];
          if (!are_alive_together(piece, other) || begin + other.bytes <= offset ||
              offset + piece.bytes <= begin)
            continue;
          offset = begin + other.bytes;
          is_free = false;
        }
      }
      offsets[order[i]] = offset;
      height = std::max(height, offset + piece.bytes);
    }
    smallest = std::min(smallest, height);
  } while (std::next_permutation(order.begin(), order.end()));
  return smallest;
}

bool overlap(const Pieces& pieces, const std::vector<std::int64_t>& offsets) {
  for (std::size_t i = 0; i < pieces.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (are_alive_together(pieces[i], pieces[k]) && offsets[i] < offsets[k] + pieces[k].bytes &&
          offsets[k] < offsets[i] + pieces[i].bytes)
        return true;
  return false;
}

std::string refusal(const Pieces& pieces, const ArenaOptions& options = {}) {
  try {
    (void)plan_arena(pieces, options);
  } catch (const DomainError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("pieces of different times share memory, others do not") {
  const Pieces chain{{"a", 100, 0, 1}, {"b", 50, 1, 2}, {"c", 100, 2, 3}, {"d", 20, 3, 3}};
  const ArenaLayout layout = check_pieces(chain);
  CHECK(layout.bytes == 150);
  CHECK(layout.offsets == std::vector<std::int64_t>{0, 100, 0, 100});
  CHECK(layout.excess_percent() == 0);
}

TEST_CASE("greedy by size leaves a gap that the search closes") {
  // b and a lie at 0, then c on b; d meets a and c and finds one byte between them.
  const Pieces pieces{{"a", 3, 0, 0}, {"b", 4, 2, 2}, {"c", 2, 1, 2}, {"d", 2, 0, 1}};
  CHECK(planned(pieces, ArenaStrategy::greedy_by_size).bytes == 8);
  CHECK(planned(pieces, ArenaStrategy::greedy_by_size).excess_percent() == Approx(100 / 3.0));
  const ArenaLayout layout = check_pieces(pieces);
  CHECK(layout.bytes == 6);
  CHECK(layout.bound == ArenaBound{6, 6});
}

TEST_CASE("the end of the arena needs no padding, everything below it does") {
  const Pieces pieces{{"a", 17, 0, 0}, {"b", 33, 0, 0}};
  CHECK(arena_bound(pieces, 16) == ArenaBound{50, 65});  // 17 on top of 48, or 33 on top of 32
  CHECK(arena_bound(pieces, 64) == ArenaBound{50, 81});
  CHECK(planned(pieces, ArenaStrategy::search, 16).bytes == 65);
  CHECK(planned(pieces, ArenaStrategy::greedy_by_size, 16).bytes == 65);
}

TEST_CASE("bounds are what their definition says") {
  Random random(3);
  for (std::size_t count = 1; count <= 50; ++count) {
    const Pieces pieces = random_pieces(random, count, 60, 30, 300);
    for (const std::int64_t alignment : alignments)
      CHECK(arena_bound(pieces, alignment) == bound_by_nodes(pieces, alignment));
  }
}

TEST_CASE("layouts of random pieces keep every rule") {
  Random random(5);
  for (int i = 0; i < 20; ++i) {
    const std::size_t nodes = 1 + static_cast<std::size_t>(random.below(80));
    check_pieces(random_pieces(random, 1 + static_cast<std::size_t>(random.below(90)), nodes,
                               1 + static_cast<std::size_t>(random.below(i % 2 == 0 ? 5 : 40)),
                               i % 3 == 0 ? 8 : 2000));
  }
}

TEST_CASE("the search finds the optimum of small sets") {
  Random random(7);
  int above_bound = 0;
  for (int i = 0; i < 60; ++i) {
    const Pieces pieces = random_pieces(random, 7, 6, 4, 8);
    const ArenaLayout layout = planned(pieces, ArenaStrategy::search);
    CHECK(layout.bytes == smallest_arena(pieces));
    above_bound += planned(pieces, ArenaStrategy::greedy_by_size).bytes > layout.bytes ? 1 : 0;
  }
  CHECK(above_bound > 0);  // so that the comparison can fail
}

TEST_CASE("the budget bounds the work and the seed decides the search") {
  Random random(11);
  const Pieces pieces = random_pieces(random, 120, 60, 20, 1000);
  const auto with = [&](std::int64_t budget, std::uint64_t seed) {
    return plan_arena(pieces, {.alignment = 1, .budget = budget, .seed = seed});
  };
  std::int64_t before = planned(pieces, ArenaStrategy::greedy_by_size).bytes;
  CHECK(with(0, 1).bytes == before);
  for (const std::int64_t budget : {5000, 50000, 500000}) {
    const ArenaLayout layout = with(budget, 1);
    check_layout(pieces, layout);
    CHECK(layout.bytes <= before);  // a longer search goes on where the shorter one stopped
    CHECK(layout.looked_at < budget + 20000);
    before = layout.bytes;
  }
  CHECK(with(50000, 1).offsets == with(50000, 1).offsets);
  CHECK(with(50000, 1).offsets != with(50000, 2).offsets);
}

TEST_CASE("gaps at many places are all closed") {
  Pieces pieces;  // the four pieces that greedy by size lays out badly, again and again
  for (std::size_t node = 0; node < 300; node += 3)
    for (const StoredTensor& piece :
         Pieces{{"a", 3, 0, 0}, {"b", 4, 2, 2}, {"c", 2, 1, 2}, {"d", 2, 0, 1}})
      pieces.push_back({piece.name, piece.bytes, piece.first_node + node, piece.last_node + node});
  CHECK(planned(pieces, ArenaStrategy::greedy_by_size).bytes == 8);
  CHECK(check_pieces(pieces).bytes == 6);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  for (StoredTensor& piece : pieces) piece.bytes *= most / 1200;  // sums of excess exceed 64 bits
  CHECK(planned(pieces, ArenaStrategy::search).bytes == 6 * (most / 1200));
}

TEST_CASE("one huge piece, all at once, staircases, nothing") {
  Pieces huge{{"huge", std::int64_t{1} << 40, 3, 7}};
  Pieces all;
  Pieces staircase;
  Pieces pyramid;
  for (std::size_t i = 0; i < 40; ++i) {
    const auto size = static_cast<std::int64_t>(10 * i + 1);
    huge.push_back({"small", size, i / 4, i / 4 + 2});
    all.push_back({"all", size, 0, 9});
    staircase.push_back({"stair", size, i, i + 3});
    pyramid.push_back({"layer", size, i, 80 - i});
  }
  for (const Pieces& pieces : {huge, all, staircase, pyramid})
    CHECK(check_pieces(pieces).bytes == arena_bound(pieces).bytes);
  CHECK(check_pieces({}).bytes == 0);
  CHECK(check_pieces({{"empty", 0, 0, 5}, {"also", 0, 0, 5}}).bytes == 0);
}

TEST_CASE("the search starts from greedy by size, also where very many are alive together") {
  Random random(5);
  for (const std::int64_t count : {20, 200, 1500}) {
    const Pieces pieces = random_pieces(random, static_cast<std::size_t>(count), 40, 20, 1000);
    CHECK(plan_arena(pieces, {.alignment = 1, .budget = 0}).offsets ==
          planned(pieces, ArenaStrategy::greedy_by_size).offsets);
  }
}

TEST_CASE("pieces without bytes take part in nothing") {
  const Pieces pieces{{"a", 8, 0, 2}, {"empty", 0, 1, 1}, {"b", 8, 1, 3}};
  const ArenaLayout layout = check_pieces(pieces);
  CHECK(layout.offsets[1] == 0);
  CHECK(layout.bytes == 16);
}

TEST_CASE("too many pieces alive together are laid out in the order of time") {
  Random random(13);
  Pieces pieces;
  for (std::size_t i = 0; i < 3000; ++i)
    pieces.push_back({"p", 1 + static_cast<std::int64_t>(random.below(100)), i / 2, 1500 + i / 3});
  for (const std::int64_t alignment : alignments) {
    const ArenaLayout layout = plan_arena(pieces, {.alignment = alignment});
    check_layout(pieces, layout);
    CHECK(layout.looked_at == 0);
    CHECK(layout.excess_percent() < 50);
  }
  for (int i = 0; i < 20; ++i) {  // gaps are given back and reused
    const Pieces few = random_pieces(random, 60, 30, 9, 500);
    const auto placed = detail::arena_pieces(few, 16);
    const detail::FoundOffsets found = detail::best_fit_over_time(placed);
    ArenaLayout layout = planned(few, ArenaStrategy::search, 16);
    layout.bytes = found.height;
    for (std::size_t k = 0; k < placed.size(); ++k)
      layout.offsets[placed[k].index] = found.offsets[k];
    check_layout(few, layout);
    CHECK(layout.excess_percent() < 60);
  }
}

TEST_CASE("overlaps are found, and only they") {
  Random random(17);
  int overlapping = 0;
  for (int i = 0; i < 300; ++i) {
    const Pieces pieces = random_pieces(random, 6, 8, 4, 6);
    std::vector<std::int64_t> offsets;
    for (std::size_t k = 0; k < pieces.size(); ++k)
      offsets.push_back(static_cast<std::int64_t>(random.below(16)));
    const auto found = find_overlap(pieces, offsets);
    CHECK(found.has_value() == overlap(pieces, offsets));
    if (!found) continue;
    ++overlapping;
    CHECK(overlap({pieces[found->first], pieces[found->second]},
                  {offsets[found->first], offsets[found->second]}));
  }
  CHECK(overlapping > 30);
  CHECK(overlapping < 270);
}

TEST_CASE("a layout that was changed by hand is found out") {
  const Pieces pieces{{"a", 32, 0, 1}, {"b", 32, 1, 2}};
  ArenaLayout layout = planned(pieces, ArenaStrategy::search, 16);
  CHECK(!find_fault(pieces, layout));
  const auto fault = [&](std::int64_t offset) {
    layout.offsets[1] = offset;
    return find_fault(pieces, layout).value_or("");
  };
  CHECK(fault(16) == "'a' and 'b' are alive at the same time and overlap");
  CHECK(fault(40) == "'b' at offset 40 is not aligned to 16 bytes");
  CHECK(fault(48) == "'b' at offset 48 lies outside the arena of 64 bytes");
  CHECK(fault(-32) == "'b' at offset -32 lies outside the arena of 64 bytes");
  layout.alignment = 0;
  CHECK(fault(32) == "alignment is 0");
  CHECK_THROWS_AS(find_overlap(pieces, std::vector<std::int64_t>{0}), DomainError);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(!find_overlap(pieces, std::vector<std::int64_t>{-most, most}));
}

TEST_CASE("what cannot be laid out is refused") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t alignment : {std::int64_t{0}, std::int64_t{-16}, std::int64_t{24}})
    CHECK(refusal({}, {.alignment = alignment}) ==
          "alignment is " + std::to_string(alignment) + ", allowed is a power of two");
  CHECK(refusal({}, {.budget = -1}) == "budget of the search for an arena is -1, allowed is >= 0");
  CHECK(refusal({{"a", -1, 0, 0}}) == "bytes of 'a' is -1, allowed is >= 0");
  CHECK(refusal({{"a", 1, 3, 2}}) ==
        "last node of 'a' is 2, allowed is not before its first node, 3");
  CHECK_THAT(refusal({{"a", most, 0, 0}}), Contains("padded bytes is more than 2^63 - 1"));
  CHECK_THAT(refusal({{"a", most - 15, 0, 0}, {"b", 16, 1, 1}}), Contains("more than 2^63 - 1"));
  CHECK(refusal({{"a", most, 0, 0}}, {.alignment = 1}) == "");
  CHECK(refusal({{"a", 1, 0, 0}}, {.alignment = std::int64_t{1} << 62}) == "");
}
