// SPDX-License-Identifier: MIT
/// @file
/// Charts (see charts.hpp) as PNG pictures of 7 x 5 inches at 180 dots per inch, drawn by gnuplot.
///
/// The same chart gives the same bytes. Colours are those of M. Okabe and K. Ito ("Color Universal
/// Design", 2008), which remain distinct without colour vision; markers differ besides.
#pragma once

#include <algorithm>  // std::max
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/io/charts.hpp"
#include "edgeopt/io/detail/plot/axes.hpp"
#include "edgeopt/io/detail/plot/bars.hpp"
#include "edgeopt/io/detail/plot/ceilings.hpp"
#include "edgeopt/io/detail/plot/decades.hpp"
#include "edgeopt/io/detail/plot/gnuplot_run.hpp"
#include "edgeopt/io/detail/plot/rectangles.hpp"
#include "edgeopt/io/detail/plot/series.hpp"
#include "edgeopt/io/label_placement.hpp"
#include "edgeopt/io/readable.hpp"

namespace edgeopt::inline v0::io {

/// The sentence for a run without gnuplot: which pictures are missing, and how to get them.
[[nodiscard]] inline std::string missing_pictures_note(const std::vector<std::string>& pictures) {
  std::string names;
  for (const std::string& picture : pictures) names += (names.empty() ? "" : ", ") + picture;
  return "not drawn: " + names +
         " (gnuplot was not found; on Debian: apt install gnuplot-nox fonts-dejavu-core)";
}

/// Begins to draw a bar chart with `gnuplot` (see `find_program`), which goes on beside the
/// program. A chart without bars says "no data".
/// @throws DomainError for values that are negative, not finite, or not as many as labels
/// @throws SystemError when gnuplot cannot be started
[[nodiscard]] inline UnfinishedPicture start_drawing(const BarChart& chart,
                                                     const std::filesystem::path& gnuplot) {
  detail::check_chart(chart);
  detail::GnuplotRun run;
  const std::size_t count = chart.values.size();
  double largest = 0;
  for (const double value : chart.values) largest = std::max(largest, value);
  if (largest == 0) largest = 1;
  run.set_frame(count > 0 ? detail::set_bar_labels(run, chart.labels) : detail::PlotArea{},
                chart.title, chart.x_label, chart.y_label);
  run << "set xrange [-0.6:" << static_cast<double>(count) - 0.4
      << "]\nset yrange [0:" << 1.12 * largest
      << "]\nset boxwidth 0.6\nset style fill solid 1 noborder\n";
  std::vector<std::pair<double, double>> bars;
  for (std::size_t i = 0; i < count; ++i) {
    bars.emplace_back(static_cast<double>(i), chart.values[i]);
    if (count <= 12)
      run << "set label " << detail::gnuplot_quoted(to_readable(chart.values[i], {4})) << " at "
          << i << "," << chart.values[i] << " center offset 0,0.7 font ',17' front\n";
  }
  if (count == 0)
    run << "set label 'no data' at graph 0.5,0.5 center\nset xrange [0:1]\nunset xtics\n";
  run << "plot " << (count > 0 ? "'-' with boxes" : "1/0") << " linecolor '" << detail::okabe_ito[0]
      << "' notitle\n";
  if (count > 0) run.send(bars);
  return run.start(gnuplot);
}

/// A scatter chart; otherwise like the bar chart.
/// @throws DomainError for values that are not finite, and lists of different lengths
/// @throws SystemError when gnuplot cannot be started
[[nodiscard]] inline UnfinishedPicture start_drawing(const ScatterChart& chart,
                                                     const std::filesystem::path& gnuplot) {
  detail::check_chart(chart);
  const detail::PixelMap map{
      {}, detail::axis_of(chart, &ScatterSeries::x), detail::axis_of(chart, &ScatterSeries::y)};
  detail::GnuplotRun run;
  run.set_frame(map.area, chart.title, chart.x_label, chart.y_label);
  run.set_legend();
  detail::set_ranges(run, map);
  detail::set_point_labels(run, chart, map, detail::obstacles_of(chart, map));
  detail::plot_series(run, chart);
  return run.start(gnuplot);
}

/// Series under ceilings on logarithmic axes; otherwise like the bar chart.
/// @throws DomainError for values that are not finite and positive, and lists of different lengths
/// @throws SystemError when gnuplot cannot be started
[[nodiscard]] inline UnfinishedPicture start_drawing(const LogLogChart& chart,
                                                     const std::filesystem::path& gnuplot) {
  detail::check_chart(chart);
  const ScatterChart logarithms = detail::in_decades(chart);
  const detail::PixelMap map = detail::axes_in_decades(chart, logarithms);
  detail::GnuplotRun run;
  run.set_frame(map.area, chart.title, chart.x_label, chart.y_label);
  run.set_legend();
  detail::set_ranges(run, map);
  detail::set_decade_tics(run, 'x', map.x_axis);
  detail::set_decade_tics(run, 'y', map.y_axis);
  std::vector<PixelBox> obstacles = detail::obstacles_of(logarithms, map);
  detail::draw_ceilings(run, chart, map, obstacles);
  detail::set_point_labels(run, logarithms, map, obstacles);
  detail::plot_series(run, logarithms, chart.ceilings.empty() ? "no data" : "");
  return run.start(gnuplot);
}

/// Rectangles and levels; otherwise like the bar chart.
/// @throws DomainError for values that are not finite, and rectangles inside out
/// @throws SystemError when gnuplot cannot be started
[[nodiscard]] inline UnfinishedPicture start_drawing(const RectangleChart& chart,
                                                     const std::filesystem::path& gnuplot) {
  detail::check_chart(chart);
  const detail::PixelMap map = detail::axes_of(chart);
  detail::GnuplotRun run;
  run.set_frame(map.area, chart.title, chart.x_label, chart.y_label);
  run.set_legend();
  detail::set_ranges(run, map);
  detail::set_rectangles(run, chart, map);
  detail::plot_levels(run, chart, map);
  return run.start(gnuplot);
}

/// Draws a chart of any kind; gives the bytes of the PNG file.
/// @throws DomainError as `start_drawing`
/// @throws SystemError when gnuplot makes no picture
template <class Chart>
[[nodiscard]] std::string to_png(const Chart& chart, const std::filesystem::path& gnuplot) {
  return start_drawing(chart, gnuplot).finish();
}

}  // namespace edgeopt::inline v0::io
