// Whoever adds an instruction set or an operation of engines has three places to touch (HACKING.md,
// "How to add"); these tests fail until all three are done.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using Complaints = std::vector<std::string>;
using Names = std::set<std::string>;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// All that the first group of a pattern matches.
Names matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  Names names;
  for (std::sregex_iterator found(text.begin(), text.end(), expression), end; found != end; ++found)
    names.insert((*found)[1]);
  return names;
}

bool contains(const std::string& text, const std::string& pattern) {
  return std::regex_search(text, std::regex(pattern));
}

/// From the line that begins with `start` to the next brace in the first column.
std::string block(const std::string& text, const std::string& start) {
  const std::size_t begin = text.find(start);
  if (begin == std::string::npos) throw std::runtime_error("there is no '" + start + "'");
  return text.substr(begin, text.find("\n}", begin) - begin);
}

/// What is missing of instruction sets that exist in one place at least.
Complaints unfinished_instruction_sets(const fs::path& edgeopt) {
  const std::string detection = read(edgeopt / "kernels/instruction_set.hpp");
  const std::string kernels = read(edgeopt / "kernels/kernels.hpp");
  const std::string supported = block(detection, "[[nodiscard]] inline bool is_supported");
  const std::string listed = block(detection, "inline constexpr std::array all_instruction_sets");
  const Names enumerators =
      matches(block(detection, "enum class InstructionSet"), "\n  ([a-z0-9_]+),");

  Names files;
  for (const char* const architecture : {"x86", "arm64"})
    for (const auto& entry : fs::directory_iterator(edgeopt / "kernels" / architecture))
      files.insert(entry.path().stem());
  Names all = enumerators;
  all.insert(files.begin(), files.end());

  Complaints complaints;
  for (const std::string& name : all) {
    const auto demand = [&](bool done, const std::string& what) {
      if (!done) complaints.push_back(name + ": " + what);
    };
    demand(files.contains(name), "no file of its name in kernels/x86 or kernels/arm64");
    demand(enumerators.contains(name) && contains(listed, "::" + name + "\\b"),
           "no enumerator, or one that all_instruction_sets leaves out");
    demand(contains(supported, "case InstructionSet::" + name + ":\\s+return (?!false)"),
           "no detection in is_supported");
    demand(contains(kernels, "/" + name + "\\.inl\"") &&
               contains(kernels, "case InstructionSet::" + name + ":\\s+return &" + name + "::"),
           "kernels.hpp does not include it or compiled_kernels does not choose it");
  }
  return complaints;
}

/// What is missing of operations that exist in one place at least.
Complaints unfinished_operations(const fs::path& edgeopt) {
  const std::string table = read(edgeopt / "kernels/source/operations.inl");
  const std::string chain = read(edgeopt / "engines/detail/layer_chain.hpp");
  const std::string program = read(edgeopt / "engines/detail/program.hpp");
  std::smatch kind;
  std::regex_search(chain, kind, std::regex("enum class LayerKind[^{]*\\{([^}]*)\\}"));
  const Names kinds = matches(kind[1], "([a-z0-9_]+)");

  Names sources;
  for (const auto& entry : fs::directory_iterator(edgeopt / "kernels/source")) {
    const std::string name = entry.path().stem();
    if (contains(read(entry.path()), "\nvoid " + name + "\\([^{;]*std::byte\\* scratch\\) \\{"))
      sources.insert(name);
  }
  Names all = kinds;
  all.insert(sources.begin(), sources.end());

  Complaints complaints;
  for (const std::string& name : all) {
    const auto demand = [&](bool done, const std::string& what) {
      if (!done) complaints.push_back(name + ": " + what);
    };
    demand(sources.contains(name), "no kernels/source/" + name + ".inl that defines it");
    demand(
        contains(table, "/" + name + "\\.inl\"") && contains(table, "&" + name + "<Arithmetic>,"),
        "operations.inl does not include it or its table has no entry");
    demand(kinds.contains(name) && contains(chain, "LayerKind::" + name + "\\b") &&
               contains(program, "kernels_\\." + name + "\\("),
           "no LayerKind that layer_chain.hpp recognises and program.hpp runs");
  }
  return complaints;
}

std::string lines(const Complaints& complaints) {
  std::string text;
  for (const std::string& complaint : complaints) text += complaint + '\n';
  return text;
}

const fs::path edgeopt = fs::path(EDGEOPT_TESTS).parent_path() / "include" / "edgeopt";

/// A copy of what the checks read, to be damaged.
class Copy {
 public:
  Copy() {
    for (const char* const part : {"kernels", "engines"})
      fs::copy(edgeopt / part, folder_.path() / part, fs::copy_options::recursive);
  }
  [[nodiscard]] fs::path path() const { return folder_.path(); }

  void replace(const fs::path& file, const std::string& pattern, const std::string& by) const {
    const std::string before = read(path() / file);
    const std::string after = std::regex_replace(before, std::regex(pattern), by);
    REQUIRE(before != after);
    write(path() / file, after);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("every instruction set has its file, its enumerator with detection, and its branch") {
  CHECK(lines(unfinished_instruction_sets(edgeopt)) == "");
}

TEST_CASE("every operation has its source, its entry in the table, and its recognition") {
  CHECK(lines(unfinished_operations(edgeopt)) == "");
}

TEST_CASE("an instruction set is unfinished while one of the three places lacks it") {
  const Copy copy;
  SECTION("file only") {
    write(copy.path() / "kernels/arm64/sve.inl", "");
    CHECK(
        unfinished_instruction_sets(copy.path()) ==
        Complaints{"sve: no enumerator, or one that all_instruction_sets leaves out",
                   "sve: no detection in is_supported",
                   "sve: kernels.hpp does not include it or compiled_kernels does not choose it"});
  }
  SECTION("enumerator only") {
    copy.replace("kernels/instruction_set.hpp", "\n  neon,", "\n  sve,\n  neon,");
    CHECK(unfinished_instruction_sets(copy.path()).size() == 4);
  }
  SECTION("no file") {
    fs::remove(copy.path() / "kernels/x86/amx.inl");
    CHECK(unfinished_instruction_sets(copy.path()) ==
          Complaints{"amx: no file of its name in kernels/x86 or kernels/arm64"});
  }
  SECTION("no detection") {
    copy.replace("kernels/instruction_set.hpp", "case InstructionSet::neon: return true;",
                 "case InstructionSet::neon: return false;");
    CHECK(unfinished_instruction_sets(copy.path()) ==
          Complaints{"neon: no detection in is_supported"});
  }
  SECTION("no branch") {
    copy.replace("kernels/kernels.hpp", "return &avxvnni::", "return &avx2::");
    CHECK(unfinished_instruction_sets(copy.path()) ==
          Complaints{
              "avxvnni: kernels.hpp does not include it or compiled_kernels does not choose it"});
  }
}

TEST_CASE("an operation is unfinished while one of the three places lacks it") {
  const Copy copy;
  SECTION("source only") {
    write(copy.path() / "kernels/source/pool.inl",
          "\nvoid pool(const Pool& layer, std::byte* scratch) {\n}\n");
    CHECK(unfinished_operations(copy.path()) ==
          Complaints{"pool: operations.inl does not include it or its table has no entry",
                     "pool: no LayerKind that layer_chain.hpp recognises and program.hpp runs"});
  }
  SECTION("no source") {
    fs::remove(copy.path() / "kernels/source/linear.inl");
    CHECK(unfinished_operations(copy.path()) ==
          Complaints{"linear: no kernels/source/linear.inl that defines it"});
  }
  SECTION("no entry") {
    copy.replace("kernels/source/operations.inl", "&linear<Arithmetic>,", "nullptr,");
    CHECK(unfinished_operations(copy.path()) ==
          Complaints{"linear: operations.inl does not include it or its table has no entry"});
  }
  SECTION("no recognition") {
    copy.replace("engines/detail/layer_chain.hpp", "LayerKind::linear", "LayerKind::convolution");
    CHECK(unfinished_operations(copy.path()) ==
          Complaints{"linear: no LayerKind that layer_chain.hpp recognises and program.hpp runs"});
  }
}
