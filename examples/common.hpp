// What every example program does alike: options, exit status, errors.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <edgeopt/error.hpp>
#include <edgeopt/text.hpp>
#include <edgeopt/version.hpp>
#include <exception>
#include <iostream>
#include <limits>
#include <new>  // std::bad_alloc
#include <string>
#include <utility>
#include <vector>

namespace examples {

/// What a program tells the shell.
enum ExitStatus : int { success = 0, failure = 1, wrong_usage = 2, interrupted = 130 };

/// A command line with --help and --version.
class Program : public CLI::App {
 public:
  Program(const std::string& name, const std::string& description) : CLI::App(description, name) {
    const edgeopt::Version& version = edgeopt::version;
    set_version_flag("--version", std::to_string(version.major) + "." +
                                      std::to_string(version.minor) + "." +
                                      std::to_string(version.patch));
  }
};

/// An integer that is not below `least`.
inline CLI::Validator at_least(std::int64_t least) {
  const std::string expectation = "an integer >= " + std::to_string(least);
  return {[=](const std::string& text) {
            const auto value = edgeopt::parse_integer<std::int64_t>(text);
            return value && *value >= least ? "" : "found '" + text + "', expected " + expectation;
          },
          ">=" + std::to_string(least)};
}

/// A finite real number that is not below `least`.
inline CLI::Validator real_at_least(double least) {
  const std::string expectation = "a number >= " + edgeopt::format_real(least);
  return {[=](const std::string& text) {
            const auto value = edgeopt::parse_real(text);
            return value && *value >= least && *value <= std::numeric_limits<double>::max()
                       ? ""
                       : "found '" + text + "', expected " + expectation;
          },
          ">=" + edgeopt::format_real(least)};
}

/// An option that takes one of a few names. The first is the default. `value` takes a `Value`.
template <class Value, class Target>
void add_choice(CLI::App& app, const std::string& option, Target& value,
                const std::vector<std::pair<std::string, Value>>& choices,
                const std::string& description) {
  std::vector<std::string> names;
  for (const auto& choice : choices) names.push_back(choice.first);
  app.add_option_function<std::string>(
         option,
         [&value, choices](const std::string& name) {
           for (const auto& choice : choices)
             if (choice.first == name) value = choice.second;
         },
         description)
      ->check(CLI::IsMember(names))
      ->default_str(names.front());
}

/// Parses the command line, then runs `body()`. Every error becomes a sentence on standard error.
template <class Body>
int run(Program& program, int argc, char** argv, Body&& body) {
  const auto complain = [&](const std::string& sentence, ExitStatus status) {
    std::cerr << program.get_name() << ": " << sentence << '\n';
    return status;
  };
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked_for_help) {
    return program.exit(asked_for_help);
  } catch (const CLI::ParseError& error) {
    return complain(std::string(error.what()) + " (see --help)", wrong_usage);
  }
  try {
    body();
    std::cout.flush();
    if (!std::cout) return complain("standard output cannot be written", failure);
    return success;
  } catch (
      const CLI::ParseError& error) {  // found out only when the options were looked at together
    return complain(std::string(error.what()) + " (see --help)", wrong_usage);
  } catch (const edgeopt::Interrupted& error) {
    return complain(error.what(), interrupted);
  } catch (const std::bad_alloc&) {
    return complain("there is not enough memory for what was asked", failure);
  } catch (const std::exception& error) {
    return complain(error.what(), failure);
  }
}

}  // namespace examples
