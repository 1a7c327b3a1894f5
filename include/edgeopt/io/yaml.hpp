// SPDX-License-Identifier: MIT
/// @file
/// YAML files as a small document tree that remembers where everything stands. Scalars stay text:
/// what `none`, `017` or `1.5` mean is the reader's business. yaml-cpp's events are used, not its
/// nodes, because nodes hide duplicate keys, aliases and second documents.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_set>
#include <utility>  // std::move
#include <variant>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/utf8.hpp"

namespace edgeopt::inline v0::io {

/// A place in a text; both count from 1.
struct TextPosition {
  std::int64_t line = 1;
  std::int64_t column = 1;

  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};

/// A plain or quoted text. YAML's null (`key:` without a value, `~`, `null`) is the plain text "".
struct YamlScalar {
  std::string text;
  bool is_quoted = false;  ///< also for block texts

  [[nodiscard]] bool is_null() const noexcept { return text.empty() && !is_quoted; }
};

struct YamlEntry;

/// A value: a scalar, a sequence, or a mapping in the order of the file.
struct YamlNode {
  using Sequence = std::vector<YamlNode>;
  using Mapping = std::vector<YamlEntry>;

  TextPosition position;
  std::variant<YamlScalar, Sequence, Mapping> value;

  [[nodiscard]] const YamlScalar* scalar() const noexcept {
    return std::get_if<YamlScalar>(&value);
  }
  [[nodiscard]] const Sequence* sequence() const noexcept { return std::get_if<Sequence>(&value); }
  [[nodiscard]] const Mapping* mapping() const noexcept { return std::get_if<Mapping>(&value); }

  /// "'0.5'", "null", "a sequence" or "a mapping": the value as messages name it.
  [[nodiscard]] std::string description() const {
    if (const YamlScalar* text = scalar()) return text->is_null() ? "null" : "'" + text->text + "'";
    return sequence() ? "a sequence" : "a mapping";
  }
};

/// A key of a mapping with its value.
struct YamlEntry {
  std::string key;
  TextPosition key_position;
  YamlNode value;
};

/// What becomes of a key that a mapping has again.
enum class DuplicateKeys : std::uint8_t {
  refuse,
  keep  ///< for readers that report it among other problems
};

/// How much a YAML file may hold.
struct YamlLimits {
  std::int64_t bytes = std::int64_t{1} << 20;
  std::int64_t depth = 32;
  DuplicateKeys duplicates = DuplicateKeys::refuse;
};

namespace detail {

inline TextPosition position_of(const YAML::Mark& mark) {
  return {std::int64_t{mark.line} + 1, std::int64_t{mark.column} + 1};
}

/// Builds the tree out of the parser's events.
class YamlTreeBuilder : public YAML::EventHandler {
 public:
  YamlTreeBuilder(std::string name, const YamlLimits& limits)
      : name_(std::move(name)), limits_(limits) {}

  [[nodiscard]] std::optional<YamlNode>& root() noexcept { return root_; }

  [[noreturn]] void fail(TextPosition position, std::string found, std::string expected) const {
    throw InputError(
        name_,
        "line " + std::to_string(position.line) + ", column " + std::to_string(position.column),
        std::move(found), std::move(expected));
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) fail(position_of(mark), "a second document", "one document");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add({place_of_null(mark), YamlScalar{}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(position_of(mark), "an alias", "the value itself");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    refuse_anchor(mark, anchor);
    // The parser tells plain scalars by the tag "?" and quoted ones by "!".
    if (tag != "?" && tag != "!" && !tag.empty()) refuse_tag(mark, tag);
    add({position_of(mark), YamlScalar{text, tag == "!"}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Sequence{});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Mapping{});
  }
  void OnMapEnd() override { close(); }

 private:
  /// A sequence or mapping that is not closed yet, and the key that waits for its value.
  struct Open {
    YamlNode node;
    std::optional<YamlScalar> key = {};
    TextPosition key_position = {};
    std::unordered_set<std::string> keys = {};  // those seen, so that a long mapping stays cheap
  };

  /// Where nothing is written, the parser marks what comes next, which may be lines away. So a null
  /// is said to be where its key is, or the item before it, or the sequence.
  [[nodiscard]] TextPosition place_of_null(const YAML::Mark& mark) const {
    if (open_.empty()) return position_of(mark);
    const Open& parent = open_.back();
    if (parent.key) return parent.key_position;
    const auto* items = parent.node.sequence();
    return items && !items->empty() ? items->back().position : parent.node.position;
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != YAML::NullAnchor) fail(position_of(mark), "an anchor", "a value without one");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    fail(position_of(mark), "the tag '" + tag + "'", "a value without one");
  }

  template <class Collection>
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            Collection collection) {
    refuse_anchor(mark, anchor);
    if (tag != "?" && !tag.empty()) refuse_tag(mark, tag);
    const TextPosition position = position_of(mark);
    if (static_cast<std::int64_t>(open_.size()) >= limits_.depth)
      fail(position, "deeper nesting", "at most " + std::to_string(limits_.depth) + " levels");
    if (!open_.empty() && open_.back().node.mapping() && !open_.back().key)
      fail(position, "a sequence or mapping as a key", "a text");
    open_.push_back({{position, std::move(collection)}});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (auto* sequence = std::get_if<YamlNode::Sequence>(&parent.node.value)) {
      sequence->push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::get<YamlScalar>(node.value);
      parent.key_position = node.position;
    } else {
      add_entry(parent, std::move(node));
    }
  }

  void add_entry(Open& parent, YamlNode node) const {
    const bool is_new = parent.keys.insert(parent.key->text).second;
    if (!is_new && limits_.duplicates == DuplicateKeys::refuse)
      fail(parent.key_position, "key '" + parent.key->text + "' again", "each key once");
    auto& mapping = std::get<YamlNode::Mapping>(parent.node.value);
    mapping.push_back({std::move(parent.key->text), parent.key_position, std::move(node)});
    parent.key.reset();
  }

  std::string name_;
  YamlLimits limits_;
  std::vector<Open> open_;
  std::optional<YamlNode> root_;
};

}  // namespace detail

/// Reads YAML text: one document without aliases, anchors, tags and, unless kept, duplicate keys.
/// @throws InputError for anything else, for text that is not UTF-8, that holds no document, and
///   for what the limits exclude
[[nodiscard]] inline YamlNode parse_yaml(const std::string& text, const std::string& name,
                                         const YamlLimits& limits = {}) {
  detail::check_text(text, name, limits.bytes);
  detail::YamlTreeBuilder builder(name, limits);
  try {
    // The parser misses a quote left open where a line break ends the text; a comment shows it.
    std::istringstream stream(text + (text.ends_with('\n') ? "#" : "\n#"));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    builder.fail(detail::position_of(error.mark), "no YAML (" + error.msg + ")", "YAML");
  }
  if (!builder.root()) throw InputError(name, "", "nothing", "a YAML document");
  return std::move(*builder.root());
}

/// Reads a YAML file; see `parse_yaml`. @throws SystemError when it cannot be read
[[nodiscard]] inline YamlNode read_yaml(const std::filesystem::path& path,
                                        const YamlLimits& limits = {}) {
  return parse_yaml(read_file(path, limits.bytes), path.string(), limits);
}

}  // namespace edgeopt::inline v0::io
