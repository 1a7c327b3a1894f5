// SPDX-License-Identifier: MIT
/// @file
/// Bar and scatter charts as PNG pictures of 7 x 5 inches at 180 dots per inch, drawn by gnuplot.
///
/// The same chart gives the same bytes. Colours are those of M. Okabe and K. Ito ("Color Universal
/// Design", 2008), which remain distinct without colour vision; markers differ besides.
#pragma once

#include <gnuplot-iostream.h>

#include <algorithm>  // std::max, std::min, std::clamp
#include <array>
#include <cmath>  // std::ceil, std::hypot, std::isfinite
#include <cstddef>
#include <filesystem>
#include <limits>
#include <locale>  // std::locale::classic
#include <string>
#include <string_view>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/label_placement.hpp"
#include "edgeopt/io/png_resolution.hpp"
#include "edgeopt/io/program.hpp"
#include "edgeopt/io/readable.hpp"
#include "edgeopt/io/utf8.hpp"
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

/// The sentence for a run without gnuplot: which pictures are missing, and how to get them.
[[nodiscard]] inline std::string missing_pictures_note(const std::vector<std::string>& pictures) {
  std::string names;
  for (const std::string& picture : pictures) names += (names.empty() ? "" : ", ") + picture;
  return "not drawn: " + names +
         " (gnuplot was not found; on Debian: apt install gnuplot-nox fonts-dejavu-core)";
}

namespace detail {

inline constexpr double picture_width = 1260;
inline constexpr double picture_height = 900;
inline constexpr double picture_dots_per_inch = 180;
inline constexpr std::array<std::string_view, 7> okabe_ito{
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"};

/// Where the coordinate system lies within the picture, in shares of its size.
struct PlotArea {
  double left = 0.145;
  double right = 0.965;
  double bottom = 0.13;
  double top = 0.85;

  /// The place of shares of the axes in pixels.
  [[nodiscard]] double pixel_x(double share) const {
    return picture_width * (left + (right - left) * share);
  }
  [[nodiscard]] double pixel_y(double share) const {
    return picture_height * (bottom + (top - bottom) * share);
  }
};

/// The text as a quoted string of gnuplot. Punctuation is written in octal (`\047`), so that none
/// can end the string or run a command, and so are digits, which would lengthen an octal number
/// before them; gnuplot reads it back as it was.
[[nodiscard]] inline std::string gnuplot_quoted(std::string_view text) {
  constexpr std::string_view digits = "01234567";
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t valid = valid_utf8_prefix(text);
    for (const char c : text.substr(0, valid)) {
      const auto code = static_cast<unsigned char>(c);
      const bool is_plain =
          code >= 0x80 || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z');
      if (is_plain)
        quoted += c;
      else if (code <= ' ' || code == 0x7f)
        quoted += ' ';
      else
        quoted += {'\\', digits[code >> 6], digits[code >> 3 & 7], digits[code & 7]};
    }
    if (valid < text.size()) quoted += '?';
    text.remove_prefix(std::min(valid + 1, text.size()));
  }
  return quoted + "\"";
}

/// The same for a label of a tic, in which gnuplot also looks for number formats.
[[nodiscard]] inline std::string gnuplot_tic(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '%' ? std::string("%%") : std::string(1, c);
  return gnuplot_quoted(escaped);
}

/// At most `count` characters, the last an ellipsis where some are left out.
[[nodiscard]] inline std::string shortened(const std::string& text, std::size_t count) {
  if (character_count(text) <= count) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && ++seen == count) break;
  return text.substr(0, end) + "\u2026";
}

/// Collects commands and data for gnuplot and runs it.
class GnuplotRun {
 public:
  GnuplotRun() : stream_(script_.stream()) {
    stream_.imbue(std::locale::classic());
    stream_ << "set terminal pngcairo noenhanced size " << static_cast<int>(picture_width) << ","
            << static_cast<int>(picture_height)
            << " font 'DejaVu Sans,20' linewidth 2 background '#FFFFFF'\n"
               "set encoding utf8\n"
               "set border 3 linecolor '#404040' linewidth 0.8\n"
               "set tics nomirror out scale 0.6 font ',17' textcolor '#202020'\n"
               "set grid linecolor '#C8C8C8' linewidth 0.6 dashtype solid\n";
  }

  template <class Value>
  GnuplotRun& operator<<(const Value& value) {
    stream_ << value;
    return *this;
  }

  /// Sends the data of one `'-'` of a plot command.
  void send(const std::vector<std::pair<double, double>>& points) { stream_.send1d(points); }

  void set_frame(const PlotArea& area, const std::string& title, const std::string& x_label,
                 const std::string& y_label) {
    *this << "set lmargin at screen " << area.left << "\nset rmargin at screen " << area.right
          << "\nset bmargin at screen " << area.bottom << "\nset tmargin at screen " << area.top
          << "\nset label 1000 " << gnuplot_quoted(shortened(title, 70))
          << " at screen 0.5,0.955 center font ',24'\nset label 1001 "
          << gnuplot_quoted(shortened(x_label, 70)) << " at screen " << (area.left + area.right) / 2
          << ",0.035 center\nset label 1002 " << gnuplot_quoted(shortened(y_label, 50))
          << " at screen 0.022," << (area.bottom + area.top) / 2 << " center rotate by 90\n";
  }

  /// Runs gnuplot; gives the picture. @throws SystemError when it makes none
  [[nodiscard]] std::string picture(const std::filesystem::path& gnuplot) {
    stream_.flush();
    if (!stream_) throw SystemError("temporary file", "cannot be written");
    // -d: the user's own settings do not change the picture.
    const ProgramResult result = run_program(gnuplot, {"-d"}, script_);
    if (result.exit_status != 0 || result.output.empty())
      throw SystemError(gnuplot.string(), "made no picture" + reason(result.errors));
    return with_resolution(result.output, picture_dots_per_inch);
  }

 private:
  /// gnuplot's first complaint; it draws a caret under the place before it says what is wrong.
  static std::string reason(std::string_view errors) {
    const std::size_t line = errors.find("line ");
    if (line == errors.npos) return "";
    errors.remove_prefix(line);
    return ": " + std::string(errors.substr(0, errors.find('\n')));
  }

  TemporaryFile script_;
  gnuplotio::Gnuplot stream_;
};

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

/// The range of all x or all y of a chart.
[[nodiscard]] inline AxisRange axis_of(const ScatterChart& chart,
                                       std::vector<double> ScatterSeries::*values) {
  double smallest = std::numeric_limits<double>::infinity();
  double largest = -smallest;
  for (const ScatterSeries& series : chart.series)
    for (const double value : series.*values) {
      smallest = std::min(smallest, value);
      largest = std::max(largest, value);
    }
  return smallest <= largest ? AxisRange::around(smallest, largest) : AxisRange{};
}

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

/// Names the bars; many or long names stand upright, and of very many some are left out.
inline PlotArea set_bar_labels(GnuplotRun& run, const std::vector<std::string>& labels) {
  constexpr double character_width = 15;  // pixels, of the font at its size
  constexpr std::size_t longest_upright = 22;
  constexpr std::size_t most_upright = 40;
  PlotArea area;
  area.top = 0.89;  // there is no legend
  std::size_t longest = 1;
  for (const std::string& label : labels) longest = std::max(longest, character_count(label));
  const double place = (area.pixel_x(1) - area.pixel_x(0)) / static_cast<double>(labels.size());
  const bool are_upright = static_cast<double>(longest) * character_width > place;
  const std::size_t step = are_upright ? (labels.size() + most_upright - 1) / most_upright : 1;
  if (are_upright) {
    longest = std::min(longest, longest_upright);
    area.bottom = 0.11 + static_cast<double>(longest) * 11 / picture_height;
    run << "set xtics rotate by 90 right font ',15'\n";
  }
  run << "set xtics scale 0 (";
  for (std::size_t i = 0; i < labels.size(); i += step)
    run << (i > 0 ? ", " : "")
        << gnuplot_tic(are_upright ? shortened(labels[i], longest_upright) : labels[i]) << " " << i;
  run << ")\nset grid noxtics\n";
  return area;
}

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

inline void plot_series(GnuplotRun& run, const ScatterChart& chart) {
  std::vector<const ScatterSeries*> passes;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    if (chart.series[i].x.empty()) continue;
    const PlotElement element = plot_element(chart.series[i], i);
    run << (passes.empty() ? "plot " : ", ") << element.command;
    passes.insert(passes.end(), element.passes, &chart.series[i]);
  }
  if (passes.empty()) run << "set label 'no data' at graph 0.5,0.5 center\nplot 1/0 notitle";
  run << "\n";
  for (const ScatterSeries* series : passes) {
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = 0; i < series->x.size(); ++i)
      points.emplace_back(series->x[i], series->y[i]);
    run.send(points);
  }
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

/// Writes the labels of all points where they cover nothing, with a thin line to those far off.
inline void set_point_labels(GnuplotRun& run, const ScatterChart& chart, const PixelMap& map) {
  constexpr double character_width = 11;  // pixels, of the font at size 15
  constexpr double line_height = 22;
  constexpr double far_off = 24;
  std::vector<LabelledPoint> points;
  std::vector<std::string> texts;
  for (const ScatterSeries& series : chart.series)
    for (std::size_t i = 0; i < series.point_labels.size(); ++i) {
      if (series.point_labels[i].empty()) continue;
      texts.push_back(shortened(series.point_labels[i], 32));
      points.push_back({map.x(series.x[i]), map.y(series.y[i]),
                        character_width * static_cast<double>(character_count(texts.back())),
                        line_height});
    }

  const std::vector<PixelBox> boxes = place_labels(points, obstacles_of(chart, map), map.frame());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const PixelBox& box = boxes[i];
    run << "set label " << gnuplot_quoted(texts[i]) << " at screen "
        << (box.left + box.right) / 2 / picture_width << ","
        << (box.bottom + box.top) / 2 / picture_height
        << " center font ',15' textcolor '#202020' front\n";
    const double x = std::clamp(points[i].x, box.left, box.right);
    const double y = std::clamp(points[i].y, box.bottom, box.top);
    if (std::hypot(x - points[i].x, y - points[i].y) > far_off)
      run << "set arrow from screen " << points[i].x / picture_width << ","
          << points[i].y / picture_height << " to screen " << x / picture_width << ","
          << y / picture_height << " nohead linecolor '#909090' linewidth 0.5 back\n";
  }
}

}  // namespace detail

/// Draws a bar chart with `gnuplot` (see `find_program`); gives the bytes of the PNG file. A chart
/// without bars says "no data".
/// @throws DomainError for values that are negative, not finite, or not as many as labels
/// @throws SystemError when gnuplot makes no picture
[[nodiscard]] inline std::string to_png(const BarChart& chart,
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
  return run.picture(gnuplot);
}

/// Draws a scatter chart; otherwise like the bar chart.
/// @throws DomainError for values that are not finite, and lists of different lengths
/// @throws SystemError when gnuplot makes no picture
[[nodiscard]] inline std::string to_png(const ScatterChart& chart,
                                        const std::filesystem::path& gnuplot) {
  detail::check_chart(chart);
  const detail::PixelMap map{
      {}, detail::axis_of(chart, &ScatterSeries::x), detail::axis_of(chart, &ScatterSeries::y)};
  detail::GnuplotRun run;
  run.set_frame(map.area, chart.title, chart.x_label, chart.y_label);
  run << "set key at screen 0.545,0.905 center horizontal reverse Left samplen 1.5 font ',17'\n"
      << "set xrange [" << map.x_axis.low << ":" << map.x_axis.high << "]\nset yrange ["
      << map.y_axis.low << ":" << map.y_axis.high << "]\n";
  detail::set_point_labels(run, chart, map);
  detail::plot_series(run, chart);
  return run.picture(gnuplot);
}

}  // namespace edgeopt::inline v0::io
