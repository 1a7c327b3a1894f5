#include "edgeopt/published_latencies.hpp"

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/device_comparison.hpp"
#include "edgeopt/devices.hpp"
#include "edgeopt/latency_calibration.hpp"
#include "edgeopt/random.hpp"
#include "edgeopt/weighted_operators.hpp"

using namespace edgeopt;

namespace {

/// Every published run with its network and device.
template <class Use>
void for_each_run(const Use& use) {
  const std::vector<Device> devices = all_devices();
  std::map<std::string, PublishedNetwork> networks;
  for (const PublishedNetwork& network : published_networks()) networks[network.name] = network;
  for (const PublishedLatency& latency : published_latencies())
    use(latency, networks.at(std::string(latency.network)), find_device(devices, latency.device));
}

}  // namespace

TEST_CASE("no bound is above a published measurement") {
  std::map<std::string, int> runs;
  for_each_run([&](const auto& latency, const auto& network, const auto& device) {
    const BoundedLatency row = bound_published(latency, network, device);
    INFO(row.network << " on " << row.device << " with " << row.engine << ", " << row.threads);
    REQUIRE(row.bound_share);
    CHECK(*row.bound_share > 0);
    CHECK(*row.bound_share < 1);
    ++runs[row.device];
  });
  CHECK(runs["Raspberry Pi 4 (4 GB)"] == 28);
  CHECK(runs["Raspberry Pi 5 (8 GB)"] == 28);
  CHECK(runs["NUCLEO-L4R5ZI"] > 40);
  CHECK(runs.size() == 13);
}

TEST_CASE("a bound that knows the device alone is not above a published measurement either") {
  int direct_above = 0;
  for_each_run([&](const auto& latency, const auto& network, const auto& device) {
    INFO(latency.network << " on " << latency.device << " with " << latency.engine);
    NetworkDemand demand = demand_of(latency, network);
    demand.parameter_bytes_read = network.parameters() * bytes_per_value(latency.precision);
    CHECK(*compare_device(demand, device).time_lower_bound_ms < latency.latency_ms);
    const Roofline cores = detail::roofline_of_cores(device, latency.threads);
    direct_above += *latency_bound(demand, cores, 1).ms > latency.latency_ms ? 1 : 0;
  });
  CHECK(direct_above == 7);  // which is why such bounds are of direct convolution only
}

TEST_CASE("a bound counts what the engine cannot avoid") {
  const std::vector<Device> devices = all_devices();
  const PublishedNetwork network = published_network("resnet18");
  PublishedLatency latency{"resnet18", "Raspberry Pi 4 (4 GB)", "ncnn", Precision::fp32, 4,
                           122.27,     ResultRepository::ncnn,  ""};
  const Device pi = find_device(devices, latency.device);
  const std::int64_t rest = 1826918400 - 1502871552;
  const auto executed = [&] {  // by the engine
    const NetworkDemand demand = demand_of(latency, network);
    return executed_macs(demand.executed_macs, demand.winograd_macs,
                         bound_published(latency, network, pi).winograd_tile);
  };
  CHECK(executed() == rest + 296863516);  // / 5.0625
  CHECK(demand_of(latency, network).parameter_bytes == 2 * 11683008);
  const BoundedLatency four = bound_published(latency, network, pi);
  CHECK(four.winograd_tile == 6);
  latency.threads = 1;
  CHECK(*bound_published(latency, network, pi).time_lower_bound_ms ==
        Approx(4 * *four.time_lower_bound_ms));
  latency.precision = Precision::int8;
  CHECK(executed() == rest + 1502871552 / 4);
  CHECK(demand_of(latency, network).parameter_bytes == 11683008);
  latency.engine = "TFLM";
  CHECK(executed() == network.macs());
  CHECK(source_of(latency).find("Tencent/ncnn a4d2ea1, benchmark/README.md") == 0);
}

TEST_CASE("slowdowns that made the times are found again") {
  const Slowdowns truth = {2, 3, 5, 4, 6};
  Random random(8);
  std::vector<CalibrationRun> runs;
  for (std::size_t i = 0; i < 40; ++i) {  // mostly of one class each
    CalibrationRun run{"n" + std::to_string(i), "f", {}, 0};
    for (double& each : run.bound_ms) each = 0.1 * random.uniform();
    run.bound_ms[i % truth.size()] += 1;
    run.measured_ms = predicted_ms(run.bound_ms, truth);
    runs.push_back(run);
  }
  const Slowdowns found = fit_slowdowns(runs);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    INFO(i);
    CHECK(found[i] == Approx(truth[i]).epsilon(0.1));  // drawn a little towards their mean
  }
  const auto predictions = leave_one_network_out(runs);
  REQUIRE(predictions.size() == runs.size());
  CHECK(prediction_errors(predictions).back().worst < 0.1);
}

TEST_CASE("runs that cannot be fitted are refused with what is wrong") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto fit = [](double bound_ms, double measured_ms) {
    (void)fit_slowdowns(
        std::vector<CalibrationRun>{{"a", "f", {bound_ms, 0, 0, 0, 0}, measured_ms}});
  };
  for (const double bad : {0.0, -1.0, infinity, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_WITH(fit(1, bad), Catch::Contains("time of network 'a' is "));
  for (const double bad : {0.0, infinity})
    CHECK_THROWS_WITH(fit(bad, 1), Catch::Contains("bound of network 'a'"));
}

TEST_CASE("slowdowns are never below the bound, and unseen classes take the common one") {
  const std::vector<CalibrationRun> faster = {{"a", "f", {2, 0, 0, 0, 0}, 1}};
  CHECK(fit_slowdowns(faster)[0] == 1);
  const std::vector<CalibrationRun> one_class = {{"a", "f", {1, 0, 0, 0, 0}, 3},
                                                 {"b", "f", {2, 0, 0, 0, 0}, 6}};
  const Slowdowns found = fit_slowdowns(one_class);
  CHECK(found[0] == Approx(3));
  CHECK(found[4] == Approx(3));
  CHECK_THROWS_AS(fit_slowdowns({}), DomainError);
  const std::vector<CalibrationRun> unbounded = {{"a", "f", {}, 1}};
  CHECK_THROWS_AS(fit_slowdowns(unbounded), DomainError);
  const std::vector<CalibrationRun> timeless = {{"a", "f", {1, 0, 0, 0, 0}, 0}};
  CHECK_THROWS_AS(fit_slowdowns(timeless), DomainError);
}

TEST_CASE("a network alone in its family is not predicted") {
  const std::vector<CalibrationRun> runs = {{"a", "f", {1, 0, 0, 0, 0}, 3},
                                            {"b", "f", {2, 0, 0, 0, 0}, 6},
                                            {"a", "g", {1, 0, 0, 0, 0}, 9}};
  const auto predictions = leave_one_network_out(runs);
  REQUIRE(predictions.size() == 2);
  CHECK(predictions[0].predicted_ms == Approx(3));
  CHECK(prediction_errors(predictions).size() == 2);  // family f and all
}

TEST_CASE("the core of a device") {
  const auto core = [](const char* processor) {
    Device device;
    device.processor = processor;
    return core_of(device);
  };
  CHECK(core("STM32L4R5ZI, Cortex-M4F") == "Cortex-M4");
  CHECK(core("STM32G0B1RE, Cortex-M0+") == "Cortex-M0+");
  CHECK(core("BCM2711, four Cortex-A72") == "Cortex-A72");
  CHECK(core("Edge TPU").empty());
}

TEST_CASE("a calibrated estimate has its family's error, and is not given beyond its networks") {
  const std::vector<Device> devices = all_devices();
  const PublishedCalibration calibration(devices);
  const PublishedNetwork network = weighted_operators({}, 1);
  CHECK(network.macs() == 1031744);
  const Device board = find_device(devices, "NUCLEO-L4R5ZI");
  const auto estimate = calibration.estimate(network, Precision::int8, board);
  REQUIRE(estimate);
  CHECK(estimate->family == "Cortex-M4, int8");
  CHECK(estimate->ms > 2 * 4.3 / 2.25);  // above twice the bound, as all published runs are
  CHECK(estimate->median_error > 0.1);
  CHECK(estimate->percentile_90_error > estimate->median_error);
  // A board that nobody published runs of, with a core that somebody did.
  CHECK(calibration.estimate(network, Precision::int8, find_device(devices, "nRF52840 DK")));
  CHECK_FALSE(calibration.estimate(network, Precision::fp16, board));
  const Device pi = find_device(devices, "Raspberry Pi 4 (4 GB)");
  CHECK_FALSE(calibration.estimate(network, Precision::fp32, pi));  // too small for ncnn's networks
  CHECK(calibration.estimate(weighted_operators({}, 100), Precision::fp32, pi));
}
