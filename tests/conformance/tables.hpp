// Tables of the oracles as rows.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "comparison.hpp"
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

}  // namespace oracles
