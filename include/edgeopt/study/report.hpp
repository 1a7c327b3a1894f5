// SPDX-License-Identifier: MIT
/// @file
/// A report as sections of text, tables and pictures, in Markdown and in HTML.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/columns.hpp"
#include "edgeopt/io/base64.hpp"
#include "edgeopt/io/html.hpp"
#include "edgeopt/io/markdown.hpp"
#include "edgeopt/io/readable.hpp"
#include "edgeopt/study/artifact_writer.hpp"  // Picture
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0 {

/// One part of a report, shown in this order.
struct ReportSection {
  std::string title;
  std::vector<std::string> paragraphs{};
  std::vector<Table> tables{};
  std::vector<std::string> pictures{};  ///< names of picture files
};

struct Report {
  std::string title;
  std::vector<ReportSection> sections;
};

/// Some columns of a table, in the order given. @throws InputError for one that it does not have
[[nodiscard]] inline Table select_columns(const Table& table,
                                          std::span<const std::string_view> columns) {
  Table selected;
  selected.name = table.name;
  selected.rows.resize(table.rows.size());
  for (const std::string_view name : columns) {
    const std::size_t column = table.column_index(name);
    selected.header.push_back(table.header[column]);
    for (std::size_t row = 0; row < table.rows.size(); ++row)
      selected.rows[row].push_back(table.rows[row][column]);
  }
  return selected;
}

/// A single row with its columns below one another.
template <Row RowType>
[[nodiscard]] Table upright_table(const RowType& row) {
  const Table flat = to_table(std::span(&row, 1));
  Table upright;
  upright.header = {"quantity", "value"};
  for (std::size_t i = 0; i < flat.header.size(); ++i)
    upright.rows.push_back({flat.header[i], flat.rows[0][i]});
  return upright;
}

/// Real numbers of reports are rounded to so many digits; the CSV files have all of them.
inline constexpr io::Digits report_digits{4};

namespace detail {

[[nodiscard]] inline const Picture* find_picture(std::span<const Picture> pictures,
                                                 std::string_view name) {
  for (const Picture& picture : pictures)
    if (picture.name == name) return &picture;
  return nullptr;
}

}  // namespace detail

/// The report with its pictures as links to files beside it; those not given are left out.
[[nodiscard]] inline std::string to_markdown(const Report& report,
                                             std::span<const Picture> pictures) {
  std::string text = "# " + report.title + "\n";
  for (const ReportSection& section : report.sections) {
    text += "\n## " + section.title + "\n";
    for (const std::string& paragraph : section.paragraphs) text += "\n" + paragraph + "\n";
    for (const Table& table : section.tables) text += "\n" + io::to_markdown(table, report_digits);
    for (const std::string& name : section.pictures)
      if (detail::find_picture(pictures, name)) text += "\n![" + name + "](" + name + ")\n";
  }
  return text;
}

namespace detail {

inline constexpr std::string_view report_style =
    "body { font-family: sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }\n"
    "table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }\n"
    "th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid #ccc; text-align: left; }\n"
    "img { max-width: 42rem; width: 100%; }\n";

}  // namespace detail

/// The report as one HTML file that holds its pictures; those not given are left out.
[[nodiscard]] inline std::string to_html(const Report& report, std::span<const Picture> pictures) {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
      io::html_escaped(report.title) + "</title>\n<style>\n" + std::string(detail::report_style) +
      "</style>\n</head>\n<body>\n<h1>" + io::html_escaped(report.title) + "</h1>\n";
  for (const ReportSection& section : report.sections) {
    text += "<h2>" + io::html_escaped(section.title) + "</h2>\n";
    for (const std::string& paragraph : section.paragraphs)
      text += "<p>" + io::html_escaped(paragraph) + "</p>\n";
    for (const Table& table : section.tables) text += io::to_html(table, report_digits);
    for (const std::string& name : section.pictures)
      if (const Picture* picture = detail::find_picture(pictures, name))
        text += "<p><img alt=\"" + io::html_escaped(name) + "\" src=\"data:image/png;base64," +
                io::to_base64(picture->png) + "\"></p>\n";
  }
  return text + "</body>\n</html>\n";
}

}  // namespace edgeopt::inline v0
