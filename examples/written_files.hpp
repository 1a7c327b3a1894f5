// Where a program says that its files are.
#pragma once

#include <iostream>
#include <string>
#include <vector>

namespace examples {

/// "Written to <folder>: <files>" on standard error, and what was left out.
inline void report_written(const std::string& folder, const std::vector<std::string>& files,
                           const std::string& missing_pictures_note = {}) {
  std::string names;
  for (const std::string& file : files) names += (names.empty() ? "" : ", ") + file;
  std::cerr << "Written to " << folder << ": " << names << '\n';
  if (!missing_pictures_note.empty()) std::cerr << missing_pictures_note << '\n';
}

}  // namespace examples
