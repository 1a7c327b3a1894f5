// SPDX-License-Identifier: MIT
/// @file
/// The memory plan of a network as files.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "edgeopt/io/arena_chart.hpp"
#include "edgeopt/memory_plan.hpp"
#include "edgeopt/study/artifact_writer.hpp"

namespace edgeopt::inline v0 {

/// memory_plan.csv and memory_plan.png.
/// @throws SystemError when the system refuses
inline void save_memory_artifacts(ArtifactWriter& writer, const MemoryPlan& plan,
                                  const std::string& title) {
  writer.draw("memory_plan.png", io::arena_chart(plan, title));
  writer.write_rows("memory_plan.csv", planned_tensors(plan));
}

/// The same into a folder of their own.
inline WrittenFiles save_memory_artifacts(const std::filesystem::path& folder,
                                          const MemoryPlan& plan, const std::string& title,
                                          std::string_view gnuplot = "gnuplot") {
  return write_files(folder, gnuplot,
                     [&](ArtifactWriter& writer) { save_memory_artifacts(writer, plan, title); });
}

}  // namespace edgeopt::inline v0
