// plot.hpp, charts.hpp, png_resolution.hpp, label_placement.hpp
#include "edgeopt/io/plot.hpp"

#include <unistd.h>  // write
#include <zlib.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "support.hpp"
#include "temporary_folder.hpp"

namespace io = edgeopt::io;
using Catch::Matchers::Contains;

namespace {

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return number;
}

/// The chunks of a PNG file by name, with their checksums verified.
std::vector<std::pair<std::string, std::string>> chunks_of(const std::string& png) {
  REQUIRE(png.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  std::vector<std::pair<std::string, std::string>> chunks;
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t length = number_at(png, at);
    const std::string body = png.substr(at + 4, 4 + length);
    REQUIRE(number_at(png, at + 8 + length) ==
            crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
    chunks.emplace_back(body.substr(0, 4), body.substr(4));
    at += 12 + length;
  }
  return chunks;
}

/// The smallest file with a header: signature and IHDR.
std::string smallest_png() {
  std::string body = "IHDR" + std::string(13, '\1');
  std::string png = "\x89PNG\r\n\x1a\n";
  io::detail::append_big_endian(png, 13);
  png += body;
  io::detail::append_big_endian(
      png, static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                                            static_cast<uInt>(body.size()))));
  return png;
}

/// gnuplot, or the end of the program with the status that counts as skipped.
std::filesystem::path gnuplot() {
  const auto found = io::find_program("gnuplot");
  if (!found) {
    std::puts("skipped: gnuplot was not found");
    std::exit(77);
  }
  return *found;
}

io::ScatterChart example() {
  return {"Accuracy against latency",
          "latency (ms)",
          "accuracy",
          {{"accepted", {1, 2, 2.1}, {0.8, 0.9, 0.9}, {"0.5 int8", "0 int8", "0 fp16"}},
           {"rejected", {3}, {0.95}, {"0 fp32"}, io::Marker::cross},
           {"frontier", {1, 2}, {0.8, 0.9}, {}, io::Marker::none, io::Connection::steps}}};
}

using Shape = io::Ceiling::Shape;

io::LogLogChart roofline() {
  return {"Roofline",
          "MAC/byte",
          "GMAC/s",
          {{"peak", Shape::level, 64}, {"memory", Shape::slope, 4.3}, {"cache", Shape::slope, 40}},
          {{"measured", {0.25, 20}, {0.9, 48}, {"pool1", "conv2"}}}};
}

io::RectangleChart arena() {
  return {"Arena",
          "node",
          "offset (KiB)",
          {{0, 2, 0, 49, "conv1"}, {1, 3, 49, 98, "relu1"}, {2, 2, 0, 3, "no width"}},
          {{"lower bound", 98}, {"arena", 99}}};
}

/// Expects a picture of the size and resolution that the specification names, twice the same.
template <class Chart>
void check_picture(const Chart& chart) {
  const std::string png = io::to_png(chart, gnuplot());
  CHECK(io::to_png(chart, gnuplot()) == png);
  const auto chunks = chunks_of(png);
  REQUIRE(chunks.size() > 3);
  CHECK(chunks[0].first == "IHDR");
  CHECK(number_at(chunks[0].second, 0) == 1260);
  CHECK(number_at(chunks[0].second, 4) == 900);
  CHECK(chunks[1].first == "pHYs");
  CHECK(number_at(chunks[1].second, 0) == 7087);  // 180 dots per inch
  CHECK(chunks.back().first == "IEND");
  for (const auto& [name, data] : chunks) CHECK(name != "tIME");
}

}  // namespace

TEST_CASE("the resolution stands behind the header") {
  const std::string png = smallest_png();
  const auto chunks = chunks_of(io::with_resolution(png, 180));
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[1].first == "pHYs");
  CHECK(number_at(chunks[1].second, 0) == 7087);
  CHECK(number_at(chunks[1].second, 4) == 7087);
  CHECK(chunks[1].second[8] == 1);
  CHECK(refusal([] { return io::with_resolution("GIF89a", 180); }) ==
        "picture: offset 0: found other bytes, expected a PNG file");
  CHECK_THAT(refusal([&] { return io::with_resolution(png.substr(0, 20), 180); }),
             Contains("expected a PNG file"));
}

TEST_CASE("labels cover neither markers nor one another while there is room") {
  edgeopt::Random random(11);
  const io::PixelBox area{0, 0, 1000, 700};
  std::vector<io::LabelledPoint> points;
  std::vector<io::PixelBox> markers;
  for (int i = 0; i < 12; ++i) {
    const double x = 1000 * random.uniform();
    const double y = 700 * random.uniform();
    points.push_back({x, y, 90, 22});
    markers.push_back({x - 8, y - 8, x + 8, y + 8});
  }
  const auto boxes = io::place_labels(points, markers, area);
  REQUIRE(boxes.size() == points.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    CHECK(io::overlap(boxes[i], area) == Approx(90 * 22));
    for (std::size_t j = 0; j < i; ++j) CHECK(io::overlap(boxes[i], boxes[j]) == 0);
    for (const io::PixelBox& marker : markers) CHECK(io::overlap(boxes[i], marker) == 0);
  }
}

TEST_CASE("charts that cannot be drawn are refused before gnuplot is asked") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [](const auto& chart) {
    return refusal([&] { return io::to_png(chart, "/no/such/gnuplot"); });
  };
  CHECK(refused(io::BarChart{"", "", "", {"a"}, {}}) ==
        "bar chart is 1 labels, allowed is one for each of 0 values");
  CHECK(refused(io::BarChart{"", "", "", {"a"}, {nan}}) ==
        "bar is nan, allowed is a finite number, so that it can be drawn");
  CHECK(refused(io::BarChart{"", "", "", {"a"}, {-1}}) == "bar is -1.0, allowed is not negative");
  CHECK(refused(io::ScatterChart{"", "", "", {{"s", {1}, {nan}}}}) ==
        "series 's', y is nan, allowed is a finite number, so that it can be drawn");
  CHECK_THAT(refused(io::ScatterChart{"", "", "", {{"s", {1, 2}, {1}}}}),
             Contains("lists of different lengths"));
  CHECK_THAT(refused(io::ScatterChart{"", "", "", {{"s", {1}, {1}, {"a", "b"}}}}),
             Contains("lists of different lengths"));
  CHECK(refused(io::LogLogChart{"", "", "", {}, {{"s", {1}, {0}}}}) ==
        "series 's', y is 0.0, allowed is above 0 on a logarithmic axis");
  CHECK(refused(io::LogLogChart{"", "", "", {{"peak", Shape::level, -2}}, {}}) ==
        "ceiling 'peak' is -2.0, allowed is above 0 on a logarithmic axis");
  CHECK(refused(io::LogLogChart{"", "", "", {{"peak", Shape::slope, nan}}, {}}) ==
        "ceiling 'peak' is nan, allowed is a finite number, so that it can be drawn");
  CHECK(refused(io::RectangleChart{"", "", "", {{0, 1, 2, 1, "a"}}}) ==
        "rectangle 'a' is inside out, allowed is left <= right and bottom <= top");
  CHECK(refused(io::RectangleChart{"", "", "", {{0, nan, 0, 1, "a"}}}) ==
        "rectangle 'a' is nan, allowed is a finite number, so that it can be drawn");
  CHECK(refused(io::RectangleChart{"", "", "", {}, {{"bound", nan}}}) ==
        "level 'bound' is nan, allowed is a finite number, so that it can be drawn");
}

TEST_CASE("ceilings end where they meet and the axes show all of them") {
  const io::LogLogChart chart = roofline();
  const io::detail::PixelMap map =
      io::detail::axes_in_decades(chart, io::detail::in_decades(chart));
  const auto line = [&](std::size_t i) {
    return io::detail::ceiling_line(chart.ceilings[i], chart, map);
  };
  CHECK(line(0).x0 == Approx(map.x(std::log10(64 / 40.0))));  // from the steepest slope on
  CHECK(line(0).x1 == Approx(map.frame().right));
  for (const std::size_t slope : {1U, 2U}) {
    CHECK(line(slope).x0 == Approx(map.frame().left));
    CHECK(line(slope).y1 == Approx(map.y(std::log10(64))));  // up to the highest level
    CHECK(line(slope).x1 == Approx(map.x(std::log10(64 / chart.ceilings[slope].value))));
  }
  for (std::size_t i = 0; i < 3; ++i)
    for (const double share : {0.0, 1.0}) {
      const double x = line(i).x(share);
      const double y = line(i).y(share);
      const io::PixelBox at{x - 1, y - 1, x + 1, y + 1};
      CHECK(io::overlap(at, map.frame()) >= Approx(2));
    }
}

TEST_CASE("texts that are too long keep what tells them from others") {
  CHECK(io::detail::shortened("classifier", 10) == "classifier");
  CHECK(io::detail::shortened("classifier", 6) == "class\u2026");
  CHECK(io::detail::shortened_path("classifier", 6) == "class\u2026");
  CHECK(io::detail::shortened_path("/blocks.0/Relu", 6) == "\u2026/Relu");
  CHECK(io::detail::shortened_path("/\u00fc\u00e4/\u00f6", 3) == "\u2026/\u00f6");
}

TEST_CASE("tics of logarithmic axes are round numbers") {
  CHECK(io::detail::decade_text(1, 0) == "1");
  CHECK(io::detail::decade_text(2, -2) == "0.02");
  CHECK(io::detail::decade_text(5, 3) == "5000");
  CHECK(io::detail::decade_text(1, 6) == "1e6");
  CHECK(io::detail::decade_text(2, -7) == "2e-7");
}

TEST_CASE("without gnuplot there is a sentence") {
  CHECK_THAT(refusal([] { return io::to_png(example(), "/no/such/gnuplot"); }),
             Contains("/no/such/gnuplot: cannot be started: No such file or directory"));
  CHECK_THAT(refusal([] { return io::to_png(example(), "/bin/false"); }),
             Contains("/bin/false: made no picture"));
  CHECK_THAT(refusal([] { return io::to_png(example(), "/bin/true"); }),
             Contains("/bin/true: made no picture"));
  CHECK_THAT(refusal([] { return io::to_png(example(), "/bin/echo"); }),  // prints something else
             Contains("/bin/echo: made no picture"));
  CHECK(io::missing_pictures_note({"a.png", "b.png"}) ==
        "not drawn: a.png, b.png (gnuplot was not found; on Debian: apt install gnuplot-nox "
        "fonts-dejavu-core)");
}

TEST_CASE("charts become pictures, the same bytes each time") {
  check_picture(example());
  check_picture(io::BarChart{"MACs", "layer", "millions", {"conv1", "conv2"}, {3.6, 28.9}});
  check_picture(roofline());
  check_picture(arena());
}

TEST_CASE("charts without points and with a single one are pictures") {
  check_picture(io::ScatterChart{"", "", "", {{"none", {}, {}}}});
  check_picture(io::ScatterChart{"", "", "", {{"one", {0}, {0}, {"here"}}}});
  check_picture(io::BarChart{"", "", "", {}, {}});
  check_picture(io::BarChart{"", "", "", {"zero"}, {0}});
  check_picture(io::LogLogChart{"", "", "", {}, {}});
  check_picture(io::LogLogChart{"", "", "", {{"slope alone", Shape::slope, 1e-9}}, {}});
  check_picture(io::RectangleChart{});
  check_picture(io::RectangleChart{"", "", "", {{3, 3, 4, 4, "a point"}}});
}

TEST_CASE("gnuplot reads quoted texts back as they were") {
  edgeopt::Random random(13);
  std::string script = "set print '-'\n";
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    std::string text = i % 2 == 0 ? "\xc3\xbc" : "";
    for (std::uint64_t length = 1 + random.below(12); length > 0; --length)
      text += static_cast<char>(' ' + random.below(95));
    script += "print " + io::detail::gnuplot_quoted(text) + "\n";
    expected += text + "\n";
  }
  const io::TemporaryFile input;
  REQUIRE(::write(input.descriptor(), script.data(), script.size()) ==
          static_cast<ssize_t>(script.size()));
  CHECK(io::run_program(gnuplot(), {"-d"}, input).output == expected);
}

TEST_CASE("labels are text to gnuplot, whatever they hold") {
  const TemporaryFolder folder;
  const std::string marker = (folder.path() / "made").string();
  const std::vector<std::string> attacks{"'; system('touch " + marker + "'); set title '",
                                         "\n!touch " + marker + "\n",
                                         "`touch " + marker + "`",
                                         "$(touch " + marker + ")",
                                         "{/Bold x}_2^3 @ & ~ \\n \\",
                                         "100% %d %s",
                                         "\xff\xc3 bytes",
                                         std::string("nul\0nul", 7),
                                         "e\n"};
  io::BarChart bars{"", "", "", attacks, std::vector<double>(attacks.size(), 1.0)};
  io::ScatterChart scatter{"", "", "", {}};
  io::LogLogChart ceilings{"", "", "", {}, {}};
  io::RectangleChart rectangles;
  for (const std::string& text : attacks) {
    bars.title = bars.x_label = bars.y_label = scatter.title = scatter.x_label = text;
    scatter.series.push_back({text, {1}, {1}, {text}});
    CHECK_FALSE(io::to_png(bars, gnuplot()).empty());
    CHECK_FALSE(io::to_png(scatter, gnuplot()).empty());
    ceilings.ceilings.push_back({text, Shape::level, 1});
    CHECK_FALSE(io::to_png(ceilings, gnuplot()).empty());
    rectangles.rectangles.push_back({0, 1, 0, 1, text});
    rectangles.levels.push_back({text, 1});
    CHECK_FALSE(io::to_png(rectangles, gnuplot()).empty());
  }
  CHECK_FALSE(std::filesystem::exists(marker));
}
