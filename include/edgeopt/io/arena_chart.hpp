// SPDX-License-Identifier: MIT
/// @file
/// A memory plan as a picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "edgeopt/io/charts.hpp"
#include "edgeopt/io/readable.hpp"
#include "edgeopt/memory_plan.hpp"

namespace edgeopt::inline v0::io {

namespace detail {

/// A tensor's name without what PyTorch's exporter appends to that of its node.
[[nodiscard]] inline std::string without_output_number(std::string name) {
  constexpr std::string_view appended = "_output_0";
  if (name.size() > appended.size() && name.ends_with(appended))
    name.resize(name.size() - appended.size());
  return name;
}

}  // namespace detail

/// The arena over time: each tensor as a rectangle, from the first node that needs it to the last,
/// and from its offset to its end.
[[nodiscard]] inline RectangleChart arena_chart(const MemoryPlan& plan, const std::string& title) {
  constexpr double most_bytes = 8192;  // beyond that, offsets are shown in KiB
  constexpr double most_kib = 8192;
  struct Unit {
    const char* name;
    double bytes;
  };
  const auto arena = static_cast<double>(plan.arena.bytes);
  const Unit unit = arena <= most_bytes        ? Unit{"bytes", 1}
                    : arena <= most_kib * 1024 ? Unit{"KiB", 1024}
                                               : Unit{"MiB", 0x1p20};
  const auto amount = [&](std::int64_t bytes) { return static_cast<double>(bytes) / unit.bytes; };
  const auto level = [&](const std::string& name, std::int64_t bytes) {
    return Level{name + " " + to_readable(amount(bytes), {5}) + " " + unit.name, amount(bytes)};
  };

  RectangleChart chart{title,
                       "node in the order of execution",
                       std::string("offset in the arena (") + unit.name + ")",
                       {},
                       {}};
  for (std::size_t i = 0; i < plan.liveness.tensors.size(); ++i) {
    const StoredTensor& stored = plan.liveness.tensors[i];
    const std::int64_t offset = plan.arena.offsets[i];
    chart.rectangles.push_back({static_cast<double>(stored.first_node),
                                static_cast<double>(stored.last_node + 1), amount(offset),
                                amount(offset + stored.bytes),
                                detail::without_output_number(stored.name)});
  }
  chart.levels.push_back(level("lower bound", plan.arena.bound.aligned_bytes));
  if (plan.arena.bytes != plan.arena.bound.aligned_bytes)
    chart.levels.push_back(level("arena", plan.arena.bytes));
  return chart;
}

}  // namespace edgeopt::inline v0::io
