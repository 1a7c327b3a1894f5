// SPDX-License-Identifier: MIT
// How long a memory plan takes: a chain of layers, an encoder, where greedy by size leaves a gap,
// and branches, whose order is searched for. Items are nodes.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edgeopt/graph_builder.hpp"
#include "edgeopt/memory_plan.hpp"

namespace {

using namespace edgeopt;

/// Convolutions and ReLUs in turn.
Graph chain(std::int64_t layers) {
  GraphBuilder net("chain");
  TensorId x = net.input("input", {1, 16, 32, 32});
  for (std::int64_t i = 0; i < layers / 2; ++i) {
    const std::string number = std::to_string(i);
    const TensorId weight = net.constant("weight" + number, ElementType::f32, {16, 16, 3, 3});
    x = net.convolution("conv" + number, x, weight, no_tensor, {.padding = {1, 1}});
    x = net.relu("relu" + number, x);
  }
  return net.build({x});
}

/// The activations of blocks of a transformer encoder, layer normalisation and Gelu spelled out in
/// single operators, as PyTorch exports it.
std::vector<StoredTensor> encoder(std::size_t blocks) {
  struct Piece {
    std::int64_t size;
    std::size_t first, last;
  };
  constexpr std::size_t nodes = 60;  // of a block
  constexpr std::int64_t values = 8192;
  constexpr Piece block[] = {
      {1, 1, 37},  {1, 3, 10},  {1, 5, 6},   {1, 10, 11}, {1, 11, 12}, {1, 12, 13}, {3, 13, 14},
      {3, 14, 17}, {3, 17, 19}, {1, 19, 27}, {1, 19, 26}, {1, 19, 31}, {1, 26, 27}, {2, 27, 29},
      {2, 29, 30}, {2, 30, 31}, {1, 31, 32}, {1, 32, 35}, {1, 35, 36}, {1, 36, 37}, {1, 37, 61},
      {1, 39, 46}, {1, 41, 42}, {1, 46, 47}, {1, 47, 48}, {1, 48, 49}, {2, 49, 50}, {2, 50, 56},
      {2, 52, 53}, {2, 53, 55}, {2, 55, 56}, {2, 56, 58}, {2, 58, 59}, {1, 59, 60}, {1, 60, 61}};
  std::vector<StoredTensor> pieces;
  for (std::size_t i = 0; i < blocks; ++i)
    for (const Piece& piece : block)
      pieces.push_back({"", piece.size * values, piece.first + nodes * i, piece.last + nodes * i});
  return pieces;
}

/// Branches that grow and shrink again, level by level.
Dataflow branches(std::size_t count) {
  Dataflow flow;
  flow.predecessors.resize(2 * count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    flow.pieces.push_back({static_cast<std::int64_t>(100 + i), {i, count + i}});
    flow.pieces.push_back({1, {count + i, 2 * count}});
    flow.predecessors[count + i] = {i};
    flow.predecessors[2 * count].push_back(count + i);
  }
  return flow;
}

void count_nodes(benchmark::State& state, std::size_t nodes) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(nodes));
}

void plan_chain(benchmark::State& state) {
  const Graph graph = chain(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(plan_memory(graph).arena.bytes);
  count_nodes(state, graph.nodes.size());
}
BENCHMARK(plan_chain)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

void lay_out_encoder(benchmark::State& state) {
  const std::vector<StoredTensor> pieces = encoder(static_cast<std::size_t>(state.range(0)));
  const ArenaStrategy strategy =
      state.range(1) == 0 ? ArenaStrategy::greedy_by_size : ArenaStrategy::search;
  ArenaLayout layout;
  for (auto _ : state) layout = plan_arena(pieces, {.strategy = strategy});
  state.counters["percent over the bound"] = layout.excess_percent();
  count_nodes(state, 60 * static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(lay_out_encoder)
    ->ArgNames({"blocks", "search"})
    ->ArgsProduct({{1, 12}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);

void order_branches(benchmark::State& state) {
  const Dataflow flow = branches(static_cast<std::size_t>(state.range(0)));
  ExecutionOrder order;
  for (auto _ : state) order = reorder_for_peak(flow);
  state.counters["peak before"] = static_cast<double>(order.peak_bytes_before);
  state.counters["peak"] = static_cast<double>(order.peak_bytes);
  count_nodes(state, flow.predecessors.size());
}
BENCHMARK(order_branches)->Arg(4)->Arg(32)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
