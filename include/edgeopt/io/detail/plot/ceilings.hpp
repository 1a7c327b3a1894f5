// SPDX-License-Identifier: MIT
/// @file
/// The ceilings of a log-log chart: where they run, and where their names stand.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cmath>      // std::atan2, std::ceil, std::cos, std::log10, std::sin
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "edgeopt/io/charts.hpp"
#include "edgeopt/io/detail/plot/axes.hpp"
#include "edgeopt/io/detail/plot/gnuplot_run.hpp"
#include "edgeopt/io/detail/plot/series.hpp"
#include "edgeopt/io/label_placement.hpp"
#include "edgeopt/io/utf8.hpp"

namespace edgeopt::inline v0::io::detail {

/// Logarithms of the values of all ceilings of one shape.
[[nodiscard]] inline Extremes ceilings_in_decades(const LogLogChart& chart, Ceiling::Shape shape) {
  Extremes values;
  for (const Ceiling& ceiling : chart.ceilings)
    if (ceiling.shape == shape) values.add(std::log10(ceiling.value));
  return values;
}

/// Axes in decades that show every point, every ceiling and the knees where they meet.
[[nodiscard]] inline PixelMap axes_in_decades(const LogLogChart& chart,
                                              const ScatterChart& logarithms) {
  constexpr double beside_x = 0.5;  // decades beyond the outermost points and knees
  constexpr double beside_y = 0.25;
  constexpr double above_y = 0.4;  // room for the name of the highest ceiling
  const Extremes levels = ceilings_in_decades(chart, Ceiling::Shape::level);
  const Extremes slopes = ceilings_in_decades(chart, Ceiling::Shape::slope);
  Extremes x;
  Extremes y;
  for (const ScatterSeries& series : logarithms.series)
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      x.add(series.x[i]);
      y.add(series.y[i]);
    }
  if (!levels.none() && !slopes.none()) {
    x.add(levels.smallest - slopes.largest);
    x.add(levels.largest - slopes.smallest);
  }
  if (x.none()) x.add(0);
  const AxisRange x_axis{x.smallest - beside_x, x.largest + beside_x};
  if (!levels.none()) {
    y.add(levels.smallest);
    y.add(levels.largest);
  }
  if (!slopes.none()) {
    y.add(slopes.smallest + x_axis.low);
    y.add(levels.none() ? slopes.largest + x_axis.high : levels.largest);
  }
  if (y.none()) y.add(0);
  return {{}, x_axis, {y.smallest - beside_y, y.largest + above_y}};
}

/// A straight line in pixels.
struct PixelLine {
  double x0 = 0;
  double y0 = 0;
  double x1 = 0;
  double y1 = 0;

  [[nodiscard]] double angle() const { return std::atan2(y1 - y0, x1 - x0); }
  /// The place a share of the way along.
  [[nodiscard]] double x(double share) const { return x0 + (x1 - x0) * share; }
  [[nodiscard]] double y(double share) const { return y0 + (y1 - y0) * share; }
};

/// Where a ceiling runs within the frame.
[[nodiscard]] inline PixelLine ceiling_line(const Ceiling& ceiling, const LogLogChart& chart,
                                            const PixelMap& map) {
  const double value = std::log10(ceiling.value);
  const Extremes levels = ceilings_in_decades(chart, Ceiling::Shape::level);
  const Extremes slopes = ceilings_in_decades(chart, Ceiling::Shape::slope);
  double left = map.x_axis.low;
  double right = map.x_axis.high;
  if (ceiling.shape == Ceiling::Shape::level) {
    if (!slopes.none()) left = std::max(left, value - slopes.largest);
    return {map.x(left), map.y(value), map.x(right), map.y(value)};
  }
  left = std::max(left, map.y_axis.low - value);
  right = std::min(right, (levels.none() ? map.y_axis.high : levels.largest) - value);
  return {map.x(left), map.y(value + left), map.x(right), map.y(value + right)};
}

/// Squares that a text along a line covers: `width` long, centred at a place.
[[nodiscard]] inline std::vector<PixelBox> boxes_of_text(double x, double y, double angle,
                                                         double width, double height) {
  std::vector<PixelBox> boxes = {};
  const double count = std::ceil(width / height);
  for (double i = 0; i < count; ++i) {
    const double along = width * ((i + 0.5) / count - 0.5);
    const double middle_x = x + along * std::cos(angle);
    const double middle_y = y + along * std::sin(angle);
    boxes.push_back({middle_x - height / 2, middle_y - height / 2, middle_x + height / 2,
                     middle_y + height / 2});
  }
  return boxes;
}

/// Where a ceiling's name stands, and what it covers.
struct CeilingName {
  double x = 0;
  double y = 0;
  double angle = 0;
  std::vector<PixelBox> boxes = {};
  double covered = std::numeric_limits<double>::infinity();  ///< area of other things
};

/// Along its line, above or below, where it covers least: levels begin their search at the right,
/// slopes at the left.
[[nodiscard]] inline CeilingName name_along(const PixelLine& line, Ceiling::Shape shape,
                                            double width, double height,
                                            const std::vector<PixelBox>& obstacles,
                                            const PixelBox& frame) {
  constexpr double places = 24;
  constexpr double gap = 4;
  const double angle = line.angle();
  CeilingName best;
  for (double place = 0; place <= places; ++place)
    for (const double side : {1.0, -1.0}) {
      const double share = shape == Ceiling::Shape::level ? 1 - place / places : place / places;
      const double away = side * (height / 2 + gap);
      CeilingName name{line.x(share) - away * std::sin(angle),
                       line.y(share) + away * std::cos(angle), angle};
      name.boxes = boxes_of_text(name.x, name.y, angle, width, height);
      name.covered = 0;
      for (const PixelBox& box : name.boxes) {
        name.covered += 1000 * (height * height - overlap(box, frame));
        for (const PixelBox& obstacle : obstacles) name.covered += overlap(box, obstacle);
      }
      if (name.covered < best.covered - 1e-6) best = name;
    }
  return best;
}

/// Beside a place of its line that a thin line leads to.
struct LedName {
  double line_x = 0;
  double line_y = 0;
  PixelBox box;
  double covered = std::numeric_limits<double>::infinity();
};

[[nodiscard]] inline LedName name_beside(const PixelLine& line, double width, double height,
                                         const std::vector<PixelBox>& obstacles,
                                         const PixelBox& frame) {
  LedName best;
  for (const double share : {0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2, 0.9, 0.1}) {
    const LabelledPoint point{line.x(share), line.y(share), width, height};
    LedName name{point.x, point.y, place_labels({&point, 1}, obstacles, frame).front(), 0};
    for (const PixelBox& obstacle : obstacles) name.covered += overlap(name.box, obstacle);
    if (name.covered < best.covered - 1e-6) best = name;
  }
  return best;
}

/// Writes a ceiling's name along its line, or beside it where that covers less; gives what it
/// covers. `own` is the line, `obstacles` everything else.
[[nodiscard]] inline std::vector<PixelBox> write_name(GnuplotRun& run, const Ceiling& ceiling,
                                                      const PixelLine& line,
                                                      const std::vector<PixelBox>& own,
                                                      const std::vector<PixelBox>& obstacles,
                                                      const PixelBox& frame) {
  constexpr double character_width = 11;  // pixels, of the font at size 15
  constexpr double line_height = 20;
  constexpr double degrees = 57.29577951308232;
  const std::string text = shortened(ceiling.name, 40);
  if (text.empty()) return {};
  const double width = character_width * static_cast<double>(character_count(text));
  const auto write = [&](double x, double y, double angle) {
    run << "set label " << gnuplot_quoted(text) << " at screen " << x / picture_width << ","
        << y / picture_height << " center rotate by " << degrees * angle
        << " font ',15' textcolor '#202020' front\n";
  };
  const CeilingName along = name_along(line, ceiling.shape, width, line_height, obstacles, frame);
  constexpr double tolerable = 300;  // square pixels: less than a letter
  if (along.covered > tolerable) {
    std::vector<PixelBox> all = obstacles;
    all.insert(all.end(), own.begin(), own.end());
    const LedName beside = name_beside(line, width, line_height, all, frame);
    if (beside.covered < along.covered) {
      write((beside.box.left + beside.box.right) / 2, (beside.box.bottom + beside.box.top) / 2, 0);
      draw_lead(run, beside.line_x, beside.line_y, beside.box);
      return {beside.box};
    }
  }
  write(along.x, along.y, along.angle);
  return along.boxes;
}

/// Draws the ceilings and their names; adds what they cover to `obstacles`.
inline void draw_ceilings(GnuplotRun& run, const LogLogChart& chart, const PixelMap& map,
                          std::vector<PixelBox>& obstacles) {
  std::vector<std::vector<PixelBox>> lines;  // as small boxes
  for (std::size_t i = 0; i < chart.ceilings.size(); ++i) {
    const PixelLine line = ceiling_line(chart.ceilings[i], chart, map);
    append_line(line.x0, line.y0, line.x1, line.y1, lines.emplace_back());
    run << "set arrow from screen " << line.x0 / picture_width << "," << line.y0 / picture_height
        << " to screen " << line.x1 / picture_width << "," << line.y1 / picture_height
        << " nohead linecolor '#404040' linewidth 1.2 dashtype " << gnuplot_dashes(i) << " back\n";
  }
  for (std::size_t i = 0; i < chart.ceilings.size(); ++i) {
    std::vector<PixelBox> others = obstacles;
    for (std::size_t k = 0; k < lines.size(); ++k)
      if (k != i) others.insert(others.end(), lines[k].begin(), lines[k].end());
    const std::vector<PixelBox> name =
        write_name(run, chart.ceilings[i], ceiling_line(chart.ceilings[i], chart, map), lines[i],
                   others, map.frame());
    obstacles.insert(obstacles.end(), name.begin(), name.end());
  }
  for (const std::vector<PixelBox>& line : lines)
    obstacles.insert(obstacles.end(), line.begin(), line.end());
}

}  // namespace edgeopt::inline v0::io::detail
