// SPDX-License-Identifier: MIT
/// @file
/// JSON (RFC 8259) read strictly and written exactly, through nlohmann-json.
#pragma once

#include <cmath>  // std::isfinite
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/utf8.hpp"
#include "edgeopt/table.hpp"

namespace edgeopt::inline v0::io {

/// A JSON value whose objects keep their order.
using Json = nlohmann::ordered_json;

/// How much a JSON text may hold.
struct JsonLimits {
  std::int64_t bytes = std::int64_t{1} << 24;
  std::int64_t depth = 64;
  std::int64_t keys = 4096;  ///< of one object, whose keys are searched one after another
};

namespace detail {

/// Watches the parser for what it lets pass: depth, long objects and duplicate keys.
class JsonWatch {
 public:
  JsonWatch(const std::string& name, const JsonLimits& limits) : name_(name), limits_(limits) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= limits_.depth)
        throw InputError(name_, place(), "deeper nesting",
                         "at most " + std::to_string(limits_.depth) + " levels");
      if (event == Event::object_start) objects_.emplace_back();
    } else if (event == Event::object_end) {
      objects_.pop_back();
    } else if (event == Event::key) {
      add_key(parsed.get_ref<const std::string&>());
    }
    return true;
  }

 private:
  struct Object {
    std::unordered_set<std::string> keys = {};
    std::string last_key = {};
  };

  [[nodiscard]] std::string place() const {
    return objects_.empty() || objects_.back().last_key.empty()
               ? ""
               : "key '" + objects_.back().last_key + "'";
  }

  void add_key(const std::string& key) {
    Object& object = objects_.back();
    object.last_key = key;
    if (!object.keys.insert(key).second)
      throw InputError(name_, place(), "the key again", "each key once in an object");
    if (static_cast<std::int64_t>(object.keys.size()) > limits_.keys)
      throw InputError(name_, place(), "more keys in one object",
                       "at most " + std::to_string(limits_.keys));
  }

  const std::string& name_;
  JsonLimits limits_;
  std::vector<Object> objects_;
};

/// "syntax error while parsing value - unexpected end of input" out of nlohmann's message, which
/// begins with the exception's number and the place.
[[nodiscard]] inline std::string json_reason(std::string_view what) {
  const std::size_t begin = what.find("] ");
  if (begin != what.npos) what.remove_prefix(begin + 2);
  if (what.starts_with("parse error")) {
    const std::size_t colon = what.find(": ");
    if (colon != what.npos) what.remove_prefix(colon + 2);
  }
  return std::string(what);
}

}  // namespace detail

/// Reads one JSON value; `name` is what messages call the text.
/// @throws InputError for a text that is not JSON (NaN and comments are not), or not UTF-8, with
///   numbers beyond double, duplicate keys, and what the limits exclude
[[nodiscard]] inline Json parse_json(std::string_view text, const std::string& name,
                                     const JsonLimits& limits = {}) {
  detail::check_text(text, name, limits.bytes);
  try {
    return Json::parse(text.begin(), text.end(), detail::JsonWatch(name, limits));
  } catch (const Json::parse_error& error) {
    const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    throw InputError(name, detail::line_at(text, offset),
                     "no JSON (" + detail::json_reason(error.what()) + ")", "JSON");
  } catch (const Json::exception& error) {
    throw InputError(name, "", "no usable JSON (" + detail::json_reason(error.what()) + ")",
                     "JSON");
  }
}

/// Reads a JSON file; see `parse_json`. @throws SystemError when it cannot be read
[[nodiscard]] inline Json read_json(const std::filesystem::path& path,
                                    const JsonLimits& limits = {}) {
  return parse_json(read_file(path, limits.bytes), path.string(), limits);
}

/// A table as an array of objects, one for each row.
/// @throws DomainError for a NaN or infinite number, which JSON cannot hold
[[nodiscard]] inline Json to_json(const Table& table) {
  Json rows = Json::array();
  for (const std::vector<Cell>& cells : table.rows) {
    Json row = Json::object();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      Json& value = row[table.header[i]];
      if (const bool* truth = std::get_if<bool>(&cells[i])) {
        value = *truth;
      } else if (const auto* count = std::get_if<std::int64_t>(&cells[i])) {
        value = *count;
      } else if (const double* real = std::get_if<double>(&cells[i])) {
        if (!std::isfinite(*real))
          throw DomainError("column '" + table.header[i] + "'", to_text(cells[i]),
                            "a finite number, because JSON knows no other");
        value = *real;
      } else if (const auto* text = std::get_if<std::string>(&cells[i])) {
        value = *text;
      }  // an empty cell stays null
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

namespace detail {

inline void check_finite(const Json& value, const std::string& key) {
  if (value.is_number_float() && !std::isfinite(value.get<double>()))
    throw DomainError("'" + key + "'", to_text(value.get<double>()),
                      "a finite number, because JSON knows no other");
  if (value.is_object())
    for (const auto& [name, member] : value.items()) check_finite(member, name);
  if (value.is_array())
    for (const Json& element : value) check_finite(element, key);
}

}  // namespace detail

/// A value as text for people and programs: two spaces a level, a line break at the end, numbers
/// that read back to the same bits.
/// @throws DomainError for a NaN or infinite number, and for a text that is not UTF-8
[[nodiscard]] inline std::string to_json_text(const Json& value) {
  detail::check_finite(value, "");
  try {
    return value.dump(2) + "\n";
  } catch (const Json::exception&) {
    throw DomainError("text", "bytes that are not UTF-8", "UTF-8, because JSON is");
  }
}

}  // namespace edgeopt::inline v0::io
