// SPDX-License-Identifier: MIT
// What one core of this machine can multiply and add with each of its instruction sets:
//
//     peak/<fp32|int8>/<instruction set>
//
// items_per_second and MAC/s count multiply-accumulates.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "ceilings.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const ceilings::Ceiling& ceiling : ceilings::all) {
    if (!edgeopt::is_supported(ceiling.instruction_set)) continue;
    const std::string name = "peak/" + std::string(ceiling.precision) + "/" +
                             std::string(to_string(ceiling.instruction_set));
    benchmark::RegisterBenchmark(name.c_str(), [&ceiling](benchmark::State& state) {
      constexpr std::int64_t turns = 10'000;
      const ceilings::PeakLoop& loop = ceiling.loop();
      for (auto _ : state) loop.run(turns);
      const double macs =
          static_cast<double>(turns * loop.macs_per_turn) * static_cast<double>(state.iterations());
      state.SetItemsProcessed(static_cast<std::int64_t>(macs));
      state.counters["MAC/s"] = benchmark::Counter(macs, benchmark::Counter::kIsRate);
    });
  }
  benchmark::RunSpecifiedBenchmarks();
}
