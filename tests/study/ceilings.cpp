#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/kernels/peak_loops.hpp"
#include "edgeopt/layer_operators.hpp"
#include "edgeopt/study/machine_ceilings.hpp"
#include "edgeopt/study/measure_energy.hpp"
#include "edgeopt/study/measure_layers.hpp"
#include "edgeopt/study/roofline_artifacts.hpp"
#include "temporary_folder.hpp"

using namespace edgeopt;

namespace {

constexpr CeilingSettings quick{.repeats = 3, .repeat_ms = 0.05, .memory_bytes = 1 << 20};

}  // namespace

TEST_CASE("loops over a buffer move what they say") {
  const kernels::TrafficLoops& loops = kernels::widest_traffic_loops();
  CHECK(loops.is_supported());
  constexpr std::size_t floats = 192;  // 768 bytes
  std::vector<float> x(floats), y(floats), z(floats);
  for (std::size_t i = 0; i < floats; ++i) {
    x[i] = static_cast<float>(i);
    y[i] = 2 * x[i];
  }
  const auto bytes = [](auto& values) { return reinterpret_cast<std::byte*>(values.data()); };
  loops.read(bytes(x), floats * 4);
  loops.copy(bytes(z), bytes(x), floats * 4);
  CHECK(z == x);
  loops.triad(bytes(z), bytes(x), bytes(y), floats * 4);
  for (std::size_t i = 0; i < floats; ++i) CHECK(z[i] == 3 * x[i]);
}

#if defined(__x86_64__)
TEST_CASE("loops leave no upper halves behind, which would slow down SSE after them") {
  const kernels::TrafficLoops& loops = kernels::widest_traffic_loops();
  if (loops.instructions == "sse2") return;
  std::vector<float> x(192, 1.5F), y(192, 2.5F), z(192);
  const auto bytes = [](auto& values) { return reinterpret_cast<std::byte*>(values.data()); };
  const auto is_clean = [] {
    float vector[8];
    asm volatile("vmovups %%ymm0,%0" : "=m"(vector));
    return vector[4] == 0 && vector[5] == 0 && vector[6] == 0 && vector[7] == 0;
  };
  loops.read(bytes(x), 768);
  CHECK(is_clean());
  loops.copy(bytes(z), bytes(x), 768);
  CHECK(is_clean());
  loops.triad(bytes(z), bytes(x), bytes(y), 768);
  CHECK(is_clean());
}
#endif

TEST_CASE("levels are measured with buffers that lie in them") {
  const std::vector<edgeopt::io::CacheLevel> caches = {{1, 32768}, {2, 1 << 20}, {3, 32 << 20}};
  const auto one = measured_levels(caches, 1, 1 << 20);
  REQUIRE(one.size() == 4);
  std::int64_t before = 0;
  for (const MeasuredLevel& level : one) {
    INFO(level.name);
    CHECK(level.buffer_bytes % 1536 == 0);
    CHECK(level.buffer_bytes > before);
    CHECK(level.cached_bytes == before);
    if (level.name == "memory") continue;
    before += level.name == "L1" ? 32768 : level.name == "L2" ? 1 << 20 : 32 << 20;
    CHECK(level.buffer_bytes < before);
  }
  CHECK(one.back().buffer_bytes > 100 << 20);                      // four times the last cache
  CHECK(measured_levels(caches, 2, 1)[2].buffer_bytes < 9 << 20);  // each its part of L3
  CHECK(measured_levels({}, 1, 1 << 20).size() == 1);
  CHECK_THROWS_AS(measured_levels(caches, 0, 1 << 20), DomainError);
  CHECK_THROWS_AS(measured_levels(caches, -1, 1 << 20), DomainError);
}

TEST_CASE("threads have their part of every cache that they share") {
  using edgeopt::io::CacheLevel;
  const auto buffer = [](const CacheLevel& cache, std::int64_t threads, std::size_t level) {
    const std::vector<CacheLevel> caches = {{1, 32768, 1}, cache};
    return measured_levels(caches, threads, 1).at(level).buffer_bytes;
  };
  constexpr std::int64_t half = (1 << 19) / 1536 * 1536;  // of a megabyte
  constexpr std::int64_t eighth = (1 << 17) / 1536 * 1536;
  CHECK(buffer({2, 1 << 20, 4}, 1, 1) == half);
  CHECK(buffer({2, 1 << 20, 4}, 4, 1) == eighth);
  CHECK(buffer({2, 1 << 20, 4}, 16, 1) == eighth);  // four such caches
  CHECK(buffer({2, 1 << 20, 1}, 4, 1) == half);
  CHECK(buffer({2, 1 << 20}, 4, 1) == eighth);                      // not told: by all
  CHECK(buffer({2, 1 << 20, 4}, 4, 2) == (1 << 20) / 1536 * 1536);  // memory, four times the cache
  const std::vector<CacheLevel> two_threads_a_core = {{1, 49152, 2}, {2, 2 << 20, 2}};
  CHECK(measured_levels(two_threads_a_core, 2, 1)[0].buffer_bytes == 12288);
}

TEST_CASE("ceilings of this machine, on one thread and on two") {
  const std::vector<edgeopt::io::CacheLevel> caches = {{1, 32768}, {2, 262144}};
  for (const int threads : {1, 2}) {
    ThreadPool pool(threads);
    const auto compute = measure_compute(pool, quick);
    REQUIRE_FALSE(compute.empty());
    for (const MeasuredCompute& row : compute) {
      INFO(row.instructions);
      CHECK(row.threads == threads);
      CHECK(row.repeats == 3);
      CHECK(row.min_gmacs > 0);
      CHECK(row.min_gmacs <= row.median_gmacs);
      CHECK(row.median_gmacs <= row.max_gmacs);
    }
    const auto bandwidth = measure_bandwidth(pool, quick, steady_clock(), caches);
    REQUIRE(bandwidth.size() == 9);  // three levels, three kinds of traffic
    for (const MeasuredBandwidth& row : bandwidth) {
      INFO(row.level << ' ' << row.traffic);
      CHECK(row.min_gbps > 0);
      CHECK(row.median_gbps <= row.max_gbps);
    }
    const Roofline roofline = measured_roofline(compute, bandwidth, caches);
    CHECK(roofline.compute.size() == compute.size());
    REQUIRE(roofline.memory.size() == 3);
    CHECK(roofline.memory[0].name.rfind("L1, ", 0) == 0);
    CHECK(*roofline.memory[2].cached_bytes == threads * 32768 + 262144);  // L2 is shared
  }
  ThreadPool pool(1);
  CHECK_THROWS_AS(measure_compute(pool, {.repeats = 0}), DomainError);
  CHECK_THROWS_AS(measure_compute(pool, {.repeat_ms = 0}), DomainError);
  CHECK_THROWS_AS(measure_bandwidth(pool, {.memory_bytes = 0}), DomainError);
}

TEST_CASE("under a clock that steps, rates are what was counted") {
  ThreadPool pool(1);
  // Every reading is 1 ms later: the first trial is long enough, and each repeat takes 1 ms.
  const auto rows = measure_compute(pool, {.repeats = 2, .repeat_ms = 1},
                                    stepping_clock(std::chrono::milliseconds(1)));
  for (const MeasuredCompute& row : rows)
    for (const kernels::PeakLoop& loop : kernels::peak_loops())
      if (loop.instructions == row.instructions && loop.type == row.type)
        CHECK(row.median_gmacs == Approx(static_cast<double>(256 * loop.macs_per_turn) * 1e-6));

  // Its steps are too short for a repeat, however much is done.
  const auto slow = stepping_clock(std::chrono::microseconds(1));
  CHECK_FALSE(measure_compute(pool, quick, slow).empty());
  CHECK(measure_bandwidth(pool, quick, slow, {}).size() == 3);
}

TEST_CASE("a clock that stands still is refused") {
  ThreadPool pool(1);
  const Clock still = [] { return std::chrono::nanoseconds(5); };
  CHECK_THROWS_AS(measure_compute(pool, quick, still), DomainError);
  CHECK_THROWS_AS(measure_bandwidth(pool, quick, still), DomainError);
  const auto stops = [readings = 0]() mutable {
    return std::chrono::milliseconds(readings < 4 ? ++readings : 4);
  };
  CHECK_THROWS_AS(measure_compute(pool, quick, stops), DomainError);
}

TEST_CASE("rows of no thread make no roofline") {
  const std::vector<MeasuredBandwidth> rows = {{.level = "L1", .traffic = "read", .threads = 0}};
  CHECK_THROWS_AS(measured_roofline({}, rows, {}), DomainError);
}

TEST_CASE("layers are differences of networks") {
  const SmallCNNSpec spec{{1, 8, 8}, 2, 3, 4};
  const LatencySettings settings{.warmup = 0, .runs = 1, .repeats = 2};
  for (const Precision precision : {Precision::fp32, Precision::fp16}) {
    const auto layers = measure_layers(spec, 2, precision, settings);
    REQUIRE(layers.size() == 3);
    CHECK(layers[2].layer == "classifier");
  }
  // All times are one step: C(k) = 2 - 1 steps, so that conv2 and the classifier take nothing.
  const auto stepped = measure_layers(spec, 1, Precision::fp32, settings,
                                      stepping_clock(std::chrono::milliseconds(1)));
  CHECK(stepped[0].ms == Approx(1));
  CHECK_FALSE(stepped[1].ms);
  CHECK_FALSE(stepped[2].ms);
  CHECK_THROWS_AS(measure_layers(spec, 1, Precision::int8, settings), DomainError);
  CHECK_THROWS_AS(measure_layers(spec, 0, Precision::fp32, settings), DomainError);
}

TEST_CASE("SmallCNN's layers as operators") {
  const auto layers = layer_operators({}, 32, Precision::fp32);
  REQUIRE(layers.size() == 3);
  CHECK(layers[0].macs == 3612672);
  CHECK(layers[0].bytes_read == 32 * 784 * 4 + 640);
  CHECK(layers[0].bytes_written == 32 * 16 * 14 * 14 * 4);  // pooled
  CHECK(layers[1].bytes_read == layers[0].bytes_written + 18560);
  CHECK(layers[2].bytes_written == 32 * 10 * 4);
  CHECK(layer_operators({}, 32, Precision::fp32, 4)[1].macs == 28901376 / 4);
  CHECK(layer_operators({}, 32, Precision::fp32, 4)[2].macs == 501760);
  CHECK(layer_operators({}, 1, Precision::int8)[0].type == ElementType::s8);
}

TEST_CASE("a roofline as a chart leaves out what has no place on it") {
  RooflineAnalysis analysis{
      "net", {"m", {{"fp32", ElementType::f32, 10}}, {{"DRAM", 5, 1 << 20}}}, {}};
  const std::vector<RooflineOperator> operators = {{"conv", ElementType::f32, 1000, 100, 100},
                                                   {"relu", ElementType::f32, 0, 100, 100},
                                                   {"half", ElementType::f16, 10, 100, 100}};
  analysis.points = place(analysis.roofline, operators);
  set_measured(analysis.points[0], 0.001);
  const edgeopt::io::LogLogChart chart = roofline_chart(analysis);
  REQUIRE(chart.ceilings.size() == 2);
  CHECK(chart.ceilings[0].name == "fp32, 10 GMAC/s");
  CHECK(chart.ceilings[1].name == "DRAM, 5 GB/s past 1 MB");
  REQUIRE(chart.series.size() == 2);
  CHECK(chart.series[0].point_labels == std::vector<std::string>{"conv"});
  CHECK(chart.series[1].y == std::vector<double>{1});

  const TemporaryFolder folder;
  const WrittenFiles written =
      save_roofline_artifacts(folder.path() / "out", analysis, "/no/such/gnuplot");
  CHECK(written.files == std::vector<std::string>{"roofline_points.csv", "roofline_ceilings.csv"});
  CHECK_FALSE(written.missing_pictures_note.empty());
}

TEST_CASE("a roofline's picture names the operators that take longest") {
  RooflineAnalysis analysis{"net", {"m", {{"fp32", ElementType::f32, 10}}, {}}, {}};
  std::vector<RooflineOperator> operators;
  for (std::int64_t i = 1; i <= 10; ++i)
    operators.push_back({"conv" + std::to_string(i), ElementType::f32, 1000 * i, 100, 100});
  operators.push_back({"copy", ElementType::f32, 0, 1 << 30, 1 << 30});
  analysis.points = place(analysis.roofline, operators);
  const auto named = [&] {
    std::vector<std::string> names;
    const edgeopt::io::LogLogChart chart = roofline_chart(analysis);
    for (const std::string& name : chart.series[0].point_labels)
      if (!name.empty()) names.push_back(name);
    return names;
  };
  REQUIRE(named().size() == named_roofline_points);
  CHECK(named().front() == "conv3");
  CHECK(named().back() == "conv10");
  CHECK(roofline_chart(analysis).series[0].name == "at most; longest 8 named");
  set_measured(analysis.points[0], 1);  // ms: longer than any bound
  CHECK(named().front() == "conv1");
  analysis.points.resize(8);
  CHECK(named().size() == 8);
  CHECK(roofline_chart(analysis).series[0].name == "attainable at most");
}

TEST_CASE("energy of a run is what the counters went up by") {
  const TemporaryFolder folder;
  const auto put = [&](const char* file, const char* text) {
    std::filesystem::create_directories(folder.path() / "intel-rapl:0");
    std::ofstream(folder.path() / "intel-rapl:0" / file) << text << '\n';
  };
  put("name", "package-0");
  put("energy_uj", "0");
  put("max_energy_range_uj", "1000000000");
  edgeopt::io::EnergyMeter meter(folder.path());
  const MeasuredEnergy measured = measure_energy(
      meter, 4, [&] { put("energy_uj", "6000000"); },
      stepping_clock(std::chrono::milliseconds(500)));
  CHECK(measured.joules == Approx(6));
  CHECK(measured.seconds == Approx(0.5));
  CHECK(measured.average_power_w == Approx(12));
  CHECK(measured.energy_per_run_mj == Approx(1500));
  CHECK_THROWS_AS(measure_energy(meter, 0, [] {}), DomainError);
}
