// SPDX-License-Identifier: MIT
/// @file
/// A roofline as a picture and as files.
#pragma once

#include <algorithm>  // std::stable_sort
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/io/plot.hpp"
#include "edgeopt/io/readable.hpp"
#include "edgeopt/roofline.hpp"
#include "edgeopt/study/artifact_writer.hpp"

namespace edgeopt::inline v0 {

/// A machine and the operators under its ceilings.
struct RooflineAnalysis {
  std::string network;
  Roofline roofline;
  std::vector<RooflinePoint> points;
};

namespace detail {

/// Whether each point multiplies and is one of the `count` that take longest, as measured, else by
/// their bounds.
inline std::vector<bool> are_longest(const std::vector<RooflinePoint>& points, std::size_t count) {
  const auto ms = [&](std::size_t i) {
    return points[i].measured_ms.value_or(points[i].time_lower_bound_ms.value_or(0));
  };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (points[i].macs > 0) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return ms(a) > ms(b); });
  std::vector<bool> longest(points.size(), false);
  for (std::size_t i = 0; i < order.size() && i < count; ++i) longest[order[i]] = true;
  return longest;
}

}  // namespace detail

/// How many operators a roofline's picture has room to name.
inline constexpr std::size_t named_roofline_points = 8;

/// Ceilings with their names and rates, and each operator at its intensity: what it can attain, and
/// what it was measured to reach. Operators without multiply-accumulates or without a bound have
/// no place on logarithmic axes and are left out. Named are those that take longest, at most
/// `named_roofline_points`; the legend tells when there are more.
[[nodiscard]] inline io::LogLogChart roofline_chart(const RooflineAnalysis& analysis) {
  io::LogLogChart chart;
  chart.title = analysis.network + " on " + analysis.roofline.name;
  chart.x_label = "arithmetic intensity (multiply-accumulates per byte)";
  chart.y_label = "rate (10^9 multiply-accumulates/s)";
  const auto named = [](const std::string& name, double rate, const char* unit) {
    return name + ", " + io::to_readable(rate, {3}) + unit;
  };
  for (const ComputeCeiling& ceiling : analysis.roofline.compute)
    chart.ceilings.push_back(
        {named(ceiling.name, ceiling.gmacs, " GMAC/s"), io::Ceiling::Shape::level, ceiling.gmacs});
  for (const MemoryCeiling& ceiling : analysis.roofline.memory) {
    std::string name = named(ceiling.name, ceiling.bandwidth_gbps, " GB/s");
    if (ceiling.cached_bytes.value_or(0) > 0)  // what fits before it may lie above its slope
      name += " past " + io::to_readable(static_cast<double>(*ceiling.cached_bytes) / 0x1p20, {2}) +
              " MB";
    chart.ceilings.push_back({name, io::Ceiling::Shape::slope, ceiling.bandwidth_gbps});
  }

  const std::vector<bool> longest = detail::are_longest(analysis.points, named_roofline_points);
  bool names_all = true;
  io::ScatterSeries attainable{.name = "attainable at most", .x = {}, .y = {}};
  io::ScatterSeries measured{.name = "measured", .x = {}, .y = {}, .marker = io::Marker::triangle};
  for (std::size_t i = 0; i < analysis.points.size(); ++i) {
    const RooflinePoint& point = analysis.points[i];
    const double intensity = point.arithmetic_intensity_macs_per_byte;
    if (!(intensity > 0)) continue;
    const auto add = [&](io::ScatterSeries& series, double rate) {
      series.x.push_back(intensity);
      series.y.push_back(rate);
      series.point_labels.push_back(longest[i] ? point.name : "");
    };
    names_all = names_all && longest[i];
    if (point.attainable_gmacs && *point.attainable_gmacs > 0)
      add(attainable, *point.attainable_gmacs);
    if (point.achieved_gmacs) add(measured, *point.achieved_gmacs);
  }
  if (!names_all)
    attainable.name = "at most; longest " + std::to_string(named_roofline_points) + " named";
  chart.series = {attainable, measured};
  return chart;
}

/// roofline_points.csv, roofline_ceilings.csv and roofline.png.
/// @throws SystemError when the system refuses
inline void save_roofline_artifacts(ArtifactWriter& writer, const RooflineAnalysis& analysis) {
  writer.write_rows("roofline_points.csv", analysis.points);
  writer.write_rows("roofline_ceilings.csv", ceiling_rows(analysis.roofline));
  writer.draw("roofline.png", roofline_chart(analysis));
}

/// The same into a folder of their own.
inline WrittenFiles save_roofline_artifacts(const std::filesystem::path& folder,
                                            const RooflineAnalysis& analysis,
                                            std::string_view gnuplot = "gnuplot") {
  return write_files(folder, gnuplot,
                     [&](ArtifactWriter& writer) { save_roofline_artifacts(writer, analysis); });
}

}  // namespace edgeopt::inline v0
