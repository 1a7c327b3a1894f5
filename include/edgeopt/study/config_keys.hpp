// SPDX-License-Identifier: MIT
/// @file
/// One table of the settings of a study: name, where it is kept, what it may be and what it is for.
/// Reading, checking, echoing and documenting all walk this table.
#pragma once

#include <array>
#include <cmath>  // std::isfinite
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/precision.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// The finite numbers that a setting may take; for settings that are not numbers it is ignored.
class Range {
 public:
  constexpr Range() = default;
  [[nodiscard]] static constexpr Range at_least(double low) noexcept { return {low, unbounded}; }
  /// low <= x < high
  [[nodiscard]] static constexpr Range half_open(double low, double high) noexcept {
    return {low, high};
  }

  [[nodiscard]] bool contains(double value) const noexcept {
    return std::isfinite(value) && value >= low_ && value < high_;
  }

  /// ">= 1" or "in [0, 1)"
  [[nodiscard]] std::string text() const {
    if (high_ != unbounded) return "in [" + bound(low_) + ", " + bound(high_) + ")";
    return ">= " + bound(low_);
  }

 private:
  static constexpr double unbounded = std::numeric_limits<double>::infinity();

  constexpr Range(double low, double high) noexcept : low_(low), high_(high) {}

  static std::string bound(double value) {
    std::string text = format_real(value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
  }

  double low_ = -unbounded;
  double high_ = unbounded;
};

/// Calls `visit(name, &ExperimentConfig::field, range, documentation)` for every setting.
template <class Visit>
void visit_config_keys(Visit&& visit) {
  using C = ExperimentConfig;
  const Range any;
  const Range count = Range::at_least(1);
  const Range from_zero = Range::at_least(0);
  // Far beyond any device, and narrow enough that no ratio or product of such numbers overflows.
  const Range positive = Range::half_open(1e-30, 1e30);
  const Range power = Range::half_open(0, 1e30);
  const Range share = Range::half_open(0, 1);

  visit("seed", &C::seed, from_zero, "initial weights, synthetic images");
  visit("dataloader_seed", &C::dataloader_seed, from_zero,
        "order of the training images; none means seed");
  visit("num_workers", &C::num_workers, from_zero,
        "threads that prepare batches ahead; never changes a result");
  visit("dataset", &C::dataset, any, "where images come from");
  visit("data_dir", &C::data_dir, any,
        "folder of the IDX files, or of a folder named like the data set");
  visit("train_subset", &C::train_subset, count, "first so many training images; none means all");
  visit("val_subset", &C::val_subset, count, "first so many validation images; none means all");
  visit("conv1_channels", &C::conv1_channels, count, "output channels of the first convolution");
  visit("conv2_channels", &C::conv2_channels, count, "output channels of the second convolution");
  visit("batch_size", &C::batch_size, count, "images in a batch, also in the one that is timed");
  visit("epochs", &C::epochs, count, "passes over the training images");
  visit("learning_rate", &C::learning_rate, positive, "step size of Adam");
  visit("pruning_levels", &C::pruning_levels, share,
        "shares of the output channels that each convolution loses");
  visit("fine_tune_epochs", &C::fine_tune_epochs, from_zero,
        "passes of training after pruning, before conversion to a precision");
  visit("precisions", &C::precisions, any, "what each pruned network is converted to");
  visit("calibration_batches", &C::calibration_batches, count,
        "training batches that int8 ranges are found from");
  visit("quantization_backend", &C::quantization_backend, any, "whose int8 arithmetic to follow");
  visit("memory_budgets_mb", &C::memory_budgets_mb, positive,
        "budgets that each candidate is compared with, in units of 2^20 bytes");
  visit("active_memory_budget_mb", &C::active_memory_budget_mb, positive,
        "the budget that decides whether a candidate is accepted");
  visit("memory_headroom_ratio", &C::memory_headroom_ratio, share,
        "share of the active budget kept free for buffers and runtime");
  visit("cpu_frequency_scale", &C::cpu_frequency_scale, positive,
        "clock of the target over the clock here; latencies are divided by it");
  visit("memory_bandwidth_gbps", &C::memory_bandwidth_gbps, positive,
        "memory bandwidth of the target, 10^9 bytes/s");
  visit("peak_compute_gmacs", &C::peak_compute_gmacs, positive,
        "peak of the target, 10^9 multiply-accumulates/s; none leaves the roofline out");
  visit("power_watts", &C::power_watts, power, "assumed power of the energy proxy");
  visit("benchmark_repeats", &C::benchmark_repeats, count, "timed groups that statistics run over");
  visit("benchmark_warmup", &C::benchmark_warmup, from_zero, "calls before each group, not timed");
  visit("benchmark_runs", &C::benchmark_runs, count, "calls in a timed group");
  visit("pareto_use_ci", &C::pareto_use_ci, any,
        "frontiers compare the low end of the accuracy's interval");
  visit("threads", &C::threads, count,
        "threads of the computation, and those that share a timed batch; none means one for each "
        "core");
  visit("output_dir", &C::output_dir, any, "folder the results are written to");
}

namespace detail {

/// The values of an enumeration that a setting may name.
template <class Enum>
inline constexpr auto choices = nullptr;
template <>
inline constexpr std::array choices<DatasetKind> = {DatasetKind::synthetic, DatasetKind::mnist,
                                                    DatasetKind::fashion_mnist, DatasetKind::idx};
template <>
inline constexpr std::array choices<Precision> = {Precision::fp32, Precision::fp16,
                                                  Precision::int8};
template <>
inline constexpr std::array choices<QuantizationBackend> = {QuantizationBackend::fbgemm,
                                                            QuantizationBackend::qnnpack};

/// How one type of setting is described (`kinds` is the plural), checked, written and read. `read`
/// takes the text of an unquoted scalar, or of a quoted one when `accepts_quotes`.
template <class Value>
struct ConfigValue;

template <>
struct ConfigValue<std::int64_t> {
  static constexpr bool accepts_quotes = false;
  static constexpr bool may_be_none = false;
  static std::string kind(const Range& range) { return "an integer " + range.text(); }
  static std::string kinds(const Range& range) { return "integers " + range.text(); }
  static bool allows(std::int64_t value, const Range& range) {
    return range.contains(static_cast<double>(value));
  }
  static std::string write(std::int64_t value) { return std::to_string(value); }
  static std::optional<std::int64_t> read(std::string_view text) {
    if (starts_with_needless_zero(text)) return std::nullopt;
    return parse_integer<std::int64_t>(text);
  }

  /// YAML 1.1 reads 017 as octal and YAML 1.2 as decimal, so it is refused.
  static bool starts_with_needless_zero(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  }
};

template <>
struct ConfigValue<double> {
  static constexpr bool accepts_quotes = false;
  static constexpr bool may_be_none = false;
  static std::string kind(const Range& range) { return "a number " + range.text(); }
  static std::string kinds(const Range& range) { return "numbers " + range.text(); }
  static bool allows(double value, const Range& range) { return range.contains(value); }
  static std::string write(double value) { return format_real(value); }
  static std::optional<double> read(std::string_view text) {
    if (ConfigValue<std::int64_t>::starts_with_needless_zero(text)) return std::nullopt;
    return parse_real(text);
  }
};

template <>
struct ConfigValue<bool> {
  static constexpr bool accepts_quotes = false;
  static constexpr bool may_be_none = false;
  static std::string kind(const Range&) { return "true or false"; }
  static bool allows(bool, const Range&) { return true; }
  static std::string write(bool value) { return value ? "true" : "false"; }
  static std::optional<bool> read(std::string_view text) {
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    return std::nullopt;
  }
};

template <>
struct ConfigValue<std::filesystem::path> {
  static constexpr bool accepts_quotes = true;
  static constexpr bool may_be_none = false;
  static std::string kind(const Range&) { return "a path"; }
  static bool allows(const std::filesystem::path& value, const Range&) { return !value.empty(); }
  static std::string write(const std::filesystem::path& value) { return value.string(); }
  static std::optional<std::filesystem::path> read(std::string_view text) {
    return std::filesystem::path(text);
  }
};

template <class Enum>
requires std::is_enum_v<Enum>
struct ConfigValue<Enum> {
  static constexpr bool accepts_quotes = true;
  static constexpr bool may_be_none = false;
  static std::string kind(const Range&) { return one_of(names()); }
  static std::string kinds(const Range& range) { return kind(range); }
  static bool allows(Enum value, const Range&) {
    for (const Enum choice : choices<Enum>)
      if (choice == value) return true;
    return false;
  }
  static std::string write(Enum value) { return std::string(to_string(value)); }
  static std::optional<Enum> read(std::string_view text) {
    for (const Enum choice : choices<Enum>)
      if (to_string(choice) == text) return choice;
    return std::nullopt;
  }

  static std::array<std::string_view, choices<Enum>.size()> names() {
    std::array<std::string_view, choices<Enum>.size()> result;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = to_string(choices<Enum>[i]);
    return result;
  }
};

/// The ways in which a file may say "none".
[[nodiscard]] inline bool means_none(std::string_view text) noexcept {
  for (const std::string_view none : {"null", "Null", "NULL", "~", "", "None", "none"})
    if (text == none) return true;
  return false;
}

template <class Value>
struct ConfigValue<std::optional<Value>> {
  using Inner = ConfigValue<Value>;
  static constexpr bool accepts_quotes = Inner::accepts_quotes;
  static constexpr bool may_be_none = true;
  static std::string kind(const Range& range) { return Inner::kind(range) + " or none"; }
  static bool allows(const std::optional<Value>& value, const Range& range) {
    return !value || Inner::allows(*value, range);
  }
  static std::string write(const std::optional<Value>& value) {
    return value ? Inner::write(*value) : "none";
  }
  static std::optional<std::optional<Value>> read(std::string_view text) {
    if (means_none(text)) return std::optional<Value>();
    if (const std::optional<Value> value = Inner::read(text)) return value;
    return std::nullopt;
  }
};

template <class Value>
struct ConfigValue<std::vector<Value>> {
  using Inner = ConfigValue<Value>;
  static std::string kind(const Range& range) {
    return "a non-empty list of " + Inner::kinds(range) + ", none of them twice";
  }
  static bool allows(const std::vector<Value>& values, const Range& range) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!Inner::allows(values[i], range)) return false;
      for (std::size_t j = 0; j < i; ++j)
        if (values[j] == values[i]) return false;
    }
    return !values.empty();
  }
  static std::string write(const std::vector<Value>& values) {
    std::string text = "[";
    for (const Value& value : values) text += (text.size() > 1 ? ", " : "") + Inner::write(value);
    return text + "]";
  }
};

template <class Value>
inline constexpr bool is_list = false;
template <class Value>
inline constexpr bool is_list<std::vector<Value>> = true;

template <class Field>
using FieldValue =
    std::remove_cvref_t<decltype(std::declval<ExperimentConfig&>().*std::declval<Field>())>;

}  // namespace detail

/// The names of all settings, in the order of the documentation.
[[nodiscard]] inline std::vector<std::string_view> config_key_names() {
  std::vector<std::string_view> names;
  visit_config_keys(
      [&](std::string_view name, auto, const Range&, std::string_view) { names.push_back(name); });
  return names;
}

namespace detail {

[[nodiscard]] inline bool is_list_setting(std::string_view key) {
  bool list = false;
  visit_config_keys([&](std::string_view name, auto field, const Range&, std::string_view) {
    if constexpr (is_list<FieldValue<decltype(field)>>) list = list || name == key;
  });
  return list;
}

}  // namespace detail

/// Checks a configuration that a program built.
/// @throws InputError with a problem for every setting that is out of range
inline void validate(const ExperimentConfig& config) {
  std::vector<InputProblem> problems;
  visit_config_keys([&](std::string_view name, auto field, const Range& range, std::string_view) {
    using Value = detail::ConfigValue<detail::FieldValue<decltype(field)>>;
    if (Value::allows(config.*field, range)) return;
    problems.push_back({"configuration", "key '" + std::string(name) + "'",
                        "'" + Value::write(config.*field) + "'", Value::kind(range)});
  });
  if (!problems.empty()) throw InputError(std::move(problems));
}

/// Every setting as text, in the order of the documentation: what a manifest records.
[[nodiscard]] inline std::vector<std::pair<std::string, std::string>> config_values(
    const ExperimentConfig& config) {
  std::vector<std::pair<std::string, std::string>> values;
  visit_config_keys([&](std::string_view name, auto field, const Range&, std::string_view) {
    using Value = detail::ConfigValue<detail::FieldValue<decltype(field)>>;
    values.emplace_back(name, Value::write(config.*field));
  });
  return values;
}

/// The table of the settings for the documentation: key, what it may be, default, what it is for.
[[nodiscard]] inline std::string config_markdown() {
  const ExperimentConfig defaults;
  std::string text = "| key | allowed | default | meaning |\n|---|---|---|---|\n";
  visit_config_keys(
      [&](std::string_view name, auto field, const Range& range, std::string_view documentation) {
        using Value = detail::ConfigValue<detail::FieldValue<decltype(field)>>;
        text += "| `" + std::string(name) + "` | " + Value::kind(range) + " | `" +
                Value::write(defaults.*field) + "` | " + std::string(documentation) + " |\n";
      });
  return text;
}

}  // namespace edgeopt::inline v0
