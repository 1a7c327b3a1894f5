// SPDX-License-Identifier: MIT
/// @file
/// The exceptions of the library. Nothing else but `std::bad_alloc` leaves a public function.
#pragma once

#include <stdexcept>  // std::runtime_error
#include <string>
#include <utility>  // std::move
#include <vector>

namespace edgeopt::inline v0 {

/// Base of every exception of the library; `what()` is one or more full sentences for a person.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One thing that is wrong with an input.
struct InputProblem {
  std::string file;      ///< path or name of the source, e.g. "config.yaml"
  std::string place;     ///< where in it: "line 3, key 'epochs'", "offset 12"; may be empty
  std::string found;     ///< what stands there: "'-1'", "3 bytes"
  std::string expected;  ///< what may stand there: "an integer >= 1"

  /// "config.yaml: line 3, key 'epochs': found '-1', expected an integer >= 1"
  [[nodiscard]] std::string sentence() const {
    std::string text = file;
    if (!place.empty()) text += (text.empty() ? "" : ": ") + place;
    if (!text.empty()) text += ": ";
    return text + "found " + found + ", expected " + expected;
  }
};

/// An input (a file, a stream, a model) is not what it has to be. Holds every problem found, at
/// least one; `what()` has one line for each.
class InputError : public Error {
 public:
  explicit InputError(std::vector<InputProblem> problems)
      : Error(lines(problems)), problems_(std::move(problems)) {}
  InputError(std::string file, std::string place, std::string found, std::string expected)
      : InputError(std::vector<InputProblem>{
            {std::move(file), std::move(place), std::move(found), std::move(expected)}}) {}

  [[nodiscard]] const std::vector<InputProblem>& problems() const noexcept { return problems_; }

 private:
  static std::string lines(const std::vector<InputProblem>& problems) {
    std::string text;
    for (const InputProblem& problem : problems) {
      if (!text.empty()) text += '\n';
      text += problem.sentence();
    }
    return text;
  }

  std::vector<InputProblem> problems_;
};

/// An argument lies outside the domain of the function.
class DomainError : public Error {
 public:
  DomainError(std::string parameter, std::string value, std::string allowed)
      : Error(parameter + " is " + value + ", allowed is " + allowed),
        parameter_(std::move(parameter)),
        value_(std::move(value)),
        allowed_(std::move(allowed)) {}

  [[nodiscard]] const std::string& parameter() const noexcept { return parameter_; }
  [[nodiscard]] const std::string& value() const noexcept { return value_; }
  [[nodiscard]] const std::string& allowed() const noexcept { return allowed_; }

 private:
  std::string parameter_;
  std::string value_;
  std::string allowed_;
};

/// The system refused something that was asked of it: a file cannot be written, a folder is locked.
class SystemError : public Error {
 public:
  /// `subject` is what it was asked of (a path, a program), `problem` what went wrong.
  SystemError(const std::string& subject, const std::string& problem)
      : Error(subject + ": " + problem), subject_(subject) {}

  [[nodiscard]] const std::string& subject() const noexcept { return subject_; }

 private:
  std::string subject_;
};

/// The caller asked a long computation to stop.
class Interrupted : public Error {
 public:
  using Error::Error;
};

}  // namespace edgeopt::inline v0
