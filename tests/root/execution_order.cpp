// execution_order.hpp, dataflow.hpp, detail/order_search.hpp
#include "edgeopt/execution_order.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;
using Order = std::vector<std::size_t>;

namespace {

/// Builds dataflows node by node.
class Flow {
 public:
  std::size_t input(std::int64_t bytes) {
    flow.pieces.push_back({bytes, {}, true, false});
    makers_.push_back(none);
    return flow.pieces.size() - 1;
  }

  /// A node that reads pieces and makes one; gives the piece.
  std::size_t node(const std::vector<std::size_t>& reads, std::int64_t bytes) {
    const std::size_t number = flow.predecessors.size();
    flow.predecessors.emplace_back();
    for (const std::size_t piece : reads) {
      flow.pieces[piece].nodes.push_back(number);
      if (makers_[piece] != none) flow.predecessors.back().push_back(makers_[piece]);
    }
    flow.pieces.push_back({bytes, {number}, false, false});
    makers_.push_back(number);
    return flow.pieces.size() - 1;
  }

  void output(std::size_t piece) { flow.pieces[piece].to_end = true; }

  Dataflow flow;

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> makers_;
};

Dataflow random_flow(Random& random, std::size_t nodes) {
  Flow flow;
  std::vector<std::size_t> pieces;
  const auto bytes = [&] { return static_cast<std::int64_t>(random.below(12)); };
  for (std::uint64_t i = random.below(3); i > 0; --i) pieces.push_back(flow.input(bytes()));
  for (std::size_t i = 0; i < nodes; ++i) {
    std::vector<std::size_t> reads;
    for (const std::size_t piece : pieces)
      if (random.below(pieces.size()) < 2) reads.push_back(piece);
    pieces.push_back(flow.node(reads, bytes()));
    if (random.below(6) == 0) flow.output(pieces.back());
  }
  for (std::uint64_t i = random.below(3); i > 0; --i) {  // scratch memory that anybody may share
    TouchedPiece shared{bytes(), {}, random.below(4) == 0, random.below(4) == 0};
    for (std::size_t node = 0; node < nodes; ++node)
      if (random.below(3) == 0) shared.nodes.push_back(node);
    flow.flow.pieces.push_back(std::move(shared));
  }
  return flow.flow;
}

Order given_order(const Dataflow& flow) {
  Order order(flow.predecessors.size());
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

/// The least peak over all valid orders.
std::int64_t least_peak(const Dataflow& flow) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  Order order = given_order(flow);
  do {
    if (!find_fault(flow, order)) least = std::min(least, peak_bytes(flow, order));
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

void check_order(const Dataflow& flow, const ExecutionOrder& order) {
  CHECK(find_fault(flow, order.nodes).value_or("") == "");
  CHECK(order.peak_bytes_before == peak_bytes(flow, given_order(flow)));
  CHECK(order.peak_bytes == peak_bytes(flow, order.nodes));
  CHECK(order.peak_bytes <= order.peak_bytes_before);
}

/// Branches that blow up and shrink again, listed level by level: the worst order there is.
Dataflow branches(std::size_t count) {
  Flow flow;
  const std::size_t x = flow.input(4);
  std::vector<std::size_t> wide;
  for (std::size_t i = 0; i < count; ++i) wide.push_back(flow.node({x}, 100));
  std::vector<std::size_t> narrow;
  for (const std::size_t piece : wide) narrow.push_back(flow.node({piece}, 1));
  flow.output(flow.node(narrow, 4));
  return flow.flow;
}

}  // namespace

TEST_CASE("pieces live from their first node to their last, inputs from the start") {
  Flow flow;
  const std::size_t x = flow.input(10);
  flow.input(1000);  // nobody reads it
  const std::size_t a = flow.node({x}, 5);
  const std::size_t b = flow.node({a}, 7);
  flow.output(flow.node({x}, 2));
  flow.node({b}, 3);
  CHECK(live_bytes(flow.flow, Order{0, 1, 2, 3}) == std::vector<std::int64_t>{1015, 22, 19, 12});
  CHECK(live_bytes(flow.flow, Order{2, 0, 1, 3}) == std::vector<std::int64_t>{1012, 17, 14, 12});
}

TEST_CASE("one branch after the other needs less than all at once") {
  const ExecutionOrder order = reorder_for_peak(branches(5));
  check_order(branches(5), order);
  CHECK(order.peak_bytes_before == 504);
  CHECK(order.peak_bytes == 108);  // the input, one wide piece, and what the others left
  CHECK(order.is_least);
  CHECK(order.nodes == Order{0, 5, 1, 6, 2, 7, 3, 8, 4, 9, 10});
}

TEST_CASE("a chain stays as it is") {
  Flow flow;
  std::size_t x = flow.input(10);
  for (int i = 0; i < 100; ++i) x = flow.node({x}, 10);
  const ExecutionOrder order = reorder_for_peak(flow.flow);
  CHECK(order.nodes == given_order(flow.flow));
  CHECK(order.is_least);
}

TEST_CASE("no order of a small network is better, as all of them show") {
  Random random(23);
  int improved = 0;
  for (int i = 0; i < 60; ++i) {
    const Dataflow flow = random_flow(random, 1 + static_cast<std::size_t>(random.below(7)));
    const ExecutionOrder order = reorder_for_peak(flow);
    check_order(flow, order);
    CHECK(order.is_least);
    CHECK(order.peak_bytes == least_peak(flow));
    improved += order.peak_bytes < order.peak_bytes_before ? 1 : 0;
  }
  CHECK(improved > 10);
}

TEST_CASE("larger networks: within the budget, never worse, and what is called least is") {
  Random random(29);
  int proven = 0;
  for (int i = 0; i < 12; ++i) {
    const Dataflow flow = random_flow(random, 30);
    std::int64_t least = 0;
    for (const std::int64_t budget : {0, 40'000, 400'000, 4'000'000}) {
      const ExecutionOrder order = reorder_for_peak(flow, {budget});
      check_order(flow, order);
      CHECK(order.nodes == reorder_for_peak(flow, {budget}).nodes);
      CHECK(order.peak_bytes >= least);
      if (order.is_least) least = order.peak_bytes;
    }
    proven += least > 0 ? 1 : 0;
  }
  CHECK(proven > 3);
  const ExecutionOrder wide = reorder_for_peak(branches(40));  // 3^40 sets of nodes
  check_order(branches(40), wide);
  CHECK(wide.peak_bytes == 143);
  check_order(branches(1000), reorder_for_peak(branches(1000)));  // ends when its budget does
}

TEST_CASE("orders that cannot run are told from those that can") {
  Flow flow;
  flow.node({flow.node({}, 1)}, 1);
  const auto fault = [&](const Order& order) { return find_fault(flow.flow, order).value_or(""); };
  CHECK(fault({0, 1}) == "");
  CHECK(fault({1, 0}) == "node 1 runs before node 0, which it waits for");
  CHECK(fault({0}) == "1 nodes are ordered, there are 2");
  CHECK(fault({0, 0}) == "node 0 runs twice");
  CHECK(fault({0, 2}) == "there is no node 2");
}

TEST_CASE("dataflows that make no sense are refused") {
  const auto refused = [](const Dataflow& flow) {
    try {
      (void)reorder_for_peak(flow);
    } catch (const DomainError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THROWS_WITH(reorder_for_peak(branches(4), {-1}),
                    "budget of the search for an order is -1, allowed is >= 0");
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(refused({{{}, {}}, {{-1, {0}}}}) == "bytes of piece 0 is -1, allowed is >= 0");
  CHECK(refused({{{}}, {{1, {1}}}}) ==
        "node that touches piece 0 is 1, allowed is below 1, the number of nodes");
  CHECK(refused({{{}}, {{1, {0, 0}}}}) ==
        "node that touches piece 0 is 0, twice, allowed is each node once");
  CHECK(refused({{{3}}, {}}) == "node waited for is 3, allowed is below 1, the number of nodes");
  CHECK(
      refused({{{1}, {}}, {}}) ==
      "order of the nodes is not valid: node 0 runs before node 1, which it waits for, allowed is "
      "one that can run");
  CHECK(refused({{{}}, {{most, {0}}, {1, {0}}}}) ==
        "bytes of all pieces is more than 2^63 - 1, allowed is a count that fits 64 bits");
  CHECK(refused({}) == "");
}
