// SPDX-License-Identifier: MIT
/// @file
/// How long networks take, from how long others took: a slowdown over the bound for each class of
/// operators, fitted on published latencies of a family of devices, with its error beside it.
#pragma once

#include <algorithm>  // std::max, std::min
#include <array>
#include <cmath>  // std::abs, std::isinf
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/device.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/published_latencies.hpp"
#include "edgeopt/published_networks.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/statistics.hpp"

namespace edgeopt::inline v0 {

/// Milliseconds for each of `all_operator_classes`.
using ClassTimes = std::array<double, all_operator_classes.size()>;

/// One run: the bounds of its operators, summed by class, and the time it took.
struct CalibrationRun {
  std::string network;
  std::string family;  ///< runs of one family share their slowdowns
  ClassTimes bound_ms{};
  double measured_ms = 0;
};

/// How many times its bound each class of operators takes; at least 1.
using Slowdowns = ClassTimes;

/// The time that slowdowns predict for a run.
[[nodiscard]] constexpr double predicted_ms(const ClassTimes& bound_ms,
                                            const Slowdowns& slowdowns) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < bound_ms.size(); ++i) sum += bound_ms[i] * slowdowns[i];
  return sum;
}

/// The slowdowns x >= 1 of a family that minimise
///
///     sum over runs (predicted / measured - 1)^2 + weight * sum over classes (x / common - 1)^2
///
/// where `common` is the one slowdown that fits all runs best when all classes share it. The second
/// term, of weight 0.01 a run, decides for classes that the runs have little or nothing of; errors
/// hardly change from a third of that weight to ten times as much.
/// @throws DomainError without runs, for a time that is not finite and above 0, and for a run
///   without a finite bound
[[nodiscard]] inline Slowdowns fit_slowdowns(std::span<const CalibrationRun> runs) {
  if (runs.empty()) throw DomainError("runs to fit", "none", "at least one");
  std::vector<ClassTimes> shares;  // of the measured time, were every operator at its bound
  double dot = 0;
  double norm = 0;
  for (const CalibrationRun& run : runs) {
    double whole = 0;
    ClassTimes& share = shares.emplace_back(run.bound_ms);
    if (!(run.measured_ms > 0) || std::isinf(run.measured_ms))
      throw DomainError("time of network '" + run.network + "'", format_real(run.measured_ms),
                        "a finite time above 0");
    for (double& each : share) whole += each /= run.measured_ms;
    if (!(whole > 0) || std::isinf(whole))
      throw DomainError("bound of network '" + run.network + "' by its time", format_real(whole),
                        "a finite number above 0");
    dot += whole;
    norm += whole * whole;
  }
  const double common = std::max(1.0, dot / norm);
  const double weight = 0.01 * static_cast<double>(runs.size()) / (common * common);

  // Coordinate descent: the target is convex, each step is exact, and x >= 1 holds throughout.
  Slowdowns slowdowns;
  slowdowns.fill(common);
  for (int sweep = 0; sweep < 2000; ++sweep) {
    for (std::size_t i = 0; i < slowdowns.size(); ++i) {
      double gradient = weight * common;
      double curvature = weight;
      for (const ClassTimes& share : shares) {
        const double others = predicted_ms(share, slowdowns) - share[i] * slowdowns[i];
        gradient += share[i] * (1 - others);
        curvature += share[i] * share[i];
      }
      slowdowns[i] = std::max(1.0, gradient / curvature);
    }
  }
  return slowdowns;
}

/// A prediction for a run whose network was left out when its family was fitted.
struct LeftOutPrediction {
  std::string family;
  std::string network;
  double measured_ms = 0;
  double predicted_ms = 0;    ///< an estimate, not a bound
  double relative_error = 0;  ///< predicted / measured - 1

  friend bool operator==(const LeftOutPrediction&, const LeftOutPrediction&) = default;
};

template <class Visit>
constexpr void visit_columns(const LeftOutPrediction*, Visit&& visit) {
  visit("family", &LeftOutPrediction::family);
  visit("network", &LeftOutPrediction::network);
  visit("measured_ms", &LeftOutPrediction::measured_ms);
  visit("predicted_ms", &LeftOutPrediction::predicted_ms);
  visit("relative_error", &LeftOutPrediction::relative_error);
}

/// Each run predicted from the runs of its family on other networks; in the order given. A run
/// whose family has no other network is left out.
/// @throws DomainError as `fit_slowdowns`
[[nodiscard]] inline std::vector<LeftOutPrediction> leave_one_network_out(
    std::span<const CalibrationRun> runs) {
  std::map<std::pair<std::string, std::string>, Slowdowns> fitted;  // family, network
  std::vector<LeftOutPrediction> predictions;
  for (const CalibrationRun& run : runs) {
    auto found = fitted.find({run.family, run.network});
    if (found == fitted.end()) {
      std::vector<CalibrationRun> others;
      for (const CalibrationRun& other : runs)
        if (other.family == run.family && other.network != run.network) others.push_back(other);
      if (others.empty()) continue;
      found = fitted.emplace(std::pair(run.family, run.network), fit_slowdowns(others)).first;
    }
    const double predicted = predicted_ms(run.bound_ms, found->second);
    predictions.push_back(
        {run.family, run.network, run.measured_ms, predicted, predicted / run.measured_ms - 1});
  }
  return predictions;
}

/// Absolute relative errors of predictions.
struct PredictionErrors {
  std::string family;
  std::int64_t runs = 0;
  double median = 0;
  double percentile_90 = 0;
  double worst = 0;

  friend bool operator==(const PredictionErrors&, const PredictionErrors&) = default;
};

template <class Visit>
constexpr void visit_columns(const PredictionErrors*, Visit&& visit) {
  visit("family", &PredictionErrors::family);
  visit("runs", &PredictionErrors::runs);
  visit("median", &PredictionErrors::median);
  visit("percentile_90", &PredictionErrors::percentile_90);
  visit("worst", &PredictionErrors::worst);
}

/// Errors of each family, in the order in which they come, and of all together last.
[[nodiscard]] inline std::vector<PredictionErrors> prediction_errors(
    std::span<const LeftOutPrediction> predictions) {
  std::vector<std::string> families;
  for (const LeftOutPrediction& each : predictions) {
    bool known = false;
    for (const std::string& family : families) known = known || family == each.family;
    if (!known) families.push_back(each.family);
  }
  std::vector<PredictionErrors> rows;
  const auto add = [&](const std::string& name, const auto& belongs) {
    std::vector<double> errors;
    for (const LeftOutPrediction& each : predictions)
      if (belongs(each)) errors.push_back(std::abs(each.relative_error));
    if (errors.empty()) return;
    rows.push_back({name, static_cast<std::int64_t>(errors.size()), median(errors),
                    percentile(errors, 90), percentile(errors, 100)});
  };
  for (const std::string& family : families)
    add(family, [&](const LeftOutPrediction& each) { return each.family == family; });
  add("all", [](const LeftOutPrediction&) { return true; });
  return rows;
}

/// "Cortex-M4": the core that a device's rates are of; empty where `processor` names none.
[[nodiscard]] inline std::string core_of(const Device& device) {
  const std::size_t begin = device.processor.find("Cortex-");
  if (begin == std::string::npos) return {};
  std::size_t end = begin + 8;  // the profile's letter
  while (end < device.processor.size() && device.processor[end] >= '0' &&
         device.processor[end] <= '9')
    ++end;
  if (end < device.processor.size() && device.processor[end] == '+') ++end;
  return device.processor.substr(begin, end - begin);
}

/// A published run for calibration: its family is the core and the precision. Memory counts where
/// it takes longer than a class's arithmetic, which is so for large linear layers.
[[nodiscard]] inline CalibrationRun calibration_run(const PublishedLatency& latency,
                                                    const PublishedNetwork& network,
                                                    const Device& device) {
  CalibrationRun run;
  run.network = network.name;
  run.family = core_of(device) + ", " + std::string(to_string(latency.precision));
  if (device.cores.value.value_or(1) > 1)
    run.family +=
        ", " + std::to_string(latency.threads) + (latency.threads == 1 ? " thread" : " threads");
  run.measured_ms = latency.latency_ms;
  const Roofline roofline = detail::roofline_of_cores(device, latency.threads);
  for (std::size_t i = 0; i < all_operator_classes.size(); ++i) {
    const OperatorClass kind = all_operator_classes[i];
    const std::int64_t macs = network.macs(kind);
    const std::int64_t eligible = kind == OperatorClass::convolution_3x3 ? macs : 0;
    std::int64_t parameters = 0;
    for (const WeightedOperator& each : network.operators)
      if (each.kind == kind) parameters += each.parameters;
    const detail::LongestTime longest =
        detail::bounding_time(roofline, element_type(latency.precision),
                              executed_macs(macs, eligible, detail::winograd_tile_of(latency)),
                              parameters * detail::weight_bytes_of(latency));
    run.bound_ms[i] = longest.ms().value_or(0);
  }
  return run;
}

/// A time that slowdowns predict, and how wrong such predictions were for networks left out of the
/// fit.
struct CalibratedEstimate {
  double ms = 0;
  std::string family;
  double median_error = 0;         ///< absolute, relative
  double percentile_90_error = 0;  ///< absolute, relative

  friend bool operator==(const CalibratedEstimate&, const CalibratedEstimate&) = default;
};

/// Slowdowns of every family of published runs, with their errors.
class PublishedCalibration {
 public:
  /// Fits all families. @throws DomainError when a published run's device is none of `devices`
  explicit PublishedCalibration(std::span<const Device> devices) {
    std::map<std::string, PublishedNetwork> networks;
    for (const PublishedNetwork& network : published_networks()) networks[network.name] = network;
    std::vector<CalibrationRun> runs;
    for (const PublishedLatency& latency : published_latencies()) {
      const PublishedNetwork& network = networks.at(std::string(latency.network));
      runs.push_back(calibration_run(latency, network, find_device(devices, latency.device)));
      Family& family = families_[runs.back().family];
      family.runs.push_back(runs.back());
      family.least_macs = std::min(family.least_macs, network.macs());
      family.most_macs = std::max(family.most_macs, network.macs());
    }
    for (auto& [name, family] : families_) family.slowdowns = fit_slowdowns(family.runs);
    for (const PredictionErrors& errors : prediction_errors(leave_one_network_out(runs)))
      if (const auto found = families_.find(errors.family); found != families_.end())
        found->second.errors = errors;
  }

  /// What a network is expected to take on a device with all its cores; nothing where nobody
  /// published runs of that core, precision and number of threads, or where the network has less
  /// than a quarter of the multiply-accumulates of the smallest network there, or more than four
  /// times those of the largest.
  [[nodiscard]] std::optional<CalibratedEstimate> estimate(const PublishedNetwork& network,
                                                           Precision precision,
                                                           const Device& device) const {
    PublishedLatency latency;
    latency.precision = precision;
    latency.threads = device.cores.value.value_or(1);
    latency.engine = device.kind == DeviceKind::single_board_computer ? "ncnn" : "X-CUBE-AI";
    latency.latency_ms = 1;
    const CalibrationRun run = calibration_run(latency, network, device);
    const auto found = families_.find(run.family);
    if (found == families_.end()) return std::nullopt;
    const Family& family = found->second;
    if (4 * network.macs() < family.least_macs || network.macs() / 4 > family.most_macs)
      return std::nullopt;
    return CalibratedEstimate{predicted_ms(run.bound_ms, family.slowdowns), run.family,
                              family.errors.median, family.errors.percentile_90};
  }

 private:
  struct Family {
    std::vector<CalibrationRun> runs{};
    Slowdowns slowdowns{};
    PredictionErrors errors{};
    std::int64_t least_macs = std::numeric_limits<std::int64_t>::max();
    std::int64_t most_macs = 0;
  };
  std::map<std::string, Family> families_;
};

}  // namespace edgeopt::inline v0
