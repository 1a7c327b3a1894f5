#include "edgeopt/io/yaml.hpp"

#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
using Catch::Matchers::Contains;

namespace {

io::YamlNode read(const std::string& text) {
  return io::parse_yaml(text, "x.yaml");
}
std::string refused(const std::string& text) {
  return refusal([&] { return read(text); });
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("YAML is a tree that knows its places") {
  const io::YamlNode root = read("a: 1\nlist: [0, 'x']\nmap:\n  b: {c: 2.5}\n");
  REQUIRE(root.mapping());
  const auto& entries = *root.mapping();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].key == "a");
  CHECK(entries[0].value.scalar()->text == "1");
  CHECK(entries[0].value.position == io::TextPosition{1, 4});
  REQUIRE(entries[1].value.sequence());
  CHECK(entries[1].value.sequence()->at(1).scalar()->text == "x");
  CHECK(entries[1].value.sequence()->at(1).position == io::TextPosition{2, 11});
  REQUIRE(entries[2].value.mapping());
  const io::YamlEntry& b = entries[2].value.mapping()->front();
  CHECK(b.key_position == io::TextPosition{4, 3});
  CHECK(b.value.mapping()->front().value.scalar()->text == "2.5");
  CHECK(b.value.description() == "a mapping");
  CHECK(entries[1].value.description() == "a sequence");
  CHECK(entries[0].value.description() == "'1'");
}

TEST_CASE("YAML scalars stay text; quotes and nulls are remembered") {
  const io::YamlNode root =
      read("[017, no, .nan, None, none, 'none', \"\", ~, null, , 1_000, '1']");
  std::vector<std::string> texts;
  std::vector<bool> quoted;
  std::vector<bool> null;
  for (const io::YamlNode& node : *root.sequence()) {
    texts.push_back(node.scalar()->text);
    quoted.push_back(node.scalar()->is_quoted);
    null.push_back(node.scalar()->is_null());
  }
  CHECK(texts == std::vector<std::string>{"017", "no", ".nan", "None", "none", "none", "", "", "",
                                          "", "1_000", "1"});
  CHECK(quoted == std::vector<bool>{false, false, false, false, false, true, true, false, false,
                                    false, false, true});
  CHECK(null == std::vector<bool>{false, false, false, false, false, false, false, true, true, true,
                                  false, false});
}

TEST_CASE("YAML without a document is refused") {
  for (const char* text : {"", "\n", "# comment only\n", "\xef\xbb\xbf"})
    CHECK(refused(text) == "x.yaml: found nothing, expected a YAML document");
  CHECK(read("---\n").scalar()->is_null());
  CHECK(read("a: 1\n...\n").mapping());
}

TEST_CASE("YAML constructs that hide mistakes are refused with their place") {
  CHECK(refused("a: 1\nb: 2\na: 3\n") ==
        "x.yaml: line 3, column 1: found key 'a' again, expected each key once");
  CHECK(refused("x: {a: 1, 'a': 2}") ==
        "x.yaml: line 1, column 11: found key 'a' again, expected each key once");
  CHECK(refused("a: 1\n---\nb: 2\n") ==
        "x.yaml: line 2, column 1: found a second document, expected one document");
  CHECK(refused("a: &x 1\nb: *x\n") ==
        "x.yaml: line 1, column 4: found an anchor, expected a value without one");
  CHECK(refused("a: &x\n  b: *x\n") ==
        "x.yaml: line 1, column 4: found an anchor, expected a value without one");
  CHECK_THAT(refused("b: *x\n"), Contains("x.yaml: line 1, column 4: found no YAML"));
  CHECK_THAT(refused("a: !!int 1\n"), Contains("found the tag 'tag:yaml.org,2002:int'"));
  CHECK_THAT(refused("a: !x [1]\n"), Contains("found the tag '!x'"));
  CHECK_THAT(refused("[a]: 1\n"), Contains("found a sequence or mapping as a key"));
}

TEST_CASE("an alias bomb is refused at its first anchor") {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before +
            "]\n";
  }
  CHECK(refused(bomb) == "x.yaml: line 1, column 5: found an anchor, expected a value without one");
}

TEST_CASE("YAML that is none is refused with its place") {
  CHECK_THAT(refused("a: [b\n"), Contains("found no YAML"));
  CHECK_THAT(refused("a: 'x\n"), Contains("found no YAML"));
  CHECK_THAT(refused("a: 1\n b: 2\n"), Contains("x.yaml: line 2, column 3: found no YAML"));
  CHECK_THAT(refused("a: 1\n\tb: 2\n"), Contains("x.yaml: line 2"));
  CHECK_THAT(refused("a: @x\n"), Contains("x.yaml: line 1, column 4: found no YAML"));
  CHECK(refused("a: 1\nb: \xff\n") ==
        "x.yaml: line 2: found bytes that are not UTF-8, expected text in UTF-8");
  CHECK(refused(std::string("a\n\0", 3)) == "x.yaml: line 2: found a NUL character, expected text");
}

TEST_CASE("deep and long YAML is refused, and long mappings are read in good time") {
  const std::string at_limit = repeated("[", 32) + "1" + repeated("]", 32);
  CHECK(read(at_limit).sequence());
  CHECK(refused("[" + at_limit + "]") ==
        "x.yaml: line 1, column 33: found deeper nesting, expected at most 32 levels");
  CHECK_THAT(refused(repeated("- ", 5000) + "1"), Contains("found deeper nesting"));
  CHECK_THAT(refused(repeated("[", 100000) + "1" + repeated("]", 100000)),
             Contains("found deeper nesting"));
  CHECK_THAT(refused(repeated("[", 100000)), Contains("x.yaml: line 1, column"));
  CHECK_THAT(refused(repeated("{a: ", 100000)), Contains("x.yaml: line 1, column"));
  CHECK(refused(std::string(1048577, 'a')) ==
        "x.yaml: found 1048577 bytes, expected at most 1048576");
  std::string keys;
  for (int i = 0; i < 50000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  CHECK(read(keys).mapping()->size() == 50000);
}

TEST_CASE("a YAML file is named in messages") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "x.yaml").string();
  CHECK(refusal([&] { return io::read_yaml(path); }) ==
        path + ": cannot be read: No such file or directory");
  io::write_file(path, "");
  CHECK(refusal([&] { return io::read_yaml(path); }) ==
        path + ": found nothing, expected a YAML document");
}

TEST_CASE("damaged YAML is read or refused") {
  read_damaged_copies("seed: 7\nlevels: [0, 0.25]\nmap:\n  - {a: 'x', b: \"y\"}\n  - |\n    text\n",
                      500, [](const std::string& text) { return read(text); });
}
