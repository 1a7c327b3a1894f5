// SPDX-License-Identifier: MIT
/// @file
/// Statistics of a sample: mean, deviations, percentiles, and the intervals that tell how far to
/// trust them.
///
/// Every function refuses an empty sample and numbers that are not finite, or so large (beyond
/// 1e140) that their squares cannot be summed. What is undefined for one value (sample deviation,
/// interval of the mean) comes as an optional without value.
#pragma once

#include <algorithm>  // std::sort
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// A closed interval.
struct Interval {
  double low = 0;
  double high = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

namespace detail {

inline void require_sample(std::span<const double> values) {
  if (values.empty()) throw DomainError("sample", "empty", "at least one value");
  constexpr double most = 1e140;  // squares of such numbers can be summed
  for (const double value : values)
    if (!(std::abs(value) <= most))
      throw DomainError("value of the sample", format_real(value),
                        "a number from -1e+140 to 1e+140");
}

inline void require_open_unit(const char* name, double value) {
  if (!(value > 0 && value < 1))
    throw DomainError(name, format_real(value), "a number between 0 and 1, both excluded");
}

inline double sum_of(std::span<const double> values, double offset) {
  double sum = 0;
  for (const double value : values) sum += value - offset;
  return sum;
}

/// Sum of squared differences from the mean, in a second pass over the data: values whose spread is
/// far below their size would lose it in a sum of squares. What rounding left of the mean's error
/// is taken off (the corrected two-pass algorithm; T. Chan, G. Golub, R. LeVeque, "Algorithms for
/// computing the sample variance", American Statistician 37(3), 1983, eq. 1.7).
inline double squared_deviations(std::span<const double> values, double mean) {
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double residual = sum_of(values, mean);
  return std::max(0.0, squares - residual * residual / static_cast<double>(values.size()));
}

}  // namespace detail

/// Arithmetic mean. @throws DomainError for an empty sample or a value that is not finite
[[nodiscard]] inline double mean(std::span<const double> values) {
  detail::require_sample(values);
  const auto count = static_cast<double>(values.size());
  const double first = detail::sum_of(values, 0) / count;
  return first + detail::sum_of(values, first) / count;  // takes off the rounding of the first pass
}

/// sqrt(sum (x - mean)^2 / n). @throws DomainError for an empty sample or a value that is not
/// finite
[[nodiscard]] inline double population_deviation(std::span<const double> values) {
  return std::sqrt(detail::squared_deviations(values, mean(values)) /
                   static_cast<double>(values.size()));
}

/// sqrt(sum (x - mean)^2 / (n - 1)); nothing for a single value.
/// @throws DomainError for an empty sample or a value that is not finite
[[nodiscard]] inline std::optional<double> sample_deviation(std::span<const double> values) {
  const double centre = mean(values);
  if (values.size() == 1) return std::nullopt;
  return std::sqrt(detail::squared_deviations(values, centre) /
                   static_cast<double>(values.size() - 1));
}

/// The value below which `percent` of the sample lie, interpolated linearly between the two nearest
/// at position percent / 100 (n - 1) of the sorted sample.
/// @throws DomainError for an empty sample, a value that is not finite, or percent outside [0, 100]
[[nodiscard]] inline double percentile(std::span<const double> values, double percent) {
  detail::require_sample(values);
  if (!(percent >= 0 && percent <= 100))
    throw DomainError("percent", format_real(percent), "0 to 100");
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double position = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// The 50th percentile. @throws DomainError for an empty sample or a value that is not finite
[[nodiscard]] inline double median(std::span<const double> values) {
  return percentile(values, 50);
}

namespace detail {

/// Where a falling function on [0, infinity) reaches `target`, 0 < target <= tail(0): Newton's
/// method, with bisection of the bracket wherever a step leaves it. `density` is minus the
/// derivative of `tail`.
template <class Tail, class Density>
double tail_point(const Tail& tail, const Density& density, double target) {
  double low = 0;
  double high = 1;
  while (tail(high) > target && high < 1e300) {
    low = high;
    high *= 2;
  }
  double x = low + (high - low) / 2;
  for (int i = 0; i < 200; ++i) {
    const double excess = tail(x) - target;
    (excess > 0 ? low : high) = x;
    double next = x + excess / density(x);
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (std::abs(next - x) <= 1e-15 * x) return next;
    x = next;
  }
  return x;
}

/// ln(gamma(a + 1/2) / gamma(a)). The difference of two lgamma would lose all digits for large a;
/// so its asymptotic series (DLMF 5.11.13), after shifting a to where four terms suffice.
inline double log_gamma_half_step(double a) {
  double shift = 0;
  for (; a < 50; a += 1) shift += std::log(a / (a + 0.5));
  const double r = 1 / a;
  return shift + 0.5 * std::log(a) -
         r * (1.0 / 8 - r * r * (1.0 / 192 - r * r * (1.0 / 640 - r * r * (17.0 / 14336))));
}

/// Continued fraction of the incomplete beta function I_x(a, b) (DLMF 8.17.22), evaluated by
/// Lentz's method; converges quickly for x < (a + 1) / (a + b + 2).
inline double beta_fraction(double x, double a, double b) {
  constexpr double tiny = 1e-300;
  const auto away_from_zero = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= 10000; ++m) {
    const double k = m;
    const double even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= c * d;
    const double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    fraction *= c * d;
    if (std::abs(c * d - 1) < 1e-16) break;
  }
  return fraction;
}

/// Natural logarithm of the density of Student's t, which itself is no longer a double far out.
inline double t_log_density(double t, double degrees) {
  constexpr double pi = 3.14159265358979323846;
  const double squares =  // ln(1 + t^2 / degrees)
      t < 1e150 ? std::log1p(t * t / degrees) : 2 * std::log(t) - std::log(degrees);
  return log_gamma_half_step(degrees / 2) - 0.5 * std::log(pi * degrees) -
         (degrees + 1) / 2 * squares;
}

/// P(T > t) for t >= 0: half of I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2)
/// (Abramowitz and Stegun 26.7.1).
inline double t_tail(double t, double degrees) {
  const double a = degrees / 2;
  const double b = 0.5;
  const double x = degrees / (degrees + t * t);
  const double y = t * t / (degrees + t * t);  // 1 - x, without cancellation
  if (y == 0) return 0.5;
  // x^a y^b / B(a, b) = t density(t), so no beta function is needed.
  const double front = std::exp(std::log(t) + t_log_density(t, degrees));
  if (x < (a + 1) / (a + b + 2)) return 0.5 * front / a * beta_fraction(x, a, b);
  return 0.5 - 0.5 * front / b * beta_fraction(y, b, a);
}

/// The point that Student's t exceeds with that probability, 0 < probability <= 0.5.
inline double t_upper(double probability, std::int64_t degrees) {
  const auto n = static_cast<double>(degrees);
  return tail_point([n](double t) { return t_tail(t, n); },
                    [n](double t) { return std::exp(t_log_density(t, n)); }, probability);
}

/// The same for the standard normal distribution.
inline double normal_upper(double probability) {
  constexpr double sqrt_half = 0.70710678118654752440;
  constexpr double density_at_0 = 0.39894228040143267794;  // 1 / sqrt(2 pi)
  return tail_point([](double z) { return 0.5 * std::erfc(z * sqrt_half); },
                    [](double z) { return density_at_0 * std::exp(-0.5 * z * z); }, probability);
}

}  // namespace detail

/// The point that Student's t with `degrees` degrees of freedom stays below with that probability;
/// accurate to 1e-10 relative.
/// @throws DomainError for a probability outside (0, 1) or less than one degree of freedom
[[nodiscard]] inline double t_quantile(double probability, std::int64_t degrees) {
  detail::require_open_unit("probability", probability);
  if (degrees < 1)
    throw DomainError("degrees of freedom", std::to_string(degrees), "an integer >= 1");
  if (probability == 0.5) return 0;
  return probability < 0.5 ? -detail::t_upper(probability, degrees)
                           : detail::t_upper(1 - probability, degrees);
}

/// The point that the standard normal distribution stays below with that probability.
/// @throws DomainError for a probability outside (0, 1)
[[nodiscard]] inline double normal_quantile(double probability) {
  detail::require_open_unit("probability", probability);
  if (probability == 0.5) return 0;
  return probability < 0.5 ? -detail::normal_upper(probability)
                           : detail::normal_upper(1 - probability);
}

/// Confidence interval of the mean: mean +- t s / sqrt(n) with the sample deviation s and Student's
/// t of n - 1 degrees of freedom; nothing for a single value.
/// @throws DomainError for an empty sample, a value that is not finite or a level outside (0, 1)
[[nodiscard]] inline std::optional<Interval> mean_interval(std::span<const double> values,
                                                           double level = 0.95) {
  detail::require_open_unit("confidence level", level);
  const double centre = mean(values);
  const std::optional<double> deviation = sample_deviation(values);
  if (!deviation) return std::nullopt;
  const double t = detail::t_upper((1 - level) / 2, static_cast<std::int64_t>(values.size()) - 1);
  const double half = t * *deviation / std::sqrt(static_cast<double>(values.size()));
  return Interval{centre - half, centre + half};
}

/// Confidence interval of a share of successes (E. B. Wilson, "Probable inference, the law of
/// succession, and statistical inference", JASA 22, 1927); always within [0, 1].
/// @throws DomainError for no trials, successes outside 0 .. trials, or a level outside (0, 1)
[[nodiscard]] inline Interval wilson_interval(std::int64_t successes, std::int64_t trials,
                                              double level = 0.95) {
  detail::require_open_unit("confidence level", level);
  if (trials < 1) throw DomainError("trials", std::to_string(trials), "an integer >= 1");
  if (successes < 0 || successes > trials)
    throw DomainError("successes", std::to_string(successes), "0 to " + std::to_string(trials));
  const double z = detail::normal_upper((1 - level) / 2);
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double width = 1 + z * z / n;
  const double centre = (share + z * z / (2 * n)) / width;
  const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / width;
  return {successes == 0 ? 0.0 : std::max(0.0, centre - half),
          successes == trials ? 1.0 : std::min(1.0, centre + half)};
}

}  // namespace edgeopt::inline v0
