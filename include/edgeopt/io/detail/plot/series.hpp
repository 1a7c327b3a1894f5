// SPDX-License-Identifier: MIT
/// @file
/// Points, what connects them, and their labels.
#pragma once

#include <algorithm>  // std::clamp
#include <cmath>      // std::ceil, std::hypot
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/io/charts.hpp"
#include "edgeopt/io/detail/plot/axes.hpp"
#include "edgeopt/io/detail/plot/gnuplot_run.hpp"
#include "edgeopt/io/label_placement.hpp"
#include "edgeopt/io/utf8.hpp"

namespace edgeopt::inline v0::io::detail {

inline std::string_view gnuplot_marker(Marker marker) {
  switch (marker) {
    case Marker::circle: return "pointtype 7 pointsize 2";
    case Marker::cross: return "pointtype 2 pointsize 2 linewidth 1.5";
    case Marker::triangle: return "pointtype 8 pointsize 2.2";
    case Marker::square: return "pointtype 4 pointsize 2";
    case Marker::none: break;
  }
  return "";
}

/// The part of a plot command that draws one series, and how often it reads the points.
struct PlotElement {
  std::string command;
  std::size_t passes = 1;
};

inline PlotElement plot_element(const ScatterSeries& series, std::size_t colour) {
  const std::string paint =
      " linecolor '" + std::string(okabe_ito[colour % okabe_ito.size()]) + "' ";
  const std::string title = " title " + gnuplot_quoted(shortened(series.name, 24));
  const std::string markers =
      "'-' with points" + paint + std::string(gnuplot_marker(series.marker));
  if (series.connection == Connection::none) return {markers + title};
  const std::string line = std::string("'-' with ") +
                           (series.connection == Connection::steps ? "steps" : "lines") + paint +
                           "linewidth 1.5";
  if (series.marker == Marker::none) return {line + title};
  return {line + " notitle, " + markers + title, 2};
}

/// Plots all series; `otherwise` is written where there are no points.
inline void plot_series(GnuplotRun& run, const ScatterChart& chart,
                        std::string_view otherwise = "no data") {
  std::vector<const ScatterSeries*> passes;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    if (chart.series[i].x.empty()) continue;
    const PlotElement element = plot_element(chart.series[i], i);
    run << (passes.empty() ? "plot " : ", ") << element.command;
    passes.insert(passes.end(), element.passes, &chart.series[i]);
  }
  if (passes.empty()) run.plot_nothing(otherwise);
  run << "\n";
  for (const ScatterSeries* series : passes) {
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = 0; i < series->x.size(); ++i)
      points.emplace_back(series->x[i], series->y[i]);
    run.send(points);
  }
}

/// Adds small boxes along a straight line.
inline void append_line(double x0, double y0, double x1, double y1, std::vector<PixelBox>& boxes) {
  constexpr double radius = 4;
  const double steps = std::ceil(std::hypot(x1 - x0, y1 - y0) / (2 * radius));
  for (double i = 1; i < steps; ++i) {
    const double x = x0 + (x1 - x0) * i / steps;
    const double y = y0 + (y1 - y0) * i / steps;
    boxes.push_back({x - radius, y - radius, x + radius, y + radius});
  }
}

/// What labels must not cover: markers and connections.
[[nodiscard]] inline std::vector<PixelBox> obstacles_of(const ScatterChart& chart,
                                                        const PixelMap& map) {
  constexpr double radius = 11;
  std::vector<PixelBox> boxes;
  for (const ScatterSeries& series : chart.series)
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      const double x = map.x(series.x[i]);
      const double y = map.y(series.y[i]);
      boxes.push_back({x - radius, y - radius, x + radius, y + radius});
      if (series.connection == Connection::none || i == 0) continue;
      const double x_before = map.x(series.x[i - 1]);
      const double y_before = map.y(series.y[i - 1]);
      const bool is_step = series.connection == Connection::steps;
      append_line(x_before, y_before, x, is_step ? y_before : y, boxes);
      if (is_step) append_line(x, y_before, x, y, boxes);
    }
  return boxes;
}

/// A thin line from a point to a label that stands far off.
inline void draw_lead(GnuplotRun& run, double point_x, double point_y, const PixelBox& label) {
  constexpr double far_off = 24;
  const double x = std::clamp(point_x, label.left, label.right);
  const double y = std::clamp(point_y, label.bottom, label.top);
  if (std::hypot(x - point_x, y - point_y) > far_off)
    run << "set arrow from screen " << point_x / picture_width << "," << point_y / picture_height
        << " to screen " << x / picture_width << "," << y / picture_height
        << " nohead linecolor '#909090' linewidth 0.5 back\n";
}

/// Writes the labels of all points where they cover nothing, with a thin line to those far off.
inline void set_point_labels(GnuplotRun& run, const ScatterChart& chart, const PixelMap& map,
                             const std::vector<PixelBox>& obstacles) {
  constexpr double character_width = 11;  // pixels, of the font at size 15
  constexpr double line_height = 22;
  std::vector<LabelledPoint> points;
  std::vector<std::string> texts;
  for (const ScatterSeries& series : chart.series)
    for (std::size_t i = 0; i < series.point_labels.size(); ++i) {
      if (series.point_labels[i].empty()) continue;
      texts.push_back(shortened_path(series.point_labels[i], 32));
      points.push_back({map.x(series.x[i]), map.y(series.y[i]),
                        character_width * static_cast<double>(character_count(texts.back())),
                        line_height});
    }

  const std::vector<PixelBox> boxes = place_labels(points, obstacles, map.frame());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const PixelBox& box = boxes[i];
    run << "set label " << gnuplot_quoted(texts[i]) << " at screen "
        << (box.left + box.right) / 2 / picture_width << ","
        << (box.bottom + box.top) / 2 / picture_height
        << " center font ',15' textcolor '#202020' front\n";
    draw_lead(run, points[i].x, points[i].y, box);
  }
}

}  // namespace edgeopt::inline v0::io::detail
