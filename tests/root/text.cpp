#include "edgeopt/text.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "catch.hpp"
#include "edgeopt/random.hpp"

using namespace edgeopt;

TEST_CASE("format_real lays numbers out as Python's repr does") {
  CHECK(format_real(0.0) == "0.0");
  CHECK(format_real(-0.0) == "-0.0");
  CHECK(format_real(1.0) == "1.0");
  CHECK(format_real(-2.5) == "-2.5");
  CHECK(format_real(0.1) == "0.1");
  CHECK(format_real(100000.0) == "100000.0");
  CHECK(format_real(1e15) == "1000000000000000.0");
  CHECK(format_real(1e16) == "1e+16");
  CHECK(format_real(1.5e300) == "1.5e+300");
  CHECK(format_real(0.0001) == "0.0001");
  CHECK(format_real(0.00001) == "1e-05");
  CHECK(format_real(1.0 / 3) == "0.3333333333333333");
  CHECK(format_real(123456.789) == "123456.789");
  CHECK(format_real(5e-324) == "5e-324");
  CHECK(format_real(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(format_real(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(format_real(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("what format_real writes, parse_real reads back to the same bits") {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(random.next());
    if (std::isnan(value)) continue;
    const auto read = parse_real(format_real(value));
    REQUIRE(read.has_value());
    REQUIRE(std::bit_cast<std::uint64_t>(*read) == std::bit_cast<std::uint64_t>(value));
  }
}

TEST_CASE("parse_real reads a whole number or nothing") {
  CHECK(parse_real("+1.5") == 1.5);
  CHECK(parse_real("-1e3") == -1000.0);
  for (const char* bad :
       {"", "-", "+", "1e", "1,5", "1.5 ", " 1", "+-1", "1e5000", "0x10", "one"}) {
    INFO(bad);
    CHECK_FALSE(parse_real(bad).has_value());
  }
}

TEST_CASE("parse_integer reads a whole integer or nothing") {
  CHECK(parse_integer<std::int64_t>("-9223372036854775808") ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(parse_integer<int>("+7") == 7);
  CHECK(parse_integer<int>("017") == 17);  // never octal
  for (const char* bad : {"", "-", "1.0", "1e3", "7 ", "99999999999", "+-1"}) {
    INFO(bad);
    CHECK_FALSE(parse_integer<int>(bad).has_value());
  }
  CHECK_FALSE(parse_integer<std::uint8_t>("-1").has_value());
}

TEST_CASE("edit_distance is a metric") {
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("", "abc") == 3);
  Random random(2);
  const auto word = [&random] {
    std::string text(static_cast<std::size_t>(random.below(8)), 'a');
    for (char& letter : text) letter = static_cast<char>('a' + random.below(3));
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    const std::string a = word(), b = word(), c = word();
    REQUIRE((edit_distance(a, b) == 0) == (a == b));
    REQUIRE(edit_distance(a, b) == edit_distance(b, a));
    REQUIRE(edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c));
  }
}

TEST_CASE("one_of lists names and suggests the nearest") {
  constexpr std::array<std::string_view, 3> names = {"fp32", "fp16", "int8"};
  CHECK(one_of(names) == "fp32, fp16 or int8");
  CHECK(one_of(names, "fp15") == "fp32, fp16 or int8 (did you mean 'fp16'?)");
  CHECK(one_of(names, "something else") == "fp32, fp16 or int8");
  CHECK(nearest_name(std::string(65, 'x'), names).empty());
}
