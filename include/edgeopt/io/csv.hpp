// SPDX-License-Identifier: MIT
/// @file
/// Tables as CSV (RFC 4180) and back. Lines are found by fast-cpp-csv-parser; cells stay text,
/// because its number conversion is neither exact nor strict: `from_table` reads the numbers.
/// That library declares a global namespace `io`: behind `using namespace edgeopt` this one has to
/// be called `edgeopt::io`.
#pragma once

// GCC warns of the library's (intended) truncation of file names wherever it inlines it.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#endif
#if __has_include(<libfccp/csv.h>)  // Debian's place
#include <libfccp/csv.h>
#else
#include <csv.h>
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/utf8.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0::io {

/// How much a CSV file may hold.
struct CsvLimits {
  /// Below 2^25, where the line reader would start a thread of its own.
  static constexpr std::int64_t max_bytes = (std::int64_t{1} << 25) - 2;

  std::int64_t line_bytes = std::int64_t{1} << 20;
  std::int64_t columns = 4096;
};

namespace detail {

/// The records of a CSV text: lines split at commas, quotes undone, quoted line breaks joined.
class CsvRecords {
 public:
  CsvRecords(std::string text, std::string name, const CsvLimits& limits)
      : text_(terminated(std::move(text))),
        name_(std::move(name)),
        limits_(limits),
        lines_(name_, text_.data(), text_.data() + text_.size()) {}

  /// Reads the next record into `cells`; false at the end. Empty lines are passed over.
  bool next(std::vector<std::string>& cells) {
    cells.clear();
    do {
      if (!next_line()) return false;
    } while (line_.empty());
    first_line_ = line_number();
    std::size_t position = 0;
    do {
      if (cells.size() == static_cast<std::size_t>(limits_.columns))
        fail("more columns", "at most " + std::to_string(limits_.columns));
      cells.emplace_back();
      position = read_cell(position, cells.back());
    } while (position < line_.size() + 1);
    return true;
  }

  /// Number of the line on which the last record began.
  [[nodiscard]] std::int64_t first_line() const noexcept { return first_line_; }

  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw InputError(name_, "line " + std::to_string(first_line_), found, expected);
  }

 private:
  /// The line reader looks at the byte behind the text unless that ends with a line break.
  static std::string terminated(std::string text) {
    if (!text.ends_with('\n')) text += '\n';
    return text;
  }

  [[nodiscard]] std::int64_t line_number() const { return lines_.get_file_line(); }

  bool next_line() {
    const char* line = nullptr;
    try {
      line = lines_.next_line();
    } catch (const ::io::error::line_length_limit_exceeded&) {
      fail_long_line();
    }
    if (line == nullptr) return false;
    line_ = line;  // the text holds no NUL but the one that ends the line
    if (line_.size() > static_cast<std::size_t>(limits_.line_bytes)) fail_long_line();
    return true;
  }

  [[noreturn]] void fail_long_line() const {
    throw InputError(name_, "line " + std::to_string(line_number()), "a longer line",
                     "at most " + std::to_string(limits_.line_bytes) + " bytes");
  }

  /// Reads the cell at `position`; gives the position behind the comma or line end after it.
  std::size_t read_cell(std::size_t position, std::string& cell) {
    if (position < line_.size() && line_[position] == '"') return read_quoted(position + 1, cell);
    const std::size_t comma = line_.find(',', position);
    const std::size_t end = comma == line_.npos ? line_.size() : comma;
    cell = line_.substr(position, end - position);
    if (cell.find('"') != cell.npos)
      fail("a quote within '" + cell + "'", "a cell quoted as a whole");
    return end + 1;
  }

  std::size_t read_quoted(std::size_t position, std::string& cell) {
    while (true) {
      const std::size_t quote = line_.find('"', position);
      if (quote == line_.npos) {  // the cell goes on in the next line
        cell.append(line_, position);
        cell += '\n';
        if (cell.size() > static_cast<std::size_t>(limits_.line_bytes)) fail_long_line();
        if (!next_line()) fail("a quote that is never closed", "a closing quote");
        position = 0;
        continue;
      }
      cell.append(line_, position, quote - position);
      const std::size_t after = quote + 1;
      if (after == line_.size() || line_[after] == ',') return after + 1;
      if (line_[after] != '"')
        fail("text behind a closing quote", "a comma or the end of the line");
      cell += '"';
      position = after + 1;
    }
  }

  std::string text_;
  std::string name_;
  CsvLimits limits_;
  ::io::LineReader lines_;
  std::string line_;
  std::int64_t first_line_ = 1;
};

inline std::vector<std::string> read_csv_header(CsvRecords& records, const std::string& name) {
  std::vector<std::string> header;
  if (!records.next(header)) throw InputError(name, "", "nothing", "a header line");
  std::unordered_set<std::string_view> seen;
  for (const std::string& column : header) {
    if (column.empty()) records.fail("a column without a name", "a name for each column");
    if (!seen.insert(column).second)
      records.fail("column '" + column + "' twice", "different names");
  }
  return header;
}

inline void append_csv_cell(std::string& text, const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == cell.npos) {
    text += cell;
    return;
  }
  text += '"';
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

}  // namespace detail

/// Reads CSV text whose first line is the header. All cells are texts, exactly as they stand there
/// but for the quotes, and but for CR LF within quotes, which becomes LF. `name` is what messages
/// call the text. A header alone is an empty table. LF and CR LF end a line; empty lines are passed
/// over (in a table of one column an empty cell is therefore written `""`).
/// @throws InputError for text that is not UTF-8, an empty text, columns without a name or with
///   the same one, rows with another number of cells, misplaced quotes, and what the limits exclude
[[nodiscard]] inline Table parse_csv(std::string text, const std::string& name,
                                     const CsvLimits& limits = {}) {
  detail::check_text(text, name, CsvLimits::max_bytes);
  detail::CsvRecords records(std::move(text), name, limits);
  Table table;
  table.name = name;
  table.header = detail::read_csv_header(records, name);
  std::vector<std::string> cells;
  while (records.next(cells)) {
    if (cells.size() != table.header.size())
      records.fail(std::to_string(cells.size()) + " cells",
                   std::to_string(table.header.size()) + ", one for each column");
    table.rows.emplace_back(cells.begin(), cells.end());
    table.lines.push_back(records.first_line());
  }
  return table;
}

/// Reads a CSV file; see `parse_csv`. @throws SystemError when it cannot be read
[[nodiscard]] inline Table read_csv(const std::filesystem::path& path,
                                    const CsvLimits& limits = {}) {
  return parse_csv(read_file(path, CsvLimits::max_bytes), path.string(), limits);
}

/// A table as CSV: UTF-8, a header line, LF, cells as `to_text` gives them, quoted where needed.
[[nodiscard]] inline std::string to_csv(const Table& table) {
  std::string text;
  const auto end_line = [&](bool is_blank) { text += is_blank ? "\"\"\n" : "\n"; };
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    if (i > 0) text += ',';
    detail::append_csv_cell(text, table.header[i]);
  }
  end_line(false);
  for (const std::vector<Cell>& row : table.rows) {
    const std::size_t before = text.size();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += ',';
      detail::append_csv_cell(text, to_text(row[i]));
    }
    end_line(text.size() == before);  // a lone empty cell must not look like no row at all
  }
  return text;
}

}  // namespace edgeopt::inline v0::io
