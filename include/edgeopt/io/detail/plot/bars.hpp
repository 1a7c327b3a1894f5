// SPDX-License-Identifier: MIT
/// @file
/// The names of bars.
#pragma once

#include <algorithm>  // std::max, std::min
#include <cstddef>
#include <string>
#include <vector>

#include "edgeopt/io/detail/plot/gnuplot_run.hpp"
#include "edgeopt/io/utf8.hpp"

namespace edgeopt::inline v0::io::detail {

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

}  // namespace edgeopt::inline v0::io::detail
