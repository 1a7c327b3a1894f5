// SPDX-License-Identifier: MIT
/// @file
/// Logarithmic axes: powers of ten and their tics.
#pragma once

#include <cmath>  // std::log10, std::floor, std::ceil
#include <cstddef>
#include <cstdlib>  // std::abs
#include <string>

#include "edgeopt/io/charts.hpp"
#include "edgeopt/io/detail/plot/axes.hpp"
#include "edgeopt/io/detail/plot/gnuplot_run.hpp"

namespace edgeopt::inline v0::io::detail {

/// The chart's series with the logarithms of their values, to be drawn on plain axes.
[[nodiscard]] inline ScatterChart in_decades(const LogLogChart& chart) {
  ScatterChart logarithms{chart.title, chart.x_label, chart.y_label, chart.series};
  for (ScatterSeries& series : logarithms.series) {
    for (double& x : series.x) x = std::log10(x);
    for (double& y : series.y) y = std::log10(y);
  }
  return logarithms;
}

/// `digit` times a power of ten: "0.02", "5000", "1e6".
[[nodiscard]] inline std::string decade_text(int digit, int power) {
  constexpr int longest = 4;  // zeros to be counted
  std::string text(1, static_cast<char>('0' + digit));
  if (std::abs(power) > longest) return text + "e" + std::to_string(power);
  const auto zeros = static_cast<std::size_t>(std::abs(power));
  return power < 0 ? "0." + std::string(zeros - 1, '0') + text : text + std::string(zeros, '0');
}

/// Tics of an axis in decades, named 'x' or 'y': powers of ten with their values, also twice and
/// five times them where the axis has few decades; small tics between.
inline void set_decade_tics(GnuplotRun& run, char axis, const AxisRange& range) {
  constexpr double few = 2.5;
  constexpr double most = 12;  // labels that fit
  const double decades = range.high - range.low;
  const int step = static_cast<int>(std::ceil(decades / most));
  std::string separator = std::string("set ") + axis + "tics (";
  for (int power = static_cast<int>(std::floor(range.low)); power <= range.high; ++power)
    for (int digit = 1; digit <= 9; ++digit) {
      const double place = power + std::log10(digit);
      if (place < range.low || place > range.high || (step > 1 && digit > 1)) continue;
      const bool is_named =
          digit == 1 ? power % step == 0 : decades < few && (digit == 2 || digit == 5);
      run << separator << (is_named ? gnuplot_tic(decade_text(digit, power)) : "\"\"") << " "
          << place << (is_named ? " 0" : " 1");
      separator = ", ";
    }
  run << ")\n";
}

}  // namespace edgeopt::inline v0::io::detail
