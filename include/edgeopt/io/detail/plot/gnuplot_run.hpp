// SPDX-License-Identifier: MIT
/// @file
/// Commands and data for gnuplot, and the picture that comes of them.
#pragma once

#include <gnuplot-iostream.h>

#include <algorithm>  // std::min
#include <array>
#include <cstddef>
#include <filesystem>
#include <locale>  // std::locale::classic
#include <string>
#include <string_view>
#include <utility>  // std::pair
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/png_resolution.hpp"
#include "edgeopt/io/program.hpp"
#include "edgeopt/io/utf8.hpp"

namespace edgeopt::inline v0::io::detail {

inline constexpr double picture_width = 1260;
inline constexpr double picture_height = 900;
inline constexpr double picture_dots_per_inch = 180;
inline constexpr std::array<std::string_view, 7> okabe_ito{
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"};

/// Where the coordinate system lies within the picture, in shares of its size.
struct PlotArea {
  double left = 0.145;
  double right = 0.965;
  double bottom = 0.13;
  double top = 0.85;

  /// The place of shares of the axes in pixels.
  [[nodiscard]] double pixel_x(double share) const {
    return picture_width * (left + (right - left) * share);
  }
  [[nodiscard]] double pixel_y(double share) const {
    return picture_height * (bottom + (top - bottom) * share);
  }
};

/// The text as a quoted string of gnuplot. Punctuation is written in octal (`\047`), so that none
/// can end the string or run a command, and so are digits, which would lengthen an octal number
/// before them; gnuplot reads it back as it was.
[[nodiscard]] inline std::string gnuplot_quoted(std::string_view text) {
  constexpr std::string_view digits = "01234567";
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t valid = valid_utf8_prefix(text);
    for (const char c : text.substr(0, valid)) {
      const auto code = static_cast<unsigned char>(c);
      const bool is_plain =
          code >= 0x80 || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z');
      if (is_plain)
        quoted += c;
      else if (code <= ' ' || code == 0x7f)
        quoted += ' ';
      else
        quoted += {'\\', digits[code >> 6], digits[code >> 3 & 7], digits[code & 7]};
    }
    if (valid < text.size()) quoted += '?';
    text.remove_prefix(std::min(valid + 1, text.size()));
  }
  return quoted + "\"";
}

/// The same for a label of a tic, in which gnuplot also looks for number formats.
[[nodiscard]] inline std::string gnuplot_tic(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '%' ? std::string("%%") : std::string(1, c);
  return gnuplot_quoted(escaped);
}

/// How the lines of a picture differ beside their colour.
[[nodiscard]] inline std::string_view gnuplot_dashes(std::size_t line) {
  constexpr std::array<std::string_view, 4> dashes{"solid", "'-'", "'_ . '", "'. '"};
  return dashes[line % dashes.size()];
}

/// At most `count` characters, the last an ellipsis where some are left out.
[[nodiscard]] inline std::string shortened(const std::string& text, std::size_t count) {
  if (character_count(text) <= count) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && ++seen == count) break;
  return text.substr(0, end) + "\u2026";
}

/// The same for the name of a place among others, of which the end tells most: "\u2026/conv2/Relu".
[[nodiscard]] inline std::string shortened_path(const std::string& text, std::size_t count) {
  if (character_count(text) <= count || text.find('/') == text.npos) return shortened(text, count);
  std::size_t begin = text.size();
  for (std::size_t seen = 1; seen < count && begin > 0;)
    if ((static_cast<unsigned char>(text[--begin]) & 0xc0) != 0x80) ++seen;
  return "\u2026" + text.substr(begin);
}

}  // namespace edgeopt::inline v0::io::detail

namespace edgeopt::inline v0::io {

/// A picture that gnuplot is drawing.
class UnfinishedPicture {
 public:
  /// @throws SystemError when gnuplot cannot be started
  UnfinishedPicture(const std::filesystem::path& gnuplot, const TemporaryFile& script)
      // -d: the user's own settings do not change the picture.
      : gnuplot_(gnuplot.string()), program_(gnuplot, {"-d"}, script) {}

  /// Waits for the picture and gives the bytes of its PNG file; to be called once.
  /// @throws SystemError when gnuplot made none
  [[nodiscard]] std::string finish() {
    const ProgramResult result = program_.finish();
    if (result.exit_status != 0)
      throw SystemError(gnuplot_, "made no picture" + reason(result.errors));
    try {
      return with_resolution(result.output, detail::picture_dots_per_inch);
    } catch (const InputError&) {  // some other program's output, or none
      throw SystemError(gnuplot_, "made no picture" + reason(result.errors));
    }
  }

 private:
  /// gnuplot's first complaint; it draws a caret under the place before it says what is wrong.
  static std::string reason(std::string_view errors) {
    const std::size_t line = errors.find("line ");
    if (line == errors.npos) return "";
    errors.remove_prefix(line);
    return ": " + std::string(errors.substr(0, errors.find('\n')));
  }

  std::string gnuplot_;
  RunningProgram program_;
};

}  // namespace edgeopt::inline v0::io

namespace edgeopt::inline v0::io::detail {

/// Collects commands and data for gnuplot and runs it.
class GnuplotRun {
 public:
  GnuplotRun() : stream_(script_.stream()) {
    stream_.imbue(std::locale::classic());
    stream_ << "set terminal pngcairo noenhanced size " << static_cast<int>(picture_width) << ","
            << static_cast<int>(picture_height)
            << " font 'DejaVu Sans,20' linewidth 2 background '#FFFFFF'\n"
               "set encoding utf8\n"
               "set border 3 linecolor '#404040' linewidth 0.8\n"
               "set tics nomirror out scale 0.6 font ',17' textcolor '#202020'\n"
               "set grid linecolor '#C8C8C8' linewidth 0.6 dashtype solid\n";
  }

  template <class Value>
  GnuplotRun& operator<<(const Value& value) {
    stream_ << value;
    return *this;
  }

  /// Sends the data of one `'-'` of a plot command.
  void send(const std::vector<std::pair<double, double>>& points) { stream_.send1d(points); }

  void set_frame(const PlotArea& area, const std::string& title, const std::string& x_label,
                 const std::string& y_label) {
    *this << "set lmargin at screen " << area.left << "\nset rmargin at screen " << area.right
          << "\nset bmargin at screen " << area.bottom << "\nset tmargin at screen " << area.top
          << "\nset label 1000 " << gnuplot_quoted(shortened(title, 70))
          << " at screen 0.5,0.955 center font ',24'\nset label 1001 "
          << gnuplot_quoted(shortened(x_label, 70)) << " at screen " << (area.left + area.right) / 2
          << ",0.035 center\nset label 1002 " << gnuplot_quoted(shortened(y_label, 50))
          << " at screen 0.022," << (area.bottom + area.top) / 2 << " center rotate by 90\n";
  }

  /// An empty coordinate system with a word in its middle.
  void plot_nothing(std::string_view word) {
    *this << "set label 1003 " << gnuplot_quoted(word)
          << " at graph 0.5,0.5 center\nplot 1/0 notitle";
  }

  /// Names the series in a line under the title.
  void set_legend() {
    *this << "set key at screen 0.545,0.905 center horizontal reverse Left samplen 1.5 font "
             "',17'\n";
  }

  /// Starts gnuplot. @throws SystemError when that cannot be done
  [[nodiscard]] UnfinishedPicture start(const std::filesystem::path& gnuplot) {
    stream_.flush();
    if (!stream_) throw SystemError("temporary file", "cannot be written");
    return {gnuplot, script_};
  }

 private:
  TemporaryFile script_;
  gnuplotio::Gnuplot stream_;
};

}  // namespace edgeopt::inline v0::io::detail
