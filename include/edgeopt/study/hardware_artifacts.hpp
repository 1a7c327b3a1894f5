// SPDX-License-Identifier: MIT
/// @file
/// The hardware analysis of a network and its sweep as files.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "edgeopt/hardware_summary.hpp"
#include "edgeopt/io/plot.hpp"
#include "edgeopt/rows.hpp"
#include "edgeopt/study/artifact_writer.hpp"

namespace edgeopt::inline v0 {

/// What a hardware analysis is made of.
struct HardwareAnalysis {
  std::vector<LayerEstimate> layers;
  std::vector<PrecisionTradeoff> precisions;
  HardwareSummary summary;
};

/// The output of each layer in MB.
[[nodiscard]] inline io::BarChart activation_memory_chart(
    const std::vector<LayerEstimate>& layers) {
  io::BarChart chart{"Memory of each layer's output, one batch", "layer", "output (MB)", {}, {}};
  for (const LayerEstimate& layer : layers) {
    chart.labels.push_back(layer.layer);
    chart.values.push_back(static_cast<double>(layer.activation_bytes) / 0x1p20);
  }
  return chart;
}

/// The multiply-accumulates of each layer in millions.
[[nodiscard]] inline io::BarChart macs_chart(const std::vector<LayerEstimate>& layers) {
  io::BarChart chart{
      "Multiply-accumulates of each layer, one batch", "layer", "MACs (millions)", {}, {}};
  for (const LayerEstimate& layer : layers) {
    chart.labels.push_back(layer.layer);
    chart.values.push_back(static_cast<double>(layer.macs) / 1e6);
  }
  return chart;
}

/// layerwise_breakdown.csv, precision_tradeoffs.csv, hardware_summary.csv,
/// layerwise_activation_memory.png and layerwise_macs.png.
/// @throws SystemError when the system refuses
inline void save_hardware_artifacts(ArtifactWriter& writer, const HardwareAnalysis& analysis) {
  writer.write_rows("layerwise_breakdown.csv", analysis.layers);
  writer.write_rows("precision_tradeoffs.csv", analysis.precisions);
  writer.write_rows("hardware_summary.csv", std::vector{analysis.summary});
  writer.draw("layerwise_activation_memory.png", activation_memory_chart(analysis.layers));
  writer.draw("layerwise_macs.png", macs_chart(analysis.layers));
}

/// The same into a folder of their own.
inline WrittenFiles save_hardware_artifacts(const std::filesystem::path& folder,
                                            const HardwareAnalysis& analysis,
                                            std::string_view gnuplot = "gnuplot") {
  return write_files(folder, gnuplot,
                     [&](ArtifactWriter& writer) { save_hardware_artifacts(writer, analysis); });
}

}  // namespace edgeopt::inline v0
