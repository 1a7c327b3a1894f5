// Tables of the oracles as rows, and how far our numbers lie from theirs.
#pragma once

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "edgeopt/io/csv.hpp"
#include "edgeopt/table.hpp"
#include "oracles.hpp"

namespace oracles {

/// The rows of a CSV file of the oracles; never empty. Row has a `visit_columns`.
template <class Row>
std::vector<Row> rows(const std::filesystem::path& file) {
  const auto found = edgeopt::from_table<Row>(edgeopt::io::read_csv(file));
  if (found.empty()) throw std::runtime_error(file.string() + " holds no row");
  return found;
}

/// Collects how far numbers lie from what was expected, and prints the largest when it goes.
class Deviations {
 public:
  explicit Deviations(std::string what) : what_(std::move(what)) {}
  Deviations(const Deviations&) = delete;
  Deviations& operator=(const Deviations&) = delete;
  ~Deviations() {
    std::printf("%s: %zu numbers, largest deviation %.3g, relative %.3g\n", what_.c_str(), count_,
                absolute_, relative_);
  }

  /// Whether the number is within a relative tolerance.
  bool within(double relative_tolerance, double found, double expected) {
    const double deviation = std::abs(found - expected);
    ++count_;
    absolute_ = std::max(absolute_, deviation);
    if (expected != 0) relative_ = std::max(relative_, deviation / std::abs(expected));
    return deviation <= relative_tolerance * std::abs(expected);  // false for NaN
  }

 private:
  std::string what_;
  std::size_t count_ = 0;
  double absolute_ = 0;
  double relative_ = 0;
};

}  // namespace oracles
