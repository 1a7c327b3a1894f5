// SPDX-License-Identifier: MIT
/// @file
/// Charts as values: what is to be seen, without how it is drawn (see plot.hpp).
#pragma once

#include <cmath>  // std::isfinite
#include <cstddef>
#include <string>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0::io {

/// One bar for each label.
struct BarChart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<std::string> labels;
  std::vector<double> values;  ///< finite and not negative, one for each label
};

enum class Marker { none, circle, cross, triangle, square };
enum class Connection { none, line, steps };  ///< steps go right first, then up or down

/// Points that belong together. The colour follows the position in the chart.
struct ScatterSeries {
  std::string name;  ///< as the legend shows it
  std::vector<double> x;
  std::vector<double> y;
  std::vector<std::string> point_labels = {};  ///< none, or one for each point
  Marker marker = Marker::circle;
  Connection connection = Connection::none;
};

/// Series in one coordinate system; those without points are left out.
struct ScatterChart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<ScatterSeries> series;
};

/// What no point of a log-log chart passes, such as a roofline's peak or bandwidth.
struct Ceiling {
  enum class Shape {
    level,  ///< y = value
    slope,  ///< y = value * x
  };
  std::string name;
  Shape shape = Shape::level;
  double value = 1;  ///< positive
};

/// Series under ceilings, both axes logarithmic. Slopes are drawn up to the highest level, levels
/// from the steepest slope on.
struct LogLogChart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Ceiling> ceilings;
  std::vector<ScatterSeries> series;  ///< of positive values
};

/// A rectangle with its label inside, where that is large enough for it.
struct Rectangle {
  double left = 0;
  double right = 0;  ///< not below `left`
  double bottom = 0;
  double top = 0;  ///< not below `bottom`
  std::string label = {};
};

/// A horizontal line, named in the legend.
struct Level {
  std::string name;
  double y = 0;
};

/// Rectangles in one coordinate system, such as pieces of memory over time.
struct RectangleChart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Rectangle> rectangles;
  std::vector<Level> levels = {};
};

namespace detail {

inline void check_values(const std::string& parameter, const std::vector<double>& values) {
  for (const double value : values)
    if (!std::isfinite(value))
      throw DomainError(parameter, format_real(value), "a finite number, so that it can be drawn");
}

inline void check_chart(const BarChart& chart) {
  if (chart.labels.size() != chart.values.size())
    throw DomainError("bar chart", std::to_string(chart.labels.size()) + " labels",
                      "one for each of " + std::to_string(chart.values.size()) + " values");
  check_values("bar", chart.values);
  for (const double value : chart.values)
    if (value < 0) throw DomainError("bar", format_real(value), "not negative");
}

inline void check_chart(const ScatterChart& chart) {
  for (const ScatterSeries& series : chart.series) {
    const std::size_t count = series.x.size();
    if (series.y.size() != count ||
        (!series.point_labels.empty() && series.point_labels.size() != count))
      throw DomainError("series '" + series.name + "'", "lists of different lengths",
                        "as many y and labels as x");
    check_values("series '" + series.name + "', x", series.x);
    check_values("series '" + series.name + "', y", series.y);
  }
}

inline void check_chart(const LogLogChart& chart) {
  check_chart(ScatterChart{{}, {}, {}, chart.series});
  const auto check_positive = [](const std::string& parameter, double value) {
    if (!(value > 0))
      throw DomainError(parameter, format_real(value), "above 0 on a logarithmic axis");
  };
  for (const ScatterSeries& series : chart.series) {
    for (const double x : series.x) check_positive("series '" + series.name + "', x", x);
    for (const double y : series.y) check_positive("series '" + series.name + "', y", y);
  }
  for (const Ceiling& ceiling : chart.ceilings) {
    check_values("ceiling '" + ceiling.name + "'", {ceiling.value});
    check_positive("ceiling '" + ceiling.name + "'", ceiling.value);
  }
}

inline void check_chart(const RectangleChart& chart) {
  for (const Rectangle& each : chart.rectangles) {
    check_values("rectangle '" + each.label + "'", {each.left, each.right, each.bottom, each.top});
    if (each.right < each.left || each.top < each.bottom)
      throw DomainError("rectangle '" + each.label + "'", "inside out",
                        "left <= right and bottom <= top");
  }
  for (const Level& level : chart.levels) check_values("level '" + level.name + "'", {level.y});
}

}  // namespace detail

}  // namespace edgeopt::inline v0::io
