// SPDX-License-Identifier: MIT
// What is measured of an engine that a user wrote: accuracy, latency, metrics, deployment.
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "edgeopt/engines/pooled_engine.hpp"
#include "edgeopt/study/accuracy.hpp"
#include "edgeopt/study/any_engine.hpp"
#include "edgeopt/study/deployment.hpp"
#include "edgeopt/study/latency.hpp"
#include "edgeopt/study/metrics.hpp"

using namespace edgeopt;
using namespace std::chrono_literals;

namespace {

// Tells dark images (class 0) from bright ones (class 1) and counts how often it is called.
class BrightnessEngine {
 public:
  struct Workspace {
    std::int64_t max_batch;
  };

  [[nodiscard]] ImageShape input_shape() const { return {1, 2, 2}; }
  [[nodiscard]] std::int64_t classes() const { return 2; }
  [[nodiscard]] Precision precision() const { return Precision::fp32; }
  [[nodiscard]] std::int64_t parameter_bytes() const { return 1 << 19; }
  [[nodiscard]] Workspace make_workspace(std::int64_t max_batch) const { return {max_batch}; }

  void run(std::span<const float> images, Workspace& workspace, std::span<float> logits) const {
    const std::size_t batch = images.size() / 4;
    if (static_cast<std::int64_t>(batch) > workspace.max_batch)
      throw DomainError("batch", "too large", "what the workspace was made for");
    for (std::size_t i = 0; i < batch; ++i) {
      float sum = 0;
      for (const float pixel : images.subspan(4 * i, 4)) sum += pixel;
      logits[2 * i] = -sum;
      logits[2 * i + 1] = sum;
    }
    ++*calls_;
  }

  [[nodiscard]] std::int64_t calls() const { return *calls_; }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> calls_ =
      std::make_shared<std::atomic<std::int64_t>>(0);
};
static_assert(Engine<BrightnessEngine>);

// Says in its logits how many threads its workspace is for.
class PoolSizeEngine {
 public:
  struct Workspace {
    int threads;
  };

  [[nodiscard]] ImageShape input_shape() const { return {1, 2, 2}; }
  [[nodiscard]] std::int64_t classes() const { return 1; }
  [[nodiscard]] Precision precision() const { return Precision::fp32; }
  [[nodiscard]] std::int64_t parameter_bytes() const { return 1; }
  [[nodiscard]] Workspace make_workspace(std::int64_t) const { return {0}; }
  [[nodiscard]] Workspace make_workspace(std::int64_t, ThreadPool& pool) const {
    return {pool.size()};
  }
  void run(std::span<const float>, Workspace& workspace, std::span<float> logits) const {
    for (float& logit : logits) logit = static_cast<float>(workspace.threads);
    threads_seen_->push_back(workspace.threads);
  }

  /// Of all calls since the last question.
  [[nodiscard]] std::vector<int> threads_seen() const { return std::exchange(*threads_seen_, {}); }

 private:
  std::shared_ptr<std::vector<int>> threads_seen_ = std::make_shared<std::vector<int>>();
};
static_assert(PooledEngine<PoolSizeEngine>);
static_assert(Engine<BrightnessEngine> && !PooledEngine<BrightnessEngine>);

// Answers NaN, as an engine with broken weights would.
struct BrokenEngine : BrightnessEngine {
  void run(std::span<const float>, Workspace&, std::span<float> logits) const {
    for (float& logit : logits) logit = std::numeric_limits<float>::quiet_NaN();
  }
};

// Five images of each class, of which one dark image is labelled bright.
Dataset dark_and_bright() {
  Dataset data{.shape = {1, 2, 2}, .classes = 2, .images = {}, .labels = {}};
  for (int i = 0; i < 10; ++i) {
    const bool bright = i % 2 == 1;
    data.images.insert(data.images.end(), 4, bright ? 250 : 5);
    data.labels.push_back(bright || i == 4 ? 1 : 0);
  }
  return data;
}

// Each timed interval takes the next of the given durations.
Clock scripted_clock(std::vector<std::chrono::milliseconds> durations) {
  return [durations, reading = std::size_t{0}, now = 0ms]() mutable -> std::chrono::nanoseconds {
    if (reading % 2 == 1) now += durations.at(reading / 2);
    ++reading;
    return now;
  };
}

const std::vector<float> one_batch(3 * 4, 0.5F);

}  // namespace

TEST_CASE("A confusion matrix holds the answers of an engine") {
  const ConfusionMatrix answers = confusion_matrix(BrightnessEngine(), dark_and_bright(), 3);
  CHECK(answers.count(0, 0) == 4);
  CHECK(answers.count(0, 1) == 0);
  CHECK(answers.count(1, 0) == 1);
  CHECK(answers.count(1, 1) == 5);
  CHECK(answers.images() == 10);
  CHECK(answers.accuracy() == 0.9);
  CHECK(answers.accuracy_of(0) == 1.0);
  CHECK(answers.accuracy_of(1) == 5.0 / 6.0);
  CHECK_THROWS_AS(answers.count(2, 0), DomainError);
  CHECK_FALSE(ConfusionMatrix(3).accuracy_of(1).has_value());
  CHECK_THROWS_AS(ConfusionMatrix(3).accuracy(), DomainError);
  ConfusionMatrix three(3);
  CHECK_THROWS_AS(three += ConfusionMatrix(2), DomainError);
  CHECK_THROWS_AS(three += ConfusionMatrix(4), DomainError);
}

TEST_CASE("Accuracy depends neither on the batch size nor on the number of threads") {
  const Dataset data = dark_and_bright();
  for (const int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    for (const std::int64_t batch_size : {1, 3, 10, 1000})
      CHECK(evaluate_accuracy(BrightnessEngine(), data, batch_size, pool) == 0.9);
  }
}

TEST_CASE("Accuracy of what cannot be evaluated is refused") {
  const BrightnessEngine engine;
  const Dataset data = dark_and_bright();
  CHECK_THROWS_WITH(evaluate_accuracy(engine, Dataset{{1, 2, 2}, 2, {}, {}}, 3),
                    "data set is empty, allowed is at least one image");
  CHECK_THROWS_WITH(evaluate_accuracy(engine, data, 0),
                    "batch_size is 0, allowed is an integer >= 1");
  Dataset torn = data;
  torn.images.pop_back();
  CHECK_THROWS_AS(evaluate_accuracy(engine, torn, 3), DomainError);
  Dataset wide = data;
  wide.shape = {1, 1, 4};
  CHECK_THROWS_WITH(evaluate_accuracy(engine, wide, 3),
                    "images is [1, 1, 4], allowed is [1, 2, 2]");
  Dataset many_classes = data;
  many_classes.classes = 3;
  CHECK_THROWS_AS(evaluate_accuracy(engine, many_classes, 3), DomainError);
  CHECK_THROWS_WITH(evaluate_accuracy(BrokenEngine(), data, 3),
                    "logit 0 is nan, allowed is a number");
}

TEST_CASE("The class with the largest logit is predicted, the first among equals") {
  CHECK(predicted_class(std::vector<float>{1, 3, 2}) == 1);
  CHECK(predicted_class(std::vector<float>{2, 3, 3}) == 1);
  CHECK(predicted_class(std::vector<float>{-INFINITY, -INFINITY}) == 0);
}

TEST_CASE("Latency is taken from calls that are timed together") {
  const BrightnessEngine engine;
  const LatencySettings settings{.warmup = 2, .runs = 4, .repeats = 3, .multiplier = 10};
  const LatencyDistribution latency = measure_latency_distribution(
      engine, one_batch, settings, scripted_clock({7ms, 4ms, 8ms, 24ms}));
  CHECK(engine.calls() == 1 + 3 * (2 + 4));
  CHECK(latency.first_call_ms == 70);
  CHECK(latency.repeats_ms == std::vector<double>{10, 20, 60});
  CHECK(latency.mean_ms == 30);
  CHECK(latency.median_ms == 20);
  CHECK(latency.std_ms == Approx(std::sqrt((400.0 + 100 + 900) / 3)).epsilon(1e-12));
  CHECK(latency.p95_ms == Approx(20 + 0.9 * 40).epsilon(1e-12));
  CHECK(measure_latency(engine, one_batch, settings, stepping_clock(2ms)) == 5);
}

TEST_CASE("Latency settings out of range are refused") {
  const BrightnessEngine engine;
  const auto measure = [&](LatencySettings settings) {
    return measure_latency(engine, one_batch, settings);
  };
  CHECK_THROWS_AS(measure({.warmup = -1}), DomainError);
  CHECK_THROWS_AS(measure({.runs = 0}), DomainError);
  CHECK_THROWS_AS(measure({.repeats = 0}), DomainError);
  for (const double multiplier : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS(measure({.multiplier = multiplier}), DomainError);
  CHECK_THROWS_AS(measure_latency(engine, std::vector<float>{}), DomainError);
  CHECK_THROWS_AS(measure_latency(engine, std::vector<float>(5)), DomainError);
}

TEST_CASE("The system's clock runs forward") {
  const Clock clock = steady_clock();
  const auto start = clock();
  while (clock() == start) {
  }
  CHECK(clock() > start);
}

TEST_CASE("An engine of any type is an engine") {
  const BrightnessEngine engine;
  const AnyEngine any = engine;
  CHECK(any.input_shape() == engine.input_shape());
  CHECK(any.classes() == 2);
  CHECK(any.precision() == Precision::fp32);
  CHECK(any.parameter_bytes() == engine.parameter_bytes());
  CHECK(evaluate_accuracy(any, dark_and_bright(), 4) == 0.9);

  auto workspace = any.make_workspace(3);
  std::vector<float> logits(6);
  any.run(one_batch, workspace, logits);
  CHECK(logits == std::vector<float>{-2, 2, -2, 2, -2, 2});
  auto foreign = AnyEngine(BrokenEngine()).make_workspace(3);
  CHECK_THROWS_AS(any.run(one_batch, foreign, logits), DomainError);
  const auto moved = std::move(workspace);
  CHECK_THROWS_AS(any.run(one_batch, workspace, logits), DomainError);
}

TEST_CASE("Whatever is timed runs on the threads of the pool, if the engine can use them") {
  ThreadPool pool(3);
  const PoolSizeEngine engine;
  const LatencySettings settings{.warmup = 1, .runs = 2, .repeats = 1};
  const std::vector<int> four_calls(4, 3);
  (void)measure_latency_distribution(engine, one_batch, settings, pool);
  CHECK(engine.threads_seen() == four_calls);
  (void)measure_latency(AnyEngine(engine), one_batch, settings, pool);
  CHECK(engine.threads_seen() == four_calls);
  (void)deployment_simulation(engine, one_batch, 1, 0, pool);
  CHECK(engine.threads_seen() == std::vector<int>(5, 3));

  Dataset data = dark_and_bright();
  data.classes = 1;
  data.labels.assign(data.labels.size(), 0);
  ThreadPool caller_only;
  (void)collect_metrics(engine, data, {.latency = settings, .batch_size = 10}, std::nullopt,
                        caller_only);
  CHECK(engine.threads_seen() == std::vector<int>{1, 1, 1, 1, 1, 1, 1, 1, 0});  // 0: accuracy

  // Without a pool, and for an engine that knows of none, everything runs on the caller's thread.
  (void)measure_latency(engine, one_batch, settings);
  CHECK(engine.threads_seen() == std::vector<int>(4, 1));
  const BrightnessEngine plain;
  (void)measure_latency(AnyEngine(plain), one_batch, settings, pool);
  CHECK(plain.calls() == 4);
}

TEST_CASE("Metrics of an engine that a user wrote") {
  ThreadPool pool(2);
  const MetricSettings settings{.latency = {.warmup = 1, .runs = 2, .repeats = 2, .multiplier = 2},
                                .power_watts = 3,
                                .batch_size = 4};
  const PerfMetrics metrics = collect_metrics(BrightnessEngine(), dark_and_bright(), settings,
                                              std::int64_t{1} << 18, pool, stepping_clock(5ms));
  CHECK(metrics.accuracy == 0.9);
  // Wilson's interval of 9 out of 10, evaluated with 40 digits
  CHECK(metrics.accuracy_ci95_low == Approx(0.5958499732047615).epsilon(1e-12));
  CHECK(metrics.accuracy_ci95_high == Approx(0.9821237869049271).epsilon(1e-12));
  CHECK(metrics.latency_ms == 5);
  CHECK(metrics.latency_median_ms == 5);
  CHECK(metrics.latency_std_ms == 0);
  CHECK(metrics.latency_p95_ms == 5);
  CHECK(metrics.first_call_ms == 10);
  CHECK(metrics.batch1_latency_ms == 5);
  CHECK(metrics.throughput_sps == 800);
  CHECK(metrics.memory_mb == 0.5);
  CHECK(metrics.peak_activation_mb == 0.25);
  CHECK(metrics.estimated_runtime_memory_mb == 0.75);
  CHECK(metrics.energy_proxy_j == 0.015);

  const PerfMetrics without_graph = collect_metrics(BrightnessEngine(), dark_and_bright(), settings,
                                                    std::nullopt, pool, stepping_clock(5ms));
  CHECK(std::isnan(without_graph.peak_activation_mb));
  CHECK(std::isnan(without_graph.estimated_runtime_memory_mb));
  CHECK(without_graph.memory_mb == 0.5);
}

TEST_CASE("Metrics refuse a power that is not one") {
  ThreadPool pool;
  for (const double watts : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS(collect_metrics(BrightnessEngine(), dark_and_bright(), {.power_watts = watts},
                                    std::nullopt, pool),
                    DomainError);
}

TEST_CASE("A budget is violated by more than it, not by as much") {
  const std::vector<double> budgets{0.5, 1, 2.5};
  const std::vector<MemoryViolation> violations = memory_violations(1, budgets);
  CHECK(violations == std::vector<MemoryViolation>{{0.5, true}, {1, false}, {2.5, false}});
  CHECK(violations[0].column_name() == "violates_0.5mb");
  CHECK(violations[1].column_name() == "violates_1.0mb");
  CHECK_THROWS_AS(memory_violations(std::nan(""), budgets), DomainError);
  CHECK_THROWS_AS(memory_violations(1, std::vector<double>{-1}), DomainError);
}

TEST_CASE("A deployment sees one batch and a stream of single images") {
  const BrightnessEngine engine;
  const Deployment deployment =
      deployment_simulation(engine, one_batch, 0.5, 1, scripted_clock({1ms, 30ms, 2ms, 3ms, 10ms}));
  CHECK(engine.calls() == 1 + 1 + 1 + 1 + 3);
  CHECK(deployment.cpu_frequency_scale == 0.5);
  CHECK(deployment.latency_multiplier == 2);
  CHECK(deployment.batch_latency_ms == 60);
  CHECK(deployment.batch_throughput_sps == 50);
  CHECK(deployment.stream_avg_latency_ms == 10);
  CHECK(deployment.stream_throughput_sps == 100);
  CHECK(deployment.stream_p50_ms == 6);
  CHECK(deployment.stream_p99_ms == Approx(6 + 0.98 * 14).epsilon(1e-12));

  const std::vector<float> long_batch(200 * 4);
  const BrightnessEngine streamed;
  (void)deployment_simulation(streamed, long_batch, 1, 0);
  CHECK(streamed.calls() == 2 + stream_items);
  for (const double scale : {0.0, -1.0, std::nan("")})
    CHECK_THROWS_AS(deployment_simulation(engine, one_batch, scale), DomainError);
}
