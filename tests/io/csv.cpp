#include "edgeopt/io/csv.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <locale>

#include "edgeopt/devices.hpp"
#include "edgeopt/rows.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

namespace csv = edgeopt::io;  // `io` alone is a namespace of the CSV library
using edgeopt::Cell;
using edgeopt::Table;

namespace {

Table read(const std::string& text) {
  return csv::parse_csv(text, "t.csv");
}
std::string refused(const std::string& text, const csv::CsvLimits& limits = {}) {
  return refusal([&] { return csv::parse_csv(text, "t.csv", limits); });
}

std::vector<Cell> cells(std::initializer_list<const char*> texts) {
  std::vector<Cell> row;
  for (const char* text : texts) row.emplace_back(std::string(text));
  return row;
}

/// A locale that writes 1.234.567,5.
struct CommaDecimals : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

}  // namespace

TEST_CASE("CSV is read by RFC 4180") {
  const Table table = read("a,b\r\n1,\"x, \"\"y\"\"\"\n\n\"two\r\nlines\",\n\"\",z");
  CHECK(table.name == "t.csv");
  CHECK(table.header == std::vector<std::string>{"a", "b"});
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows[0] == cells({"1", "x, \"y\""}));
  CHECK(table.rows[1] == cells({"two\nlines", ""}));
  CHECK(table.rows[2] == cells({"", "z"}));
  CHECK(table.lines == std::vector<std::int64_t>{2, 4, 6});
}

TEST_CASE("CSV: a header alone is an empty table, and a byte order mark no part of it") {
  for (const char* text : {"a,b", "a,b\n",
                           "\xef\xbb\xbf"
                           "a,b\r\n",
                           "\na,b\n\n"}) {
    const Table table = read(text);
    CHECK(table.header == std::vector<std::string>{"a", "b"});
    CHECK(table.rows.empty());
  }
}

TEST_CASE("CSV that is none is refused with its place") {
  CHECK(refused("") == "t.csv: found nothing, expected a header line");
  CHECK(refused("\n\n") == "t.csv: found nothing, expected a header line");
  CHECK(refused("a,b,a\n") == "t.csv: line 1: found column 'a' twice, expected different names");
  CHECK(refused("a,,b\n") ==
        "t.csv: line 1: found a column without a name, expected a name for each column");
  CHECK(refused("a,b\n1,2\n3\n") ==
        "t.csv: line 3: found 1 cells, expected 2, one for each column");
  CHECK(refused("a,b\n1,2,3\n") == "t.csv: line 2: found 3 cells, expected 2, one for each column");
  CHECK(refused("a\n1\n\"x\n\ny") ==
        "t.csv: line 3: found a quote that is never closed, expected a closing quote");
  CHECK(
      refused("a\n\"x\"y\n") ==
      "t.csv: line 2: found text behind a closing quote, expected a comma or the end of the line");
  CHECK(refused("a\nx\"y\n") ==
        "t.csv: line 2: found a quote within 'x\"y', expected a cell quoted as a whole");
  CHECK(refused(std::string("a\n1\0\n", 5)) ==
        "t.csv: line 2: found a NUL character, expected text");
  CHECK(refused("a\n1\n\xff\n") ==
        "t.csv: line 3: found bytes that are not UTF-8, expected text in UTF-8");
}

TEST_CASE("CSV beyond the limits is refused") {
  const csv::CsvLimits limits{.line_bytes = 8, .columns = 3};
  CHECK(refused("a,b\n123456,890\n", limits) ==
        "t.csv: line 2: found a longer line, expected at most 8 bytes");
  CHECK(refused("a\n\"1234\n5678\n9\"\n", limits) ==
        "t.csv: line 3: found a longer line, expected at most 8 bytes");
  CHECK(refused("a,b,c,d\n", limits) == "t.csv: line 1: found more columns, expected at most 3");
  CHECK(refused(std::string(std::size_t{1} << 25, 'a')) ==
        "t.csv: found 33554432 bytes, expected at most 33554430");
  CHECK(refused("a\n" + std::string((std::size_t{1} << 24) + 5, 'b')) ==
        "t.csv: line 2: found a longer line, expected at most 1048576 bytes");
}

TEST_CASE("a CSV file is named in messages") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "x.csv").string();
  CHECK(refusal([&] { return csv::read_csv(path); }) ==
        path + ": cannot be read: No such file or directory");
  csv::write_file(path, "a\n1,2\n");
  CHECK(refusal([&] { return csv::read_csv(path); }) ==
        path + ": line 2: found 2 cells, expected 1, one for each column");
}

TEST_CASE("bad numbers in CSV are refused where they are used") {
  const std::string header =
      "precision,accuracy_mean,latency_ms_mean,memory_mb_mean,"
      "energy_proxy_j_mean,accepted_ratio\n";
  for (const std::string number : {"1e", "-", "", "1e5000", "1,5", "0x10", " 1", "1 "}) {
    const Table table = read(header + "fp32,1,\"" + number + "\",1,1,1\n");
    CHECK(refusal([&] { return edgeopt::from_table<edgeopt::PrecisionTradeoff>(table); }) ==
          "t.csv: line 2, column 'latency_ms_mean': found '" + number + "', expected a number");
  }
}

TEST_CASE("CSV is written with LF, quotes where needed, True and False") {
  const Table table{"",
                    {"a", "b,c"},
                    {{true, 100000.0}, {false, std::int64_t{-3}}, {Cell{}, std::string("x\"\ny")}},
                    {}};
  CHECK(csv::to_csv(table) == "a,\"b,c\"\nTrue,100000.0\nFalse,-3\n,\"x\"\"\ny\"\n");
  CHECK(csv::to_csv({"", {"a", "b"}, {}, {}}) == "a,b\n");
  CHECK(csv::to_csv({"", {"a"}, {{Cell{}}}, {}}) == "a\n\"\"\n");
}

TEST_CASE("every text comes back from CSV") {
  edgeopt::Random random(3);
  const std::string alphabet = "a,\"\n \r;'\t";
  for (int round = 0; round < 300; ++round) {
    Table table{"t.csv", {"a", "b", "c"}, {}, {}};
    if (round % 3 == 0) table.header = {"only"};
    for (std::uint64_t rows = random.below(5); rows > 0; --rows) {
      auto& row = table.rows.emplace_back();
      for (std::size_t i = 0; i < table.header.size(); ++i) {
        std::string text;
        for (std::uint64_t left = random.below(6); left > 0; --left)
          text += alphabet[random.below(alphabet.size())];
        // CR LF within a cell is documented to become LF.
        for (std::size_t at; (at = text.find("\r\n")) != text.npos;) text.erase(at, 1);
        row.emplace_back(text);
      }
    }
    const Table back = read(csv::to_csv(table));
    REQUIRE(back.header == table.header);
    REQUIRE(back.rows == table.rows);
  }
}

TEST_CASE("every real number comes back from CSV to the same bits, in any locale") {
  const std::locale before = std::locale::global(std::locale(std::locale(), new CommaDecimals));
  edgeopt::Random random(5);
  Table table{"t.csv", {"x"}, {}, {}};
  for (const double value : {0.0, -0.0, 0.1, 1e22, 5e-324, 1.7976931348623157e308,
                             std::numeric_limits<double>::infinity()})
    table.rows.push_back({value});
  while (table.rows.size() < 2000) {
    const std::uint64_t bits = random.next();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isnan(value)) table.rows.push_back({value});
  }
  const Table back = read(csv::to_csv(table));
  std::locale::global(before);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto value = edgeopt::parse_real(std::get<std::string>(back.rows.at(i)[0]));
    REQUIRE(value);
    REQUIRE(std::memcmp(&*value, &std::get<double>(table.rows[i][0]), sizeof(double)) == 0);
  }
}

TEST_CASE("damaged CSV is read or refused") {
  read_damaged_copies("a,\"b\"\n1,\"x,\"\"y\"\n2,\"z\nz\"\n3,4\n", 300,
                      [](const std::string& text) { return read(text); });
}

TEST_CASE("devices come back from CSV as they were, and mistakes name their line") {
  const std::vector<edgeopt::Device> devices = edgeopt::all_devices();
  CHECK(edgeopt::devices_from_table(read(csv::to_csv(edgeopt::devices_table(devices)))) == devices);
  CHECK(refusal([] {
          return edgeopt::devices_from_table(
              read("name,kind,sram_bytes\na,microcontroller,1\n\nb,microcontroller,-1\n"));
        }) ==
        "t.csv: line 4, column 'sram_bytes': found '-1', expected a number above 0, or nothing "
        "where it is not known");
}
