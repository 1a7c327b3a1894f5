#include "edgeopt/io/arena_chart.hpp"

#include "catch.hpp"
#include "edgeopt/small_cnn_graph.hpp"

using namespace edgeopt;

namespace {

MemoryPlan plan_of(std::int64_t batch) {
  return plan_memory(small_cnn_graph({}, batch, Precision::fp32));
}

}  // namespace

TEST_CASE("the arena over time has a rectangle for each tensor and its lower bound") {
  const MemoryPlan plan = plan_of(1);
  const io::RectangleChart chart = io::arena_chart(plan, "title");
  CHECK(chart.title == "title");
  CHECK(chart.y_label == "offset in the arena (KiB)");
  REQUIRE(chart.rectangles.size() == plan.liveness.tensors.size());
  const io::Rectangle& conv1 = chart.rectangles[1];
  CHECK(conv1.label == "conv1");
  CHECK(io::detail::without_output_number("/d1/Conv_output_0") == "/d1/Conv");
  CHECK(io::detail::without_output_number("_output_0") == "_output_0");
  CHECK(conv1.left == 0);
  CHECK(conv1.right == 2);  // the end of node 1
  CHECK(conv1.top - conv1.bottom == 49);
  REQUIRE(chart.levels.size() == 1);
  CHECK(chart.levels[0].name == "lower bound 98 KiB");
  CHECK(chart.levels[0].y == 98);
}

TEST_CASE("an arena above its bound is a level of its own, in a unit of its size") {
  MemoryPlan plan = plan_of(1024);
  plan.arena.bytes += 1024 * 1024;
  const io::RectangleChart chart = io::arena_chart(plan, "");
  CHECK(chart.y_label == "offset in the arena (MiB)");
  REQUIRE(chart.levels.size() == 2);
  CHECK(chart.levels[0].name == "lower bound 98 MiB");
  CHECK(chart.levels[1].name == "arena 99 MiB");
  plan.arena.bytes = 8000;
  CHECK(io::arena_chart(plan, "").y_label == "offset in the arena (bytes)");
}
