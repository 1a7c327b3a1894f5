// SPDX-License-Identifier: MIT
/// @file
/// Rectangles with labels inside, and levels across them.
#pragma once

#include <algorithm>  // std::min
#include <cstddef>
#include <string>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/io/charts.hpp"
#include "edgeopt/io/detail/plot/axes.hpp"
#include "edgeopt/io/detail/plot/gnuplot_run.hpp"
#include "edgeopt/io/utf8.hpp"

namespace edgeopt::inline v0::io::detail {

/// Axes that show every rectangle and level, with a little room above.
[[nodiscard]] inline PixelMap axes_of(const RectangleChart& chart) {
  constexpr double room = 0.06;
  Extremes x;
  Extremes y;
  for (const Rectangle& each : chart.rectangles) {
    x.add(each.left);
    x.add(each.right);
    y.add(each.bottom);
    y.add(each.top);
  }
  for (const Level& level : chart.levels) y.add(level.y);
  const auto range = [](const Extremes& extremes, double beyond) -> AxisRange {
    if (extremes.none()) return {};
    const double spread = extremes.largest - extremes.smallest;
    if (!(spread > 0)) return {extremes.smallest, extremes.smallest + 1};
    return {extremes.smallest, extremes.largest + beyond * spread};
  };
  return {{}, range(x, 0), range(y, room)};
}

/// The label of a rectangle where it fits inside, lying or else upright; as much of it as fits
/// where that is enough to tell it from others.
inline void set_label_inside(GnuplotRun& run, const Rectangle& rectangle, const PixelMap& map) {
  constexpr double character_width = 9.8;  // pixels, of the font at size 13
  constexpr double line_height = 20;
  constexpr double margin = 10;
  constexpr std::size_t shortest = 6;  // characters that are worth showing
  const double width = map.x(rectangle.right) - map.x(rectangle.left);
  const double height = map.y(rectangle.top) - map.y(rectangle.bottom);
  const bool is_upright = width < std::min(height, 4 * line_height);
  const double length = (is_upright ? height : width) - margin;
  if ((is_upright ? width : height) < line_height || length <= 0) return;
  const auto room = static_cast<std::size_t>(length / character_width);
  if (room < std::min(shortest, character_count(rectangle.label))) return;
  run << "set label " << gnuplot_quoted(shortened_path(rectangle.label, room)) << " at "
      << (rectangle.left + rectangle.right) / 2 << "," << (rectangle.bottom + rectangle.top) / 2
      << " center" << (is_upright ? " rotate by 90" : "")
      << " font ',13' textcolor '#101010' front\n";
}

/// Draws the rectangles in light colours with dark borders; their labels tell them apart.
inline void set_rectangles(GnuplotRun& run, const RectangleChart& chart, const PixelMap& map) {
  constexpr std::size_t colours = okabe_ito.size() - 1;  // not black
  for (std::size_t i = 0; i < chart.rectangles.size(); ++i) {
    const Rectangle& each = chart.rectangles[i];
    if (each.left == each.right || each.bottom == each.top) continue;
    run << "set object rectangle from " << each.left << "," << each.bottom << " to " << each.right
        << "," << each.top << " back fillcolor rgb '" << okabe_ito[i % colours]
        << "' fillstyle solid 0.4 border linecolor rgb '#303030' linewidth 0.5\n";
    set_label_inside(run, each, map);
  }
}

/// Plots the levels as lines of different dashes, named in the legend.
inline void plot_levels(GnuplotRun& run, const RectangleChart& chart, const PixelMap& map) {
  for (std::size_t i = 0; i < chart.levels.size(); ++i)
    run << (i == 0 ? "plot " : ", ") << "'-' with lines linecolor '" << okabe_ito[6]
        << "' linewidth 1.8 dashtype " << gnuplot_dashes(i) << " title "
        << gnuplot_quoted(shortened(chart.levels[i].name, 36));
  if (chart.levels.empty()) run.plot_nothing(chart.rectangles.empty() ? "no data" : "");
  run << "\n";
  for (const Level& level : chart.levels) {
    const std::vector<std::pair<double, double>> ends{{map.x_axis.low, level.y},
                                                      {map.x_axis.high, level.y}};
    run.send(ends);
  }
}

}  // namespace edgeopt::inline v0::io::detail
