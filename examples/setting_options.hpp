// Settings of a study from the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <edgeopt/study/load_config.hpp>
#include <map>
#include <string>

namespace examples {

// Settings that the command line gives, by the names they have in a file.
class SettingOptions {
 public:
  void add(CLI::App& app, const std::string& option, const std::string& key,
           const std::string& description) {
    app.add_option(option, values_[key], description)->check([key](const std::string& text) {
      try {
        edgeopt::ExperimentConfig scratch;
        edgeopt::set_config_value(scratch, key, text);
        return std::string();
      } catch (const edgeopt::DomainError& error) {
        return "found '" + text + "', expected " + error.allowed();
      }
    });
  }

  // They override what a file says.
  void apply(edgeopt::ExperimentConfig& config) const {
    for (const auto& [key, text] : values_)
      if (!text.empty()) edgeopt::set_config_value(config, key, text);
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace examples
