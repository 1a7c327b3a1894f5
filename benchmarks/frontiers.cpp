// SPDX-License-Identifier: MIT
// Non-dominated sets and hypervolumes of random points:
//
//     pareto/<2d|3d>/<uniform|front>/<n>      points of a unit cube, or none of which is dominated
//     hypervolume/<2d|3d>/<n>                 of points that are all on the front
//
//     ranks/<2d|3d>/<n>                       of points of a unit cube
//
// items_per_second counts points. Their values are numbers of SplitMix64 by position, which other
// languages draw as easily: benchmarks/peers/frontiers.py measures other libraries on the same.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/hypervolume.hpp"
#include "edgeopt/pareto.hpp"

namespace {

using namespace edgeopt;

/// The index-th number of SplitMix64 from seed 0 (G. Steele, D. Lea, C. Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014), as a multiple of 2^-53 in [0, 1).
double number(std::uint64_t index) {
  std::uint64_t mixed = (index + 1) * 0x9e3779b97f4a7c15U;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  return static_cast<double>((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53;
}

std::vector<double> uniform_points(std::size_t count, std::size_t objectives) {
  std::vector<double> points(count * objectives);
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = number(i);
  return points;
}

/// Points whose values have the sum 1: uniform on a line for two objectives, on a triangle for
/// three.
std::vector<double> front_points(std::size_t count, std::size_t objectives) {
  std::vector<double> points = uniform_points(count, objectives);
  for (std::size_t i = 0; i < points.size(); i += objectives) {
    double sum = 0;
    for (std::size_t j = 0; j < objectives; ++j)
      sum += points[i + j] = -std::log(1 - points[i + j]);
    for (std::size_t j = 0; j < objectives; ++j) points[i + j] /= sum;
  }
  return points;
}

void count_points(benchmark::State& state, std::size_t points) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(points));
}

void frontier(benchmark::State& state, std::vector<double> (*draw)(std::size_t, std::size_t),
              std::size_t count, std::size_t objectives) {
  const std::vector<double> points = draw(count, objectives);
  const std::vector<Direction> directions(objectives, Direction::minimize);
  state.counters["front"] = static_cast<double>(non_dominated(points, directions).size());
  for (auto _ : state) benchmark::DoNotOptimize(non_dominated(points, directions));
  count_points(state, count);
}

void ranks(benchmark::State& state, std::size_t count, std::size_t objectives) {
  const std::vector<double> points = uniform_points(count, objectives);
  const std::vector<Direction> directions(objectives, Direction::minimize);
  const auto found = non_dominated_ranks(points, directions);
  state.counters["fronts"] = static_cast<double>(*std::max_element(found.begin(), found.end()) + 1);
  for (auto _ : state) benchmark::DoNotOptimize(non_dominated_ranks(points, directions));
  count_points(state, count);
}

void volume(benchmark::State& state, std::size_t count, std::size_t objectives) {
  const std::vector<double> points = front_points(count, objectives);
  const std::vector<double> reference(objectives, 2.0);
  const std::vector<Direction> directions(objectives, Direction::minimize);
  benchmark::DoNotOptimize(hypervolume(points, reference, directions));
  for (auto _ : state) benchmark::DoNotOptimize(hypervolume(points, reference, directions));
  count_points(state, count);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const std::size_t objectives : {2U, 3U}) {
    const std::string dimension = std::to_string(objectives) + "d/";
    for (const std::size_t count : {10'000U, 100'000U, 1'000'000U}) {
      const std::string n = std::to_string(count);
      const auto add = [&](const std::string& name, auto run) {
        benchmark::RegisterBenchmark(name.c_str(), run)
            ->Unit(benchmark::kMillisecond)
            ->UseRealTime();
      };
      add("pareto/" + dimension + "uniform/" + n,
          [=](benchmark::State& state) { frontier(state, uniform_points, count, objectives); });
      add("pareto/" + dimension + "front/" + n,
          [=](benchmark::State& state) { frontier(state, front_points, count, objectives); });
      if (count > 100'000) continue;
      add("hypervolume/" + dimension + n,
          [=](benchmark::State& state) { volume(state, count, objectives); });
      add("ranks/" + dimension + n,
          [=](benchmark::State& state) { ranks(state, count, objectives); });
    }
  }
  benchmark::RunSpecifiedBenchmarks();
}
