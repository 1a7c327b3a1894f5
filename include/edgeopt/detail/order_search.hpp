// SPDX-License-Identifier: MIT
/// @file
/// Searches over the sets of nodes that can have run.
#pragma once

#include <algorithm>  // std::max, std::sort, std::lower_bound
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/dataflow.hpp"

namespace edgeopt::inline v0::detail {

/// Which nodes have run, one bit each.
using NodeSet = std::vector<std::uint64_t>;

struct NodeSetHash {
  [[nodiscard]] std::size_t operator()(const NodeSet& nodes) const noexcept {
    std::uint64_t hash = 0;
    for (const std::uint64_t word : nodes) {
      hash = (hash ^ word) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 32;
    }
    return static_cast<std::size_t>(hash);
  }
};

/// A dataflow as the searches read it.
struct OrderProblem {
  const Dataflow& flow;
  std::vector<std::vector<std::uint32_t>> touched;     ///< pieces of each node
  std::vector<std::vector<std::uint32_t>> successors;  ///< nodes that wait for each node
  std::int64_t bytes_at_start = 0;  ///< inputs that a node touches or that are outputs as well
  std::int64_t unread_bytes = 0;    ///< of inputs that only the first node has to keep

  explicit OrderProblem(const Dataflow& dataflow)
      : flow(dataflow), touched(flow.predecessors.size()), successors(flow.predecessors.size()) {
    for (std::uint32_t piece = 0; piece < flow.pieces.size(); ++piece) {
      const TouchedPiece& each = flow.pieces[piece];
      for (const std::size_t node : each.nodes) touched[node].push_back(piece);
      const bool is_from_start = each.from_start || (each.nodes.empty() && each.to_end);
      if (!is_from_start) continue;
      (each.nodes.empty() && !each.to_end ? unread_bytes : bytes_at_start) += each.bytes;
    }
    for (std::uint32_t node = 0; node < flow.predecessors.size(); ++node)
      for (const std::size_t needed : flow.predecessors[node]) successors[needed].push_back(node);
  }

  [[nodiscard]] std::size_t size() const { return touched.size(); }
};

/// The largest sum of bytes that one node touches, which no order avoids.
[[nodiscard]] inline std::int64_t largest_need(const Dataflow& flow) {
  std::vector<std::int64_t> needs(flow.predecessors.size(), 0);
  std::int64_t largest = 0;
  for (const TouchedPiece& piece : flow.pieces)
    for (const std::size_t node : piece.nodes)
      largest = std::max(largest, needs[node] += piece.bytes);
  return largest;
}

/// A network while it runs.
class OrderWalk {
 public:
  /// Nothing has run yet.
  explicit OrderWalk(const OrderProblem& problem) : problem_(&problem) { restart({}); }

  /// Goes to the state in which exactly these nodes have run. O(nodes + dependencies + touches).
  void restart(const NodeSet& has_run) {
    const std::size_t count = problem_->size();
    has_run_ = has_run;
    has_run_.resize((count + 63) / 64, 0);
    runs_ = 0;
    waits_.assign(count, 0);
    left_.assign(problem_->flow.pieces.size(), 0);
    live_ = problem_->bytes_at_start;
    ready_.clear();
    for (std::size_t piece = 0; piece < left_.size(); ++piece) {
      const TouchedPiece& each = problem_->flow.pieces[piece];
      bool is_started = each.from_start;
      for (const std::size_t node : each.nodes) {
        is_started = is_started || contains(node);
        left_[piece] += contains(node) ? 0U : 1U;
      }
      if (each.nodes.empty()) continue;
      if (is_started && !each.from_start) live_ += each.bytes;
      if (left_[piece] == 0 && !each.to_end) live_ -= each.bytes;
    }
    for (std::uint32_t node = 0; node < count; ++node) {
      if (contains(node)) {
        ++runs_;
        continue;
      }
      for (const std::size_t needed : problem_->flow.predecessors[node])
        waits_[node] += contains(needed) ? 0U : 1U;
      if (waits_[node] == 0) ready_.push_back(node);
    }
  }

  [[nodiscard]] std::size_t size() const { return problem_->size(); }
  [[nodiscard]] const NodeSet& has_run() const { return has_run_; }
  [[nodiscard]] std::size_t runs() const { return runs_; }
  [[nodiscard]] bool is_complete() const { return runs_ == problem_->size(); }
  /// Bytes alive between the nodes that have run and those that have not.
  [[nodiscard]] std::int64_t live() const { return live_; }
  /// Nodes that can run next, in the order of their numbers.
  [[nodiscard]] const std::vector<std::uint32_t>& ready() const { return ready_; }

  /// What a node would do to the bytes alive.
  struct Effect {
    std::int64_t need = 0;    ///< bytes alive while it runs
    std::int64_t change = 0;  ///< of the bytes alive, once it has run
  };
  [[nodiscard]] Effect effect(std::uint32_t node) const {
    std::int64_t created = 0;
    std::int64_t finished = 0;
    for (const std::uint32_t piece : problem_->touched[node]) {
      const TouchedPiece& each = problem_->flow.pieces[piece];
      if (!each.from_start && left_[piece] == each.nodes.size()) created += each.bytes;
      if (!each.to_end && left_[piece] == 1) finished += each.bytes;
    }
    const std::int64_t unread = runs_ == 0 ? problem_->unread_bytes : 0;
    return {live_ + created + unread, created - finished};
  }

  void run(std::uint32_t node) {
    live_ += effect(node).change;
    for (const std::uint32_t piece : problem_->touched[node]) --left_[piece];
    has_run_[node / 64] |= std::uint64_t{1} << node % 64;
    ++runs_;
    ready_.erase(std::lower_bound(ready_.begin(), ready_.end(), node));
    for (const std::uint32_t next : problem_->successors[node])
      if (--waits_[next] == 0)
        ready_.insert(std::lower_bound(ready_.begin(), ready_.end(), next), next);
  }

  /// Runs nodes that need no more than `peak` and leave no more behind than they found, until there
  /// is none; adds them to `ran`. Gives how many it looked at.
  std::int64_t settle(std::int64_t peak, std::vector<std::uint32_t>& ran) {
    std::int64_t looked_at = 0;
    for (std::size_t i = 0; i < ready_.size(); ++looked_at) {
      const std::uint32_t node = ready_[i];
      const Effect what = effect(node);
      if (what.need > peak || what.change > 0) {
        ++i;
        continue;
      }
      run(node);
      ran.push_back(node);
      i = 0;
    }
    return looked_at;
  }

 private:
  [[nodiscard]] bool contains(std::size_t node) const {
    return (has_run_[node / 64] >> node % 64 & 1) != 0;
  }

  const OrderProblem* problem_;
  NodeSet has_run_;
  std::size_t runs_ = 0;
  std::int64_t live_ = 0;
  std::vector<std::uint32_t> waits_;  // nodes that each node still waits for
  std::vector<std::uint32_t> left_;   // nodes of each piece that have not run
  std::vector<std::uint32_t> ready_;
};

/// What a state counts as: its nodes, and a few hundred more for keeping it.
[[nodiscard]] constexpr std::int64_t cost_of_state(std::size_t nodes) {
  return static_cast<std::int64_t>(nodes) + 500;
}

/// States that a search has reached, each with the one before it.
class OrderStates {
 public:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  struct State {
    NodeSet has_run;
    std::size_t runs = 0;
    std::int64_t peak = 0;  ///< so far
    std::int64_t live = 0;
    std::size_t before = none;
    std::vector<std::uint32_t> ran;  ///< nodes since the state before
  };

  explicit OrderStates(const OrderProblem& problem, std::int64_t bound)
      : walk_(problem), child_(problem) {
    std::vector<std::uint32_t> ran;
    looked_at_ += walk_.settle(bound, ran);
    (void)add(walk_, bound, none, std::move(ran));
  }

  [[nodiscard]] const State& operator[](std::size_t state) const { return states_[state]; }
  /// Whether a state of the same nodes and a lower peak was reached later.
  [[nodiscard]] bool is_outdated(std::size_t state) const {
    return peaks_.at(states_[state].has_run) < states_[state].peak;
  }
  /// What the states reached so far count as, and nodes that were looked at on the way.
  [[nodiscard]] std::int64_t looked_at() const { return looked_at_; }

  /// Reaches every state that lies one choice behind this one and whose peak is below `limit`;
  /// calls `reached(state)` for those that are new or were reached with a higher peak before.
  template <class Reached>
  void expand(std::size_t from, std::int64_t limit, Reached&& reached) {
    walk_.restart(states_[from].has_run);
    looked_at_ += cost_of_state(walk_.size());
    for (const std::uint32_t node : walk_.ready()) {
      const std::int64_t peak = std::max(states_[from].peak, walk_.effect(node).need);
      if (peak >= limit) continue;
      child_ = walk_;
      child_.run(node);
      looked_at_ += cost_of_state(walk_.size());
      std::vector<std::uint32_t> ran{node};
      looked_at_ += child_.settle(peak, ran);
      const std::size_t state = add(child_, peak, from, std::move(ran));
      if (state != none) reached(state);
    }
  }

  /// The nodes on the way to a state.
  [[nodiscard]] std::vector<std::size_t> order_of(std::size_t state) const {
    std::vector<std::size_t> order;
    for (; state != none; state = states_[state].before)
      order.insert(order.end(), states_[state].ran.rbegin(), states_[state].ran.rend());
    return {order.rbegin(), order.rend()};
  }

 private:
  std::size_t add(const OrderWalk& walk, std::int64_t peak, std::size_t before,
                  std::vector<std::uint32_t> ran) {
    const auto [known, is_new] = peaks_.try_emplace(walk.has_run(), peak);
    if (!is_new) {
      if (known->second <= peak) return none;
      known->second = peak;
    }
    states_.push_back({walk.has_run(), walk.runs(), peak, walk.live(), before, std::move(ran)});
    return states_.size() - 1;
  }

  std::int64_t looked_at_ = 0;
  OrderWalk walk_;
  OrderWalk child_;
  std::vector<State> states_;
  std::unordered_map<NodeSet, std::int64_t, NodeSetHash> peaks_;  // lowest peak of each set
};

/// What came of the search for the least peak.
struct LeastPeak {
  std::optional<std::vector<std::size_t>> order;  ///< of a peak below the limit, the least there is
  bool is_complete = false;  ///< nothing lower than the order, or else than the limit, is possible
};

/// The order of the least peak, if that is below `limit`: shortest path by largest need. `bound` is
/// a peak that no order avoids.
[[nodiscard]] inline LeastPeak least_peak_search(const Dataflow& flow, std::int64_t bound,
                                                 std::int64_t limit, std::int64_t budget) {
  const OrderProblem problem(flow);
  OrderStates states(problem, bound);
  const auto comes_later = [&](std::size_t a, std::size_t b) {
    if (states[a].peak != states[b].peak) return states[a].peak > states[b].peak;
    if (states[a].runs != states[b].runs) return states[a].runs < states[b].runs;
    return a > b;
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(comes_later)> open(
      comes_later);
  open.push(0);
  while (!open.empty()) {
    const std::size_t state = open.top();
    open.pop();
    if (states[state].runs == problem.size()) return {states.order_of(state), true};
    if (states.is_outdated(state)) continue;
    if (states.looked_at() >= budget) return {};
    states.expand(state, limit, [&](std::size_t reached) { open.push(reached); });
  }
  return {std::nullopt, true};
}

/// An order of a peak below `limit`, if there is one among those that the best states of each
/// number of nodes lead to: as many of them as the budget allows, given what one took so far.
[[nodiscard]] inline std::optional<std::vector<std::size_t>> beam_search(const Dataflow& flow,
                                                                         std::int64_t bound,
                                                                         std::int64_t limit,
                                                                         std::int64_t budget) {
  constexpr std::int64_t widest = 64;
  const OrderProblem problem(flow);
  OrderStates states(problem, bound);
  std::int64_t expanded = 0;
  std::map<std::size_t, std::vector<std::size_t>> levels;  // states by number of nodes that ran
  levels[states[0].runs].push_back(0);
  const auto is_better = [&](std::size_t a, std::size_t b) {
    if (states[a].peak != states[b].peak) return states[a].peak < states[b].peak;
    if (states[a].live != states[b].live) return states[a].live < states[b].live;
    return a < b;
  };
  while (!levels.empty()) {
    const auto level = levels.begin();
    std::vector<std::size_t> beam = std::move(level->second);
    levels.erase(level);
    std::sort(beam.begin(), beam.end(), is_better);
    if (states[beam.front()].runs == problem.size()) return states.order_of(beam.front());
    const auto levels_left = static_cast<std::int64_t>(problem.size() - states[beam.front()].runs);
    const std::int64_t cost = states.looked_at() / std::max<std::int64_t>(expanded, 1);
    const std::int64_t width = std::min(
        widest, (budget - states.looked_at()) / levels_left / std::max<std::int64_t>(cost, 1));
    if (width < 1) return std::nullopt;
    if (beam.size() > static_cast<std::size_t>(width)) beam.resize(static_cast<std::size_t>(width));
    for (const std::size_t state : beam)
      states.expand(state, limit,
                    [&](std::size_t reached) { levels[states[reached].runs].push_back(reached); });
    expanded += static_cast<std::int64_t>(beam.size());
  }
  return std::nullopt;
}

}  // namespace edgeopt::inline v0::detail
