// SPDX-License-Identifier: MIT
/// @file
/// Ranges of axes, and the places of values in a picture.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cmath>      // std::abs
#include <limits>
#include <vector>

#include "edgeopt/io/charts.hpp"
#include "edgeopt/io/detail/plot/gnuplot_run.hpp"
#include "edgeopt/io/label_placement.hpp"

namespace edgeopt::inline v0::io::detail {

/// An axis from a little below the smallest to a little above the largest value.
struct AxisRange {
  double low = 0;
  double high = 1;

  [[nodiscard]] double share(double value) const { return (value - low) / (high - low); }

  [[nodiscard]] static AxisRange around(double smallest, double largest) {
    double spread = largest - smallest;
    if (!(spread > 0)) spread = largest != 0 ? std::abs(largest) : 1;
    return {smallest - 0.08 * spread, largest + 0.08 * spread};
  }
};

/// The largest and the smallest of some numbers.
struct Extremes {
  double smallest = std::numeric_limits<double>::infinity();
  double largest = -std::numeric_limits<double>::infinity();

  void add(double value) {
    smallest = std::min(smallest, value);
    largest = std::max(largest, value);
  }
  [[nodiscard]] bool none() const { return smallest > largest; }
};

/// The range of all x or all y of a chart.
[[nodiscard]] inline AxisRange axis_of(const ScatterChart& chart,
                                       std::vector<double> ScatterSeries::*values) {
  Extremes extremes;
  for (const ScatterSeries& series : chart.series)
    for (const double value : series.*values) extremes.add(value);
  return extremes.none() ? AxisRange{} : AxisRange::around(extremes.smallest, extremes.largest);
}

/// Places of pixels in a picture.
struct PixelMap {
  PlotArea area;
  AxisRange x_axis;
  AxisRange y_axis;

  [[nodiscard]] double x(double value) const { return area.pixel_x(x_axis.share(value)); }
  [[nodiscard]] double y(double value) const { return area.pixel_y(y_axis.share(value)); }
  [[nodiscard]] PixelBox frame() const {
    return {area.pixel_x(0), area.pixel_y(0), area.pixel_x(1), area.pixel_y(1)};
  }
};

inline void set_ranges(GnuplotRun& run, const PixelMap& map) {
  run << "set xrange [" << map.x_axis.low << ":" << map.x_axis.high << "]\nset yrange ["
      << map.y_axis.low << ":" << map.y_axis.high << "]\n";
}

}  // namespace edgeopt::inline v0::io::detail
