#include "edgeopt/io/json.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
using Catch::Matchers::Contains;
using edgeopt::Cell;
using edgeopt::Table;

namespace {

std::string refused(const std::string& text, const io::JsonLimits& limits = {}) {
  return refusal([&] { return io::parse_json(text, "x.json", limits); });
}

}  // namespace

TEST_CASE("JSON keeps the order of its keys") {
  const std::string text = "{\n  \"z\": [\n    1,\n    null\n  ],\n  \"a\": true\n}\n";
  CHECK(io::to_json_text(io::parse_json(text, "x.json")) == text);
}

TEST_CASE("JSON that is none is refused with its place") {
  CHECK_THAT(refused(""), Contains("x.json: line 1: found no JSON (") && Contains("end of input"));
  CHECK_THAT(refused("{\"a\": [1,\n2"), Contains("x.json: line 2: found no JSON"));
  CHECK_THAT(refused("[1]\n\nx"), Contains("x.json: line 3: found no JSON"));
  for (const char* text : {"NaN", "[Infinity]", "[-nan]", "[1,]", "{a: 1}", "// x\n1", "01", "'a'",
                           "\"\\ud800\"", "\"\t\"", "+1", ".5", "1."})
    CHECK_THAT(refused(text), Contains("found no JSON"));
  CHECK_THAT(refused("[1e5000]"), Contains("found no usable JSON (number overflow"));
  CHECK(refused(std::string("[\n\0]", 4)) ==
        "x.json: line 2: found a NUL character, expected text");
  CHECK(refused("[\"\xff\"]") ==
        "x.json: line 1: found bytes that are not UTF-8, expected text in UTF-8");
}

TEST_CASE("JSON beyond the limits is refused") {
  CHECK(refused(std::string(1000000, '[')) ==
        "x.json: found deeper nesting, expected at most 64 levels");
  std::string objects;
  for (int i = 0; i < 100; ++i) objects += "{\"a\":";
  CHECK(refused(objects) == "x.json: key 'a': found deeper nesting, expected at most 64 levels");
  const std::string deepest = std::string(64, '[') + std::string(64, ']');
  CHECK(io::parse_json(deepest, "x.json").is_array());
  CHECK(refused("[1, 2]", {.bytes = 5}) == "x.json: found 6 bytes, expected at most 5");
  CHECK(refused("{\"a\":1,\"b\":2}", {.keys = 1}) ==
        "x.json: key 'b': found more keys in one object, expected at most 1");
}

TEST_CASE("duplicate keys in JSON are refused, in one object only") {
  CHECK(refused("{\"a\": {\"b\": 1},\n\"a\": 2}") ==
        "x.json: key 'a': found the key again, expected each key once in an object");
  CHECK(refused("[{\"a\": [{}, {\"b\": 1, \"b\": 1}]}]") ==
        "x.json: key 'b': found the key again, expected each key once in an object");
  CHECK(io::parse_json("{\"a\": {\"a\": [{\"a\": 1}, {\"a\": 2}]}}", "x").size() == 1);
}

TEST_CASE("a table is an array of objects") {
  const Table table{"",
                    {"name", "count", "real", "truth", "absent"},
                    {{std::string("a\"b"), std::int64_t{-3}, 0.1, true, Cell{}}},
                    {}};
  CHECK(io::to_json_text(io::to_json(table)) ==
        "[\n  {\n    \"name\": \"a\\\"b\",\n    \"count\": -3,\n    \"real\": 0.1,\n    \"truth\": "
        "true,\n    \"absent\": null\n  }\n]\n");
  CHECK(io::to_json_text(io::to_json({"", {"a"}, {}, {}})) == "[]\n");
}

TEST_CASE("JSON knows neither NaN nor infinity nor other bytes than UTF-8") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(refusal([&] {
          return io::to_json({"", {"x"}, {{nan}}, {}});
        }) == "column 'x' is nan, allowed is a finite number, because JSON knows no other");
  CHECK(refusal([&] {
          return io::to_json_text(io::Json{{"a", {{"b", {1, -infinity}}}}});
        }) == "'b' is -inf, allowed is a finite number, because JSON knows no other");
  CHECK_THAT(refusal([&] { return io::to_json_text(io::Json("\xff")); }), Contains("UTF-8"));
}

TEST_CASE("every real number comes back from JSON to the same bits") {
  edgeopt::Random random(5);
  io::Json numbers = io::Json::array();
  while (numbers.size() < 2000) {
    const std::uint64_t bits = random.next();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) numbers.push_back(value);
  }
  const io::Json back = io::parse_json(io::to_json_text(numbers), "x");
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto value = numbers[i].get<double>();
    const auto read = back[i].get<double>();
    REQUIRE(std::memcmp(&value, &read, sizeof value) == 0);
  }
}

TEST_CASE("a JSON file is named in messages") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "x.json").string();
  CHECK(refusal([&] { return io::read_json(path); }) ==
        path + ": cannot be read: No such file or directory");
  io::write_file(path, "{\"a\": 1");
  CHECK_THAT(refusal([&] { return io::read_json(path); }),
             Contains(path + ": line 1: found no JSON"));
}

TEST_CASE("damaged JSON is read or refused") {
  read_damaged_copies("{\"a\": [1, -2.5e3, \"x\\u00e9\", null], \"b\": {\"c\": true, \"d\": []}}",
                      500, [](const std::string& text) { return io::parse_json(text, "x"); });
}
