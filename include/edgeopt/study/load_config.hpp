// SPDX-License-Identifier: MIT
/// @file
/// The settings of a study from YAML, with every problem of a file reported at once.
#pragma once

#include <algorithm>  // std::min
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>  // std::is_enum_v
#include <utility>      // std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/yaml.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/config_keys.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0 {

/// A configuration and what its file says that has no effect.
struct LoadedConfig {
  ExperimentConfig config;
  std::vector<std::string> notes;  ///< sentences for the user
};

namespace detail {

/// "one of the documented keys (did you mean 'seed'?)"
[[nodiscard]] inline std::string a_known_key(std::string_view word) {
  const std::string_view near = nearest_name(word, config_key_names());
  return "one of the documented keys" +
         (near.empty() ? "" : " (did you mean '" + std::string(near) + "'?)");
}

/// Fills a configuration from YAML nodes and collects what is wrong with them.
class ConfigReader {
 public:
  ConfigReader(ExperimentConfig& config, std::string file)
      : config_(config), file_(std::move(file)) {}

  /// Reads one setting; false when there is none of that name.
  bool read_setting(std::string_view key, const io::YamlNode& node) {
    bool known = false;
    visit_config_keys([&](std::string_view name, auto field, const Range& range, std::string_view) {
      if (name != key) return;
      known = true;
      read_value(node, "key '" + std::string(key) + "'", range, config_.*field);
    });
    return known;
  }

  /// Keys of the Python framework that say what is always so here; false for any other key.
  bool read_python_key(std::string_view key, const io::YamlNode& node) {
    const std::string place = "key '" + std::string(key) + "'";
    if (key == "device") {
      require_text(node, place, "cpu", "the library computes on the processor only");
    } else if (key == "model") {
      require_text(node, place, "SmallCNN", "the study knows this network only");
    } else if (key == "benchmark_trials") {
      std::int64_t ignored = 0;
      read_value(node, place, Range::at_least(1), ignored);
      notes_.push_back(file_ + ": " + line_of(node) + place +
                       " has no effect; benchmark_repeats and benchmark_runs say how often "
                       "something is timed");
    } else {
      return false;
    }
    return true;
  }

  /// Refuses a key that the file has further up; false for a new one.
  bool refuse_repeated(const io::YamlEntry& entry) {
    const auto [first, is_new] = first_lines_.emplace(entry.key, entry.key_position.line);
    if (!is_new)
      problems_.push_back(
          {file_, "line " + std::to_string(entry.key_position.line) + ", key '" + entry.key + "'",
           entry.value.description() + " for a key that line " + std::to_string(first->second) +
               " has already",
           "each key once"});
    return !is_new;
  }

  void refuse_unknown(const io::YamlEntry& entry) {
    problems_.push_back({file_, "line " + std::to_string(entry.key_position.line),
                         "unknown key '" + entry.key + "'", a_known_key(entry.key)});
  }

  [[nodiscard]] std::vector<InputProblem>& problems() noexcept { return problems_; }
  [[nodiscard]] std::vector<std::string>& notes() noexcept { return notes_; }

 private:
  static std::string line_of(const io::YamlNode& node) {
    return "line " + std::to_string(node.position.line) + ", ";
  }

  void refuse(const io::YamlNode& node, const std::string& place, std::string expected) {
    const io::YamlScalar* scalar = node.scalar();
    const bool quoted = scalar != nullptr && scalar->is_quoted;
    problems_.push_back({file_, line_of(node) + place,
                         (quoted ? "the quoted text " : "") + node.description(),
                         std::move(expected)});
  }

  void require_text(const io::YamlNode& node, const std::string& place, const std::string& text,
                    const std::string& reason) {
    const io::YamlScalar* scalar = node.scalar();
    if (scalar == nullptr || scalar->text != text)
      refuse(node, place, "'" + text + "', because " + reason);
  }

  /// The value of a scalar node, if it is one of the type and in range.
  template <class Value>
  static std::optional<Value> scalar_value(const io::YamlNode& node, const Range& range) {
    using Kind = ConfigValue<Value>;
    const io::YamlScalar* scalar = node.scalar();
    if (scalar == nullptr || (scalar->is_quoted && !Kind::accepts_quotes)) return std::nullopt;
    if (!scalar->is_quoted && !Kind::may_be_none && means_none(scalar->text)) return std::nullopt;
    std::optional<Value> value = Kind::read(scalar->text);
    if (value && !Kind::allows(*value, range)) value.reset();
    return value;
  }

  template <class Value>
  void read_value(const io::YamlNode& node, const std::string& place, const Range& range,
                  Value& value) {
    using Kind = ConfigValue<Value>;
    if (std::optional<Value> read = scalar_value<Value>(node, range))
      value = *std::move(read);
    else
      refuse(node, place, Kind::kind(range) + suggestion<Value>(node));
  }

  template <class Element>
  void read_value(const io::YamlNode& node, const std::string& place, const Range& range,
                  std::vector<Element>& values) {
    using Kind = ConfigValue<std::vector<Element>>;
    const io::YamlNode::Sequence* items = node.sequence();
    if (items == nullptr) return refuse(node, place, Kind::kind(range));
    std::vector<Element> read;
    const std::size_t problems_before = problems_.size();
    for (std::size_t i = 0; i < items->size(); ++i) {
      Element element{};
      read_value((*items)[i], place + ", item " + std::to_string(i + 1), range, element);
      read.push_back(element);
    }
    if (problems_.size() > problems_before) return;
    if (Kind::allows(read, range))
      values = std::move(read);
    else
      problems_.push_back(
          {file_, line_of(node) + place, "'" + Kind::write(read) + "'", Kind::kind(range)});
  }

  /// " (did you mean 'fp16'?)" for a word that is nearly a choice.
  template <class Value>
  static std::string suggestion(const io::YamlNode& node) {
    if constexpr (std::is_enum_v<Value>) {
      const auto names = ConfigValue<Value>::names();
      if (const io::YamlScalar* scalar = node.scalar())
        if (const std::string_view near = nearest_name(scalar->text, names); !near.empty())
          return " (did you mean '" + std::string(near) + "'?)";
    }
    return "";
  }

  ExperimentConfig& config_;
  std::string file_;
  std::map<std::string, std::int64_t> first_lines_;  // of the keys read so far
  std::vector<InputProblem> problems_;
  std::vector<std::string> notes_;
};

[[nodiscard]] inline LoadedConfig config_from_yaml(const io::YamlNode& root,
                                                   const std::string& name) {
  const io::YamlNode::Mapping* entries = root.mapping();
  if (entries == nullptr) {
    const bool empty = root.scalar() != nullptr && root.scalar()->text.empty();
    throw InputError(name, "", empty ? "nothing" : root.description(),
                     "settings as 'key: value' lines");
  }
  LoadedConfig loaded;
  ConfigReader reader(loaded.config, name);
  for (const io::YamlEntry& entry : *entries)
    if (!reader.refuse_repeated(entry) && !reader.read_setting(entry.key, entry.value) &&
        !reader.read_python_key(entry.key, entry.value))
      reader.refuse_unknown(entry);
  if (!reader.problems().empty()) throw InputError(std::move(reader.problems()));
  loaded.notes = std::move(reader.notes());
  return loaded;
}

inline constexpr io::YamlLimits config_limits{.duplicates = io::DuplicateKeys::keep};
}

/// Reads a configuration from YAML text; settings it leaves out keep their defaults. Files of the
/// Python framework load unchanged: `device: cpu` and `model: SmallCNN` are accepted,
/// `benchmark_trials` is ignored with a note.
/// @param name  what messages call the text
/// @throws InputError with every unknown or repeated key, wrong type and value out of range; or for
///   text that is not one YAML mapping
[[nodiscard]] inline LoadedConfig parse_config(const std::string& text, const std::string& name) {
  return detail::config_from_yaml(io::parse_yaml(text, name, detail::config_limits), name);
}

/// Reads a configuration file; see `parse_config`. @throws SystemError when it cannot be read
[[nodiscard]] inline LoadedConfig load_config(const std::filesystem::path& path) {
  return detail::config_from_yaml(io::read_yaml(path, detail::config_limits), path.string());
}

/// Sets one setting from text, as a command line gives it; the items of a list are separated by
/// commas.
/// @throws DomainError for an unknown key or a value that a file could not have either
inline void set_config_value(ExperimentConfig& config, std::string_view key,
                             std::string_view text) {
  io::YamlNode node{{}, io::YamlScalar{std::string(text), false}};
  detail::ConfigReader reader(config, "");
  if (detail::is_list_setting(key)) {
    io::YamlNode::Sequence items;
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      items.push_back({{}, io::YamlScalar{std::string(text.substr(begin, end - begin)), false}});
      begin = end + 1;
    }
    node.value = std::move(items);
  }
  if (!reader.read_setting(key, node))
    throw DomainError("key", "'" + std::string(key) + "'", detail::a_known_key(key));
  if (!reader.problems().empty())
    throw DomainError(std::string(key), "'" + std::string(text) + "'",
                      reader.problems().front().expected);
}

}  // namespace edgeopt::inline v0
