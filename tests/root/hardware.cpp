#include "edgeopt/hardware.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/bandwidth_comparison.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/table.hpp"

using namespace edgeopt;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

SmallCNNSpec any_spec(Random& random) {
  return {{between(random, 1, 4), between(random, 4, 40), between(random, 4, 40)},
          between(random, 1, 40),
          between(random, 1, 40),
          between(random, 1, 20)};
}

/// Estimates with the given totals.
std::vector<LayerEstimate> costing(std::int64_t bytes, std::int64_t macs) {
  return {{"layer", 1, bytes, 0, macs}};
}

}  // namespace

TEST_CASE("the example network costs what the specification says") {
  const std::vector<LayerEstimate> expected = {
      {"conv1", 401408, 640, 1605632, 3612672},
      {"conv2", 200704, 18560, 802816, 28901376},
      {"classifier", 320, 62760, 1280, 501760},
  };
  CHECK(estimate_layerwise_stats(SmallCNNSpec{}, 32) == expected);
  CHECK(estimate_layerwise_stats(SmallCNNSpec{}, 32, Precision::fp32, ImageShape{}) == expected);
  CHECK(model_memory_bytes({}, Precision::fp32) == 81960);
  CHECK(model_memory_bytes({}, Precision::fp16) == 40980);
  CHECK(model_memory_bytes({}, Precision::int8) == 20936);
  CHECK(model_memory_bytes({}, Precision::int8, QuantizationBackend::qnnpack) == 20716);
}

TEST_CASE("estimates scale as their formulas do") {
  Random random(11);
  for (int i = 0; i < 200; ++i) {
    const SmallCNNSpec spec = any_spec(random);
    const std::int64_t batch = between(random, 1, 64);
    const auto one = estimate_layerwise_stats(spec, 1);
    const auto many = estimate_layerwise_stats(spec, batch);
    const auto half = estimate_layerwise_stats(spec, batch, Precision::fp16);
    const auto byte = estimate_layerwise_stats(spec, batch, Precision::int8);
    for (std::size_t layer = 0; layer < 3; ++layer) {
      REQUIRE(many[layer].macs == batch * one[layer].macs);
      REQUIRE(many[layer].activation_bytes == batch * one[layer].activation_bytes);
      REQUIRE(many[layer].parameter_bytes == one[layer].parameter_bytes);
      REQUIRE(half[layer].macs == many[layer].macs);
      REQUIRE(2 * half[layer].parameter_bytes == many[layer].parameter_bytes);
      REQUIRE(4 * byte[layer].activation_bytes == many[layer].activation_bytes);
    }
    std::int64_t parameters = 0;
    for (const LayerEstimate& layer : one) parameters += layer.parameter_bytes;
    REQUIRE(parameters == model_memory_bytes(spec, Precision::fp32));
  }
}

TEST_CASE("networks, batches and shapes that make no sense are refused") {
  const auto refused = [](const SmallCNNSpec& spec, std::int64_t batch) {
    CHECK_THROWS_AS(estimate_layerwise_stats(spec, batch), DomainError);
  };
  refused({}, 0);
  refused({}, -1);
  refused({{1, 3, 28}}, 1);
  refused({{0, 28, 28}}, 1);
  refused({.conv1_channels = 0}, 1);
  refused({.conv2_channels = -2}, 1);
  refused({.classes = 0}, 1);
  CHECK_THROWS_WITH(estimate_layerwise_stats({}, 1, Precision::fp32, ImageShape{3, 32, 32}),
                    Catch::Contains("[3, 32, 32]") && Catch::Contains("[1, 28, 28]"));
}

TEST_CASE("counts that do not fit 64 bits are refused, never wrapped") {
  constexpr std::int64_t huge = std::int64_t{1} << 40;
  CHECK_THROWS_AS(estimate_layerwise_stats({}, std::numeric_limits<std::int64_t>::max()),
                  DomainError);
  CHECK_THROWS_AS(estimate_layerwise_stats({.conv1_channels = huge, .conv2_channels = huge}, 1),
                  DomainError);
  CHECK_THROWS_AS(model_memory_bytes({{}, huge, huge}, Precision::int8), DomainError);
  const std::vector<LayerEstimate> full(2,
                                        {"x", 1, std::numeric_limits<std::int64_t>::max(), 0, 1});
  CHECK_THROWS_AS(summarize_hardware(full, 1, 1), DomainError);
  const std::vector<LayerEstimate> negative = {{"x", 1, -5, 0, 3}};
  CHECK_THROWS_WITH(summarize_hardware(negative, 1, 1),
                    Catch::Contains("a sum with -5, allowed is a sum of counts >= 0"));
}

TEST_CASE("shares sum to one") {
  Random random(12);
  for (int i = 0; i < 50; ++i) {
    double macs = 0;
    double bytes = 0;
    for (const LayerShare& share : layer_shares(estimate_layerwise_stats(any_spec(random), 3))) {
      macs += share.macs_share;
      bytes += share.bytes_share;
    }
    REQUIRE(macs == Approx(1).epsilon(1e-14));
    REQUIRE(bytes == Approx(1).epsilon(1e-14));
  }
  CHECK(layer_shares(costing(0, 0)).front().macs_share == 0);
}

TEST_CASE("a summary is bytes and multiply-accumulates over time") {
  const HardwareSummary summary = summarize_hardware(costing(2'000'000, 8'000'000), 4, 2, 10.0);
  CHECK(summary.estimated_total_bytes == 2'000'000);
  CHECK(summary.estimated_total_macs == 8'000'000);
  CHECK(summary.achieved_bandwidth_gbps == Approx(0.5).epsilon(1e-15));
  CHECK(summary.bandwidth_utilization == Approx(0.25).epsilon(1e-15));
  CHECK(summary.achieved_gmacs == Approx(2).epsilon(1e-15));
  CHECK(summary.arithmetic_intensity_macs_per_byte == 4);
  CHECK(summary.compute_utilization.value() == Approx(0.2).epsilon(1e-15));
  CHECK(summary.roofline_knee_macs_per_byte.value() == 5);
  CHECK(summary.bound_regime == BoundRegime::memory_bound);
  CHECK_FALSE(summary.latency_clamped);
  CHECK_FALSE(summary.bandwidth_clamped);
  // At the knee itself both ceilings are equal, and compute is named.
  CHECK(summarize_hardware(costing(2, 10), 4, 2, 10.0).bound_regime == BoundRegime::compute_bound);
}

TEST_CASE("without a peak the columns that need one are empty") {
  const HardwareSummary summary = summarize_hardware(costing(1, 1), 1, 1);
  CHECK_FALSE(summary.configured_peak_compute_gmacs.has_value());
  CHECK_FALSE(summary.compute_utilization.has_value());
  CHECK_FALSE(summary.roofline_knee_macs_per_byte.has_value());
  CHECK_FALSE(summary.bound_regime.has_value());
}

TEST_CASE("zero is clamped and the result says so") {
  const HardwareSummary summary = summarize_hardware(costing(100, 100), 0, 0);
  CHECK(summary.latency_clamped);
  CHECK(summary.bandwidth_clamped);
  CHECK(summary.achieved_bandwidth_gbps == Approx(100).epsilon(1e-12));
  CHECK(summary.configured_memory_bandwidth_gbps == 0);
  CHECK(summarize_hardware({}, 1, 1).arithmetic_intensity_macs_per_byte == 0);
  const std::string text = read_summary(summary).text();
  CHECK(text.find("latency was too small") != std::string::npos);
  CHECK(text.find("bandwidth was too small") != std::string::npos);
}

TEST_CASE("negative, infinite and NaN quantities are refused") {
  const auto layers = costing(1, 1);
  for (const double bad : {-1.0, -1e-300, infinity, -infinity, not_a_number}) {
    CHECK_THROWS_AS(summarize_hardware(layers, bad, 1), DomainError);
    CHECK_THROWS_AS(summarize_hardware(layers, 1, bad), DomainError);
    CHECK_THROWS_AS(summarize_hardware(layers, 1, 1, bad), DomainError);
  }
}

TEST_CASE("the reading changes at 0.2 and 0.8") {
  const auto reading = [](double utilization) {
    HardwareSummary summary;
    summary.bandwidth_utilization = utilization;
    return read_summary(summary).utilization;
  };
  CHECK(reading(0.1999) == UtilizationReading::compute_bound_or_inefficient);
  CHECK(reading(0.2) == UtilizationReading::balanced);
  CHECK(reading(0.8) == UtilizationReading::balanced);
  CHECK(reading(0.8001) == UtilizationReading::memory_bound);
}

TEST_CASE("reading and roofline disagree in two cases, and the text says so") {
  const auto disagrees = [](double utilization, std::optional<BoundRegime> regime) {
    HardwareSummary summary;
    summary.bandwidth_utilization = utilization;
    summary.bound_regime = regime;
    return !read_summary(summary).disagreement.empty();
  };
  CHECK(disagrees(0.9, BoundRegime::compute_bound));
  CHECK(disagrees(0.1, BoundRegime::memory_bound));
  CHECK_FALSE(disagrees(0.9, BoundRegime::memory_bound));
  CHECK_FALSE(disagrees(0.1, BoundRegime::compute_bound));
  CHECK_FALSE(disagrees(0.5, BoundRegime::memory_bound));
  CHECK_FALSE(disagrees(0.9, std::nullopt));
}

TEST_CASE("utilisation above one is shown as it is, with a caveat") {
  const HardwareSummary summary = summarize_hardware(costing(4'000'000'000, 1), 1000, 2);
  CHECK(summary.bandwidth_utilization == 2);
  CHECK(read_summary(summary).caveat.find("caches") != std::string::npos);
}

TEST_CASE("names of the regimes read back") {
  BoundRegime regime = BoundRegime::memory_bound;
  CHECK(from_string("compute-bound", regime));
  CHECK(regime == BoundRegime::compute_bound);
  CHECK_FALSE(from_string("bound", regime));
}

TEST_CASE("devices are compared at one latency") {
  const auto layers = estimate_layerwise_stats({}, 32);
  const auto devices = compare_bandwidths(layers, 2);
  REQUIRE(devices.size() == 3);
  CHECK(devices[0].summary == summarize_hardware(layers, 2, 4.3));
  CHECK(devices[1].summary == summarize_hardware(layers, 2, 25.6));
  CHECK(devices[2].summary == summarize_hardware(layers, 2, 50));
  CHECK(devices[0].device == "Raspberry Pi 4");
  CHECK(to_table(devices).header.front() == "device");
}

TEST_CASE("the reduction of bytes is a share of the baseline") {
  CHECK(bytes_reduction_percent(costing(200, 1), costing(50, 1)) == 75);
  CHECK(bytes_reduction_percent(costing(200, 1), costing(300, 1)) == -50);
  CHECK_THROWS_AS(bytes_reduction_percent(costing(0, 1), costing(1, 1)), DomainError);
}

TEST_CASE("precisions are averaged and ordered by latency, then name") {
  const auto row = [](Precision precision, double latency, double accuracy, bool accepted) {
    SweepRow result;
    result.precision = precision;
    result.metrics.latency_ms = latency;
    result.metrics.accuracy = accuracy;
    result.accepted = accepted;
    return result;
  };
  std::vector<SweepRow> rows = {
      row(Precision::fp32, 2, 0.5, true), row(Precision::int8, 1, 0.25, false),
      row(Precision::fp32, 4, 1, false), row(Precision::fp16, 3, 0.75, true)};
  const auto table = precision_tradeoff_table(rows);
  REQUIRE(table.size() == 3);
  CHECK(table[0] == PrecisionTradeoff{Precision::int8, 0.25, 1, 0, 0, 0});
  CHECK(table[1] == PrecisionTradeoff{Precision::fp16, 0.75, 3, 0, 0, 1});
  CHECK(table[2] == PrecisionTradeoff{Precision::fp32, 0.75, 3, 0, 0, 0.5});
  CHECK(precision_tradeoff_table({}).empty());
  rows[0].metrics.latency_ms = not_a_number;
  CHECK_THROWS_AS(precision_tradeoff_table(rows), DomainError);
}
