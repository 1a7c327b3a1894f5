// One line on a terminal that says how far a program is.
#pragma once

#include <unistd.h>  // isatty

#include <iostream>
#include <string>

namespace examples {

// Shown on standard error where that is a terminal, and nowhere else.
class ProgressLine {
 public:
  enum class Shown { never, on_terminal };

  explicit ProgressLine(Shown shown)
      : is_shown_(shown == Shown::on_terminal && isatty(STDERR_FILENO) != 0) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { clear(); }

  // share: of the work that is done, 0 to 1
  void show(const std::string& text, double share) const {
    if (!is_shown_) return;
    constexpr int width = 30;
    const int done = static_cast<int>(share * width);
    std::cerr << "\r\033[K[" << std::string(static_cast<std::size_t>(done), '#')
              << std::string(static_cast<std::size_t>(width - done), '.') << "] " << text
              << std::flush;
  }

  void clear() const {
    if (is_shown_) std::cerr << "\r\033[K" << std::flush;
  }

 private:
  bool is_shown_;
};

}  // namespace examples
