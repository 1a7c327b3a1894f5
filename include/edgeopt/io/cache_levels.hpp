// SPDX-License-Identifier: MIT
/// @file
/// The caches of this machine's first processor, as Linux tells of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "edgeopt/io/file.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0::io {

/// A cache that holds data.
struct CacheLevel {
  std::int64_t level = 1;
  std::int64_t bytes = 0;
  std::int64_t processors = 0;  ///< that share it; 0 where the system does not tell

  friend bool operator==(const CacheLevel&, const CacheLevel&) = default;
};

namespace detail {

inline std::string first_line(const std::filesystem::path& path) {
  constexpr std::int64_t most = 4096;
  const std::string text = read_file(path, most);
  return text.substr(0, text.find('\n'));
}

/// "48K" or "2M" in bytes; 0 for anything else.
inline std::int64_t bytes_of_size(std::string text) {
  std::int64_t unit = 1;
  if (!text.empty() && (text.back() == 'K' || text.back() == 'M')) {
    unit = text.back() == 'K' ? 1024 : 1024 * 1024;
    text.pop_back();
  }
  const auto number = parse_integer<std::int64_t>(text);
  return number && *number > 0 && *number < (std::int64_t{1} << 40) ? *number * unit : 0;
}

/// Processors in a list such as "0-3,8", 5; 0 for anything else.
inline std::int64_t processors_of_list(std::string_view list) {
  std::int64_t count = 0;
  while (true) {
    const std::string_view range = list.substr(0, list.find(','));
    const auto first = parse_integer<std::int64_t>(range.substr(0, range.find('-')));
    const auto last = parse_integer<std::int64_t>(range.substr(range.find('-') + 1));
    if (!first || !last || *first < 0 || *last < *first || *last >= (1 << 20)) return 0;
    count += *last - *first + 1;
    if (range.size() == list.size()) return count;
    list.remove_prefix(range.size() + 1);
  }
}

/// Processors that share a cache, as its folder tells.
inline std::int64_t processors_sharing(const std::filesystem::path& cache) {
  const std::filesystem::path list = cache / "shared_cpu_list";
  std::error_code error;
  return std::filesystem::exists(list, error) ? processors_of_list(first_line(list)) : 0;
}

}  // namespace detail

/// Caches for data, the smallest level first; empty where the system does not tell.
[[nodiscard]] inline std::vector<CacheLevel> cache_levels(
    const std::filesystem::path& folder = "/sys/devices/system/cpu/cpu0/cache") {
  std::vector<CacheLevel> levels;
  for (int index = 0; index < 16; ++index) {
    const std::filesystem::path cache = folder / ("index" + std::to_string(index));
    std::error_code error;
    if (!std::filesystem::is_directory(cache, error)) break;
    try {
      if (detail::first_line(cache / "type") == "Instruction") continue;
      const auto level = parse_integer<std::int64_t>(detail::first_line(cache / "level"));
      const std::int64_t bytes = detail::bytes_of_size(detail::first_line(cache / "size"));
      const std::int64_t before = levels.empty() ? 0 : levels.back().level;
      if (level && *level > before && bytes > 0)
        levels.push_back({*level, bytes, detail::processors_sharing(cache)});
    } catch (const Error&) {
      break;  // not all virtual machines tell
    }
  }
  return levels;
}

}  // namespace edgeopt::inline v0::io
