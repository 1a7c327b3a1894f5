// SPDX-License-Identifier: MIT
/// @file
/// The operator profile of a streaming pipeline as files.
#pragma once

#include <filesystem>
#include <vector>

#include "edgeopt/io/csv.hpp"
#include "edgeopt/io/output_folder.hpp"
#include "edgeopt/operator_profile.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0 {

/// Writes operator_profile.csv and hardware_totals.csv of a profile
/// (`build_hardware_profile_table`).
/// @throws SystemError when the folder cannot be used or the system refuses
inline void write_hardware_profile_artifacts(const std::filesystem::path& folder_path,
                                             const OperatorProfile& profile) {
  io::OutputFolder folder(folder_path);
  folder.stage("operator_profile.csv", io::to_csv(to_table(profile.operators)));
  folder.stage("hardware_totals.csv", io::to_csv(to_table(std::vector{profile.totals})));
  folder.commit("hardware_totals.csv");
}

}  // namespace edgeopt::inline v0
