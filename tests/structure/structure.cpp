// The include graph follows tests/layers.txt, and every header keeps the conventions of HACKING.md.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"

namespace {

namespace fs = std::filesystem;
using Complaints = std::vector<std::string>;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// What tests/layers.txt says.
struct Rules {
  struct Layer {
    std::set<std::string> layers;  ///< it may include
    std::set<std::string> groups;
  };
  std::map<std::string, Layer> layers;          ///< by path
  std::map<std::string, std::string> group_of;  ///< by header from outside

  explicit Rules(const fs::path& path) {
    static const std::regex group_line("headers ([^:]+): (.*)");
    static const std::regex layer_line("layer ([^:]+): ([^|]*)\\|(.*)");
    std::istringstream lines(read(path));
    for (std::string line; std::getline(lines, line);) {
      std::smatch part;
      if (line.empty() || line[0] == '#') continue;
      if (std::regex_match(line, part, group_line)) {
        for (const std::string& header : words(part[2])) group_of[header] = part[1];
      } else if (std::regex_match(line, part, layer_line)) {
        layers[part[1]] = {words(part[2]), words(part[3])};
      } else {
        throw std::runtime_error("layers.txt does not understand '" + line + "'");
      }
    }
  }

  /// The layer of a header given by its path under include/edgeopt.
  [[nodiscard]] std::string layer_of(const std::string& header) const {
    std::string longest;
    for (const auto& [path, layer] : layers)
      if (header.starts_with(path) && path.size() > longest.size()) longest = path;
    return longest.empty() ? "root" : longest;
  }

  /// The group of a header from outside, its own name before that of its folder; empty when no
  /// group has it.
  [[nodiscard]] std::string group(const std::string& header) const {
    if (const auto own = group_of.find(header); own != group_of.end()) return own->second;
    for (const auto& [name, group_name] : group_of)
      if (name.ends_with('/') && header.starts_with(name)) return group_name;
    return {};
  }

  [[nodiscard]] bool allows(const std::string& header, const std::string& included) const {
    static const std::string own = "edgeopt/";
    const Layer& layer = layers.at(layer_of(header));
    return included.starts_with(own) ? layer.layers.contains(layer_of(included.substr(own.size())))
                                     : layer.groups.contains(group(included));
  }
};

/// Paths under `include/edgeopt` of all headers and of the sources that headers include.
std::vector<std::string> files_below(const fs::path& include) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(include / "edgeopt"))
    if (entry.is_regular_file())
      files.push_back(fs::relative(entry.path(), include / "edgeopt").generic_string());
  std::sort(files.begin(), files.end());
  return files;
}

Complaints forbidden_includes(const fs::path& include, const Rules& rules) {
  static const std::regex directive("(^|\\n)[ \\t]*#[ \\t]*include[ \\t]*[<\"]([^>\"]+)[>\"]");
  Complaints complaints;
  for (const std::string& file : files_below(include)) {
    const std::string text = read(include / "edgeopt" / file);
    for (std::sregex_iterator found(text.begin(), text.end(), directive), end; found != end;
         ++found)
      if (const std::string included = (*found)[2]; !rules.allows(file, included))
        complaints.push_back(file + " (" + rules.layer_of(file) + ") includes " + included);
  }
  return complaints;
}

Complaints broken_conventions(const fs::path& include, int major) {
  const std::string opens = "namespace edgeopt::inline v" + std::to_string(major) + " {";
  const std::string nested = "namespace edgeopt::inline v" + std::to_string(major) + "::";
  Complaints complaints;
  for (const std::string& file : files_below(include)) {
    const std::string text = read(include / "edgeopt" / file);
    const auto contains = [&](const std::string& wanted) {
      return text.find(wanted) != std::string::npos;
    };
    const auto demand = [&](bool kept, const std::string& convention) {
      if (!kept) complaints.push_back(file + ": " + convention);
    };
    demand(text.starts_with("// SPDX-License-Identifier: MIT\n"), "no licence in the first line");
    if (fs::path(file).extension() != ".hpp") continue;  // a part of a header
    demand(contains("\n/// @file\n/// "), "no @file with a paragraph");
    demand(contains("\n#pragma once\n"), "no #pragma once");
    demand(contains(opens) || contains(nested) || !contains("namespace "),
           "names outside the inline namespace of the version");
  }
  return complaints;
}

std::string lines(const Complaints& complaints) {
  std::string text;
  for (const std::string& complaint : complaints) text += complaint + '\n';
  return text;
}

const fs::path tests = EDGEOPT_TESTS;
const fs::path bad = tests / "structure" / "bad" / "include";

}  // namespace

TEST_CASE("headers include only what layers.txt allows") {
  CHECK(lines(forbidden_includes(tests.parent_path() / "include", Rules(tests / "layers.txt"))) ==
        "");
}

TEST_CASE("edgeopt.hpp includes every header, except kernels and details") {
  const fs::path include = tests.parent_path() / "include";
  const std::string umbrella = read(include / "edgeopt/edgeopt.hpp");
  Complaints missing;
  for (const auto& entry : fs::recursive_directory_iterator(include)) {
    const std::string header = entry.path().lexically_relative(include).generic_string();
    if (entry.path().extension() == ".hpp" && header != "edgeopt/edgeopt.hpp" &&
        !header.starts_with("edgeopt/kernels/") && header.find("/detail/") == header.npos &&
        umbrella.find("#include \"" + header + "\"") == umbrella.npos)
      missing.push_back(header);
  }
  CHECK(lines(missing) == "");
}

TEST_CASE("edgeopt.hpp includes the root's headers whatever is linked") {
  const fs::path include = tests.parent_path() / "include";
  const std::string umbrella = read(include / "edgeopt/edgeopt.hpp");
  Complaints conditional;
  for (const auto& entry : fs::directory_iterator(include / "edgeopt")) {
    const std::string header = entry.path().lexically_relative(include).generic_string();
    const std::size_t place = umbrella.find("#include \"" + header + "\"");
    if (place != umbrella.npos && place > umbrella.find("#if")) conditional.push_back(header);
  }
  CHECK(lines(conditional) == "");
}

TEST_CASE("scripts/run leaves every option to its caller") {
  CHECK(read(tests.parent_path() / "scripts/run").find("examples/run_pipeline \"$@\"\n") !=
        std::string::npos);
}

TEST_CASE("headers keep the conventions") {
  CHECK(lines(broken_conventions(tests.parent_path() / "include", EDGEOPT_MAJOR)) == "");
}

TEST_CASE("every layer of layers.txt stands on layers that it knows") {
  const Rules rules(tests / "layers.txt");
  std::set<std::string> groups;
  for (const auto& [header, group] : rules.group_of) groups.insert(group);
  for (const auto& [path, layer] : rules.layers) {
    CAPTURE(path);
    for (const std::string& used : layer.layers) CHECK(rules.layers.contains(used));
    for (const std::string& group : layer.groups) CHECK(groups.contains(group));
  }
}

TEST_CASE("a forbidden include is found, whatever its kind") {
  CHECK(forbidden_includes(bad, Rules(tests / "layers.txt")) ==
        Complaints{
            "io/zip.hpp (io/) includes zip.h",
            "nn/tensor.hpp (nn/) includes edgeopt/study/study.hpp",
            "table.hpp (root) includes edgeopt/nn/tensor.hpp",
            "table.hpp (root) includes thread",
            "table.hpp (root) includes unknown.h",
            "table.hpp (root) includes text.hpp",
        });
}

TEST_CASE("each broken convention is found") {
  CHECK(broken_conventions(bad, 0) ==
        Complaints{
            "io/zip.hpp: no @file with a paragraph",
            "nn/tensor.hpp: no #pragma once",
            "table.hpp: no licence in the first line",
            "table.hpp: names outside the inline namespace of the version",
        });
}
