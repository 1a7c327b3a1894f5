// readable.hpp, text_table.hpp, markdown.hpp, html.hpp
#include <limits>

#include "catch.hpp"
#include "edgeopt/io/html.hpp"
#include "edgeopt/io/markdown.hpp"
#include "edgeopt/io/readable.hpp"
#include "edgeopt/io/text_table.hpp"

namespace io = edgeopt::io;
using edgeopt::Cell;

namespace {

edgeopt::Table example() {
  return {"",
          {"layer", "macs", "share", "fits"},
          {{std::string("conv1"), std::int64_t{3612672}, 0.109412345, true},
           {std::string("a|b<c>&\"\n\x1b[2J"), std::int64_t{7}, Cell{}, false}},
          {}};
}

}  // namespace

TEST_CASE("numbers are rounded for people") {
  CHECK(io::to_readable(0.123456, {4}) == "0.1235");
  CHECK(io::to_readable(123456.0, {3}) == "123000");
  CHECK(io::to_readable(2.0, {4}) == "2");
  CHECK(io::to_readable(-0.00001234, {2}) == "-1.2e-05");
  CHECK(io::to_readable(9.9996, {4}) == "10");
  CHECK(io::to_readable(0.1, io::exact_digits) == "0.1");
  CHECK(io::to_readable(std::numeric_limits<double>::infinity(), {4}) == "inf");
  CHECK(io::to_readable(std::numeric_limits<double>::quiet_NaN(), {4}) == "nan");
}

TEST_CASE("a terminal table is aligned and moves no cursor") {
  CHECK(io::to_text_table(example()) ==
        "layer             macs   share  fits\n"
        "-------------  -------  ------  ----\n"
        "conv1          3612672  0.1094  yes\n"
        "a|b<c>&\"  [2J        7          no\n");
  CHECK(io::to_text_table({"", {"a"}, {}, {}}) == "a\n-\n");
  CHECK(io::to_text_table({"", {"\xc3\xbc", "b"}, {{std::string("xy"), std::string("z")}}, {}}) ==
        "\xc3\xbc   b\n--  -\nxy  z\n");
}

TEST_CASE("a Markdown table shows cells as they are") {
  CHECK(io::to_markdown(example(), {2}) ==
        "| layer | macs | share | fits |\n"
        "|---|---:|---:|---|\n"
        "| conv1 | 3612672 | 0.11 | yes |\n"
        "| a\\|b\\<c\\>\\&\" \x1b\\[2J | 7 |  | no |\n");
}

TEST_CASE("an HTML table interprets no cell") {
  const std::string html = io::to_html(example());
  CHECK(html.find("a|b&lt;c&gt;&amp;&quot;") != std::string::npos);
  CHECK(html.find("<td style=\"text-align: right\">0.109412345</td>") != std::string::npos);
  CHECK(html.find("<c>") == std::string::npos);
  CHECK(io::html_escaped("'") == "&#39;");
}
