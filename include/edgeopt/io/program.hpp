// SPDX-License-Identifier: MIT
/// @file
/// Other programs, run without a shell and without pipes, so that neither a name is interpreted nor
/// SIGPIPE raised.
#pragma once

#include <spawn.h>     // ::posix_spawn
#include <sys/wait.h>  // ::waitpid
#include <unistd.h>    // ::access, ::dup, ::lseek, ::read

#include <cerrno>
#include <cstdio>   // std::tmpfile
#include <cstdlib>  // std::getenv
#include <filesystem>
#include <memory>  // std::unique_ptr
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>  // std::exchange, std::move
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/file.hpp"

namespace edgeopt::inline v0::io {

/// The program of that name: itself when the name is a path, else the first in $PATH.
[[nodiscard]] inline std::optional<std::filesystem::path> find_program(std::string_view name) {
  const auto is_program = [](const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != name.npos) {
    if (is_program(name)) return name;
    return std::nullopt;
  }
  const char* variable = std::getenv("PATH");
  std::string_view folders = variable != nullptr ? variable : "";
  while (!name.empty() && !folders.empty()) {
    const std::size_t colon = folders.find(':');
    const std::filesystem::path path = std::filesystem::path(folders.substr(0, colon)) / name;
    if (is_program(path)) return path;
    folders.remove_prefix(colon == folders.npos ? folders.size() : colon + 1);
  }
  return std::nullopt;
}

/// A file without a name that goes with its owner.
class TemporaryFile {
 public:
  /// @throws SystemError when none can be made
  TemporaryFile() : file_(std::tmpfile()) {
    if (!file_) detail::throw_system_error("temporary file", "made");
  }

  [[nodiscard]] int descriptor() const noexcept { return ::fileno(file_.get()); }

  /// Another stream onto the same file, closed by whoever asked.
  [[nodiscard]] std::FILE* stream() const {
    std::FILE* stream = ::fdopen(::dup(descriptor()), "w");
    if (stream == nullptr) detail::throw_system_error("temporary file", "written");
    return stream;
  }

  void rewind() const {
    if (::lseek(descriptor(), 0, SEEK_SET) != 0)
      detail::throw_system_error("temporary file", "read");
  }

  /// Everything in it. @throws SystemError when it cannot be read
  [[nodiscard]] std::string content() const {
    rewind();
    std::string bytes;
    char buffer[4096];
    while (const ssize_t count = ::read(descriptor(), buffer, sizeof buffer)) {
      if (count > 0)
        bytes.append(buffer, static_cast<std::size_t>(count));
      else if (errno != EINTR)
        detail::throw_system_error("temporary file", "read");
    }
    return bytes;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  std::unique_ptr<std::FILE, Close> file_;
};

/// What a program left behind.
struct ProgramResult {
  int exit_status = 0;  ///< 128 + the signal's number when one ended it, as shells say
  std::string output;
  std::string errors;
};

/// A program under way. Whoever owns it waits for its end, in the destructor at the latest.
class RunningProgram {
 public:
  /// Starts a program with `input` from its beginning as standard input.
  /// @throws SystemError when it cannot be started
  RunningProgram(const std::filesystem::path& program, std::vector<std::string> arguments,
                 const TemporaryFile& input)
      : name_(program.string()) {
    input.rewind();
    std::string name = name_;
    std::vector<char*> pointers{name.data()};
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.descriptor(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output_.descriptor(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors_.descriptor(), STDERR_FILENO);
    const int failure =
        ::posix_spawn(&process_, name_.c_str(), &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) detail::throw_system_error(name_, "started", failure);
  }
  RunningProgram(RunningProgram&& other) noexcept
      : name_(std::move(other.name_)),
        output_(std::move(other.output_)),
        errors_(std::move(other.errors_)),
        process_(std::exchange(other.process_, 0)) {}
  RunningProgram& operator=(RunningProgram&&) = delete;
  ~RunningProgram() {
    int status = 0;
    if (process_ != 0) (void)wait(status);
  }

  /// Waits for its end; to be called once. @throws SystemError when it cannot be waited for
  [[nodiscard]] ProgramResult finish() {
    int status = 0;
    const bool ended = wait(status);
    process_ = 0;
    if (!ended) detail::throw_system_error(name_, "waited for");
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), output_.content(),
            errors_.content()};
  }

 private:
  [[nodiscard]] bool wait(int& status) const noexcept {
    while (::waitpid(process_, &status, 0) < 0)
      if (errno != EINTR) return false;
    return true;
  }

  std::string name_;
  TemporaryFile output_;
  TemporaryFile errors_;
  pid_t process_ = 0;
};

/// Runs a program to its end. @throws SystemError as `RunningProgram`
[[nodiscard]] inline ProgramResult run_program(const std::filesystem::path& program,
                                               std::vector<std::string> arguments,
                                               const TemporaryFile& input) {
  return RunningProgram(program, std::move(arguments), input).finish();
}

}  // namespace edgeopt::inline v0::io
