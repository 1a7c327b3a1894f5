// SPDX-License-Identifier: MIT
/// @file
/// The observer that cuts off rare large values: it keeps a histogram and takes the range whose
/// quantisation error is least.
///
/// The rules are those of PyTorch's `HistogramObserver`
/// (https://pytorch.org/docs/stable/generated/torch.ao.quantization.observer.HistogramObserver.html),
/// followed to the bit: every operation is in float and rounded by itself unless std::fma or double
/// is written.
#pragma once

#include <cmath>  // std::fma
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/detail/exact_float.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/nn/observer.hpp"
#include "edgeopt/quantization.hpp"

namespace edgeopt::inline v0 {

namespace detail {

inline constexpr int histogram_bins = 2048;

/// Counts, whole or in parts, of the bins of a range.
using Histogram = std::vector<float>;

/// (1) bin(x) = trunc((x - min) * 2048 / (max - min)), at most 2047. The range of a single value is
/// widened by 1 on either side.
class HistogramBins {
 public:
  explicit HistogramBins(ValueRange range) noexcept : range_(range) {
    if (range.min == range.max) range_ = {range.min - 1, range.max + 1};
    width_ = range_.max - range_.min;
  }

  /// The bin of a value inside of the range.
  [[nodiscard]] std::size_t operator()(float x) const noexcept {
    constexpr float last = histogram_bins - 1;
    const float bin = (x - range_.min) * histogram_bins / width_;
    return static_cast<std::size_t>(bin < last ? bin : last);
  }

 private:
  ValueRange range_;
  float width_;
};

/// How many values lie in each bin of a range; values outside of it are infinite and dropped.
inline Histogram histogram_of(std::span<const float> values, ValueRange range) {
  const HistogramBins bin(range);
  std::vector<std::int64_t> counts(histogram_bins);
  for (const float x : values)
    if (x >= range.min && x <= range.max) ++counts[bin(x)];
  return Histogram(counts.begin(), counts.end());
}

/// (2) Values at equal distances: step = (b - a) / (n - 1), value i = fma(step, i, a) in the first
/// half, fma(-step, n - 1 - i, b) in the second.
class Linspace {
 public:
  Linspace(float first, float last, int count) noexcept
      : first_(first),
        last_(last),
        step_((last - first) / static_cast<float>(count - 1)),
        count_(count) {}

  [[nodiscard]] float operator[](int i) const noexcept {
    if (i < count_ / 2) return std::fma(step_, static_cast<float>(i), first_);
    return std::fma(-step_, static_cast<float>(count_ - 1 - i), last_);
  }

 private:
  float first_, last_, step_;
  int count_;
};

/// (3) A histogram over a wider range: each old bin is split into 16 equal parts, and a part goes
/// to the new bin, between edges of (2), that its midpoint lies in.
inline Histogram widened(const Histogram& histogram, ValueRange old_range, ValueRange new_range) {
  Histogram wide(histogram_bins);
  if (old_range.min == old_range.max) {
    double count = 0;
    for (const float bin : histogram) count += double{bin};
    wide[HistogramBins(new_range)(old_range.min)] = static_cast<float>(count);
    return wide;
  }
  constexpr int parts = 16;
  const Linspace starts(old_range.min, old_range.max, parts * histogram_bins + 1);
  const Linspace edges(new_range.min, new_range.max, histogram_bins + 1);
  const float part_width = (old_range.max - old_range.min) / float{parts * histogram_bins};
  const float half_width = rounded(0.5F * part_width);
  int bin = 0;  // midpoints ascend, so the bin is looked for from where the last one was
  for (int part = 0; part < parts * histogram_bins; ++part) {
    const float midpoint = starts[part] + half_width;
    while (bin + 1 < histogram_bins && edges[bin + 1] <= midpoint) ++bin;
    while (bin > 0 && edges[bin] > midpoint) --bin;
    wide[static_cast<std::size_t>(bin)] +=
        histogram[static_cast<std::size_t>(part / parts)] / parts;
  }
  return wide;
}

/// The search for the range of bins that is worth its levels.
class RangeSearch {
 public:
  RangeSearch(const Histogram& histogram, ValueRange range)
      : histogram_(histogram),
        range_(range),
        bin_width_((range.max - range.min) / float{histogram_bins}) {}

  /// (6) min + W first, min + W (last + 1)
  [[nodiscard]] ValueRange best() const {
    const Bins bins = best_bins();
    return {range_.min + rounded(bin_width_ * static_cast<float>(bins.first)),
            range_.min + rounded(bin_width_ * static_cast<float>(bins.last + 1))};
  }

 private:
  struct Bins {
    int first, last;
  };

  /// (4) From both ends, quantiles alpha and beta of the counts move inwards in steps of 1e-5; the
  /// end that moves further proposes, until the error grows. c(i) is the running sum.
  ///
  ///   left  = first bin from `first` on with c >= (alpha + 1e-5) * total
  ///   right = last bin up to `last` with     c <= (beta - 1e-5) * total
  ///
  /// Both depend on their own quantile only and move one way, so they go on from where they were.
  [[nodiscard]] Bins best_bins() const {
    constexpr double step = 1e-5;
    const std::vector<float> running = running_sum();
    const auto total = double{running.back()};
    const auto c = [&](int bin) { return running[static_cast<std::size_t>(bin)]; };
    Bins best{0, histogram_bins - 1};
    float least = std::numeric_limits<float>::infinity();
    int left = best.first;
    int right = best.last;
    for (double alpha = 0, beta = 1; alpha < beta;) {
      const auto lower = static_cast<float>((alpha + step) * total);
      const auto upper = static_cast<float>((beta - step) * total);
      if (left > best.last) left = best.last;
      if (right < best.first) right = best.first;
      while (left < best.last && c(left) < lower) ++left;
      while (right > best.first && c(right) > upper) --right;

      Bins proposed = best;
      if (left - best.first > best.last - right) {
        proposed.first = left;
        alpha += step;
      } else {
        proposed.last = right;
        beta -= step;
      }
      if (proposed.first == best.first && proposed.last == best.last) continue;
      const float found = error(proposed);
      if (found > least) break;
      least = found;
      best = proposed;
    }
    return best;
  }

  [[nodiscard]] std::vector<float> running_sum() const {
    std::vector<float> running;
    running.reserve(histogram_.size());
    double sum = 0;
    for (const float count : histogram_)
      running.push_back(static_cast<float>(sum += double{count}));
    return running;
  }

  /// (5) The squared error when bins first..last are mapped to 256 levels (whatever number is used
  /// later) of width d, and values are spread evenly inside of a bin:
  ///
  ///   I(u, v) = density * (v^3 - u^3) / 3
  ///   bin [begin, end], which begins in level b and ends in level q, costs
  ///   I(begin - (b + 1/2) d, d/2) + (q - b - 1) I(-d/2, d/2) + I(-d/2, end - (q d + d/2))
  [[nodiscard]] float error(Bins bins) const {
    constexpr int levels = 256;
    const auto d = static_cast<float>(double{bin_width_} * (bins.last - bins.first + 1) / levels);
    if (d == 0) return 0;
    const float half = rounded(d / 2);
    const auto level_of = [&](float x) {
      return static_cast<float>(static_cast<int>(clamp(x / d, 0, levels - 1)));
    };
    const auto integral = [](float u, float v, float density) {
      return rounded(density * ((cube(v) - cube(u)) / 3));
    };
    double sum = 0;
    for (int i = 0; i < histogram_bins; ++i) {
      const float count = histogram_[static_cast<std::size_t>(i)];
      if (count == 0) continue;
      const float density = count / bin_width_;
      const float begin = rounded(static_cast<float>(i - bins.first) * bin_width_);
      const float end = begin + bin_width_;
      const float b = level_of(begin);
      const float q = level_of(end);
      float cost = integral(begin - rounded((b + 0.5F) * d), half, density);
      cost += rounded((q - b - 1) * integral(-half, half, density));
      cost += integral(-half, end - (rounded(q * d) + half), density);
      sum += double{cost};
    }
    return static_cast<float>(sum);
  }

  static float cube(float x) noexcept { return rounded(x * x * x); }

  const Histogram& histogram_;
  ValueRange range_;
  float bin_width_;
};

}  // namespace detail

/// Keeps a histogram of 2048 bins and quantises over the range whose error is least. Infinite
/// values are dropped.
class HistogramObserver {
 public:
  /// The first batch sets the range; a later one widens it to the union, for which the old counts
  /// are spread over the new bins.
  /// @throws DomainError when a value is NaN, none is finite, or the width of the range overflows
  void update(std::span<const float> values) {
    const ValueRange batch = finite_range(values);
    const ValueRange range = histogram_.empty() ? batch : detail::united(range_, batch);
    if (!(range.max - range.min <= std::numeric_limits<float>::max()))
      throw DomainError("width of the range of an activation", "too large for a float",
                        "max - min of at most 3.4e38");
    detail::Histogram added = detail::histogram_of(values, range);
    if (!histogram_.empty()) {
      const detail::Histogram old =
          range == range_ ? histogram_ : detail::widened(histogram_, range_, range);
      for (std::size_t i = 0; i < added.size(); ++i) added[i] += old[i];
    }
    histogram_ = std::move(added);
    range_ = range;
  }

  /// @throws DomainError before the first update
  [[nodiscard]] ValueRange observed_range() const {
    detail::require_observed(!histogram_.empty());
    return range_;
  }

  /// Searches; 10^6 to 10^8 operations. @throws DomainError before the first update
  [[nodiscard]] ValueRange quantized_range() const {
    detail::require_observed(!histogram_.empty());
    return detail::RangeSearch(histogram_, range_).best();
  }

  /// The counts of the 2048 bins of `observed_range()`; empty before the first update. They are
  /// whole numbers until the range has grown.
  [[nodiscard]] std::span<const float> histogram() const noexcept { return histogram_; }

 private:
  detail::Histogram histogram_;
  ValueRange range_;
};

static_assert(Observer<HistogramObserver>);

}  // namespace edgeopt::inline v0
