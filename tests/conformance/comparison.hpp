// How far what was computed lies from what is expected: measured and printed in one way by all
// conformance tests.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

namespace oracles {

/// Steps from one number to the other along the numbers of their type: 0 where they are equal, 1
/// between neighbours; for integers the difference. Infinite where one is NaN.
template <class T>
double ulps_between(T a, T b) {
  if (a == b) return 0;
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return HUGE_VAL;
    using Bits = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
    const Bits steps_a = std::bit_cast<Bits>(std::abs(a));  // from zero
    const Bits steps_b = std::bit_cast<Bits>(std::abs(b));
    if (std::signbit(a) != std::signbit(b))
      return static_cast<double>(steps_a) + static_cast<double>(steps_b);
    return std::abs(static_cast<double>(steps_a - steps_b));
  } else {
    return std::abs(static_cast<double>(a) - static_cast<double>(b));
  }
}

/// The largest differences between numbers and what they should be.
struct Deviation {
  double absolute = 0;
  double relative = 0;  ///< to the largest of the numbers expected together; 0 where all are equal
  double ulps = 0;      ///< of each number by itself: many where a sum nearly vanishes
  std::size_t values = 0;
  std::size_t different = 0;

  void include(const Deviation& other) {
    absolute = std::max(absolute, other.absolute);
    relative = std::max(relative, other.relative);
    ulps = std::max(ulps, other.ulps);
    values += other.values;
    different += other.different;
  }
};

/// Numbers in their order. NaN on either side, or another number of elements, is infinitely far.
template <class Found, class Expected>
Deviation deviation(const Found& found, const Expected& expected) {
  using F = std::decay_t<decltype(*found.begin())>;
  using E = std::decay_t<decltype(*expected.begin())>;
  using T = std::conditional_t<(sizeof(F) < sizeof(E)), F, E>;  // units are those of the shorter
  Deviation result;
  double largest = 0;
  auto f = found.begin();
  auto e = expected.begin();
  for (; f != found.end() && e != expected.end(); ++f, ++e) {
    ++result.values;
    largest = std::max(largest, std::abs(static_cast<double>(*e)));
    if (*f == *e) continue;
    ++result.different;
    double difference = std::abs(static_cast<double>(*f) - static_cast<double>(*e));
    if (std::isnan(difference)) difference = HUGE_VAL;
    result.absolute = std::max(result.absolute, difference);
    result.ulps = std::max(result.ulps, ulps_between(static_cast<T>(*f), static_cast<T>(*e)));
  }
  if (f != found.end() || e != expected.end()) {
    result.absolute = HUGE_VAL;
    ++result.different;
  }
  if (result.absolute > 0) result.relative = result.absolute / largest;
  return result;
}

/// Compares the parts of a case and prints, when it goes, what was compared and the largest
/// deviations of all parts. Every function says whether the numbers are near enough.
class Comparison {
 public:
  Comparison(std::string name, std::string what) : name_(std::move(name)), what_(std::move(what)) {}
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;
  ~Comparison() {
    std::printf("%s: %s: %zu values, %zu differ; largest deviation %.3g, relative %.3g, %.3g ULP",
                name_.c_str(), what_.c_str(), largest_.values, largest_.different,
                largest_.absolute, largest_.relative, largest_.ulps);
    if (share_ >= 0) std::printf(", %.2g of the bound", share_);
    std::printf("\n");
  }

  /// Every number, a single one or those of a range, is equal.
  template <class Found, class Expected>
  bool exact(const Found& found, const Expected& expected) {
    const Deviation one = measured(found, expected);
    return one.different == 0 && one.values > 0;
  }

  /// Deviations are at most `tolerance` times the largest expected number, or `floor`.
  template <class Found, class Expected>
  bool within(double tolerance, const Found& found, const Expected& expected, double floor = 0) {
    const Deviation one = measured(found, expected);
    return one.values > 0 && (one.relative <= tolerance || one.absolute <= floor);
  }

  /// Every number by itself deviates by at most its own bound.
  template <class Found, class Expected, class Bounds>
  bool bounded(const Found& found, const Expected& expected, const Bounds& bounds) {
    const Deviation one = measured(found, expected);
    bool good = one.values > 0 && one.absolute < HUGE_VAL && bounds.size() == one.values;
    if (!good) return false;
    share_ = std::max(share_, 0.0);
    auto f = found.begin();
    auto e = expected.begin();
    for (const double bound : bounds) {
      const double difference = std::abs(static_cast<double>(*f++) - static_cast<double>(*e++));
      if (difference > 0) share_ = std::max(share_, difference / bound);
      good = good && difference <= bound;
    }
    return good;
  }

  [[nodiscard]] const Deviation& largest() const { return largest_; }

 private:
  template <class Found, class Expected>
  Deviation measured(const Found& found, const Expected& expected) {
    Deviation one;
    if constexpr (std::is_arithmetic_v<Expected>)
      one = deviation(std::array{found}, std::array{expected});
    else
      one = deviation(found, expected);
    largest_.include(one);
    return one;
  }

  std::string name_;
  std::string what_;
  Deviation largest_;
  double share_ = -1;  // of the bound that was used, where there was one
};

}  // namespace oracles
