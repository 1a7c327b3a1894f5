// Profile of a small streaming pipeline by linear coefficients, and the batch that fits a device.
#include <edgeopt/batch_fit.hpp>
#include <edgeopt/operator_profile.hpp>
#include <edgeopt/study/hardware_profile_artifacts.hpp>
#include <edgeopt/table.hpp>
#include <iostream>
#include <optional>
#include <string>

#include "common.hpp"
#include "tables.hpp"

int main(int argc, char** argv) {
  examples::Program program(
      "hardware_profile",
      "Latency, memory and bandwidth of a streaming pipeline, by assumed linear coefficients.");
  std::int64_t batch = 0;
  std::int64_t features = 0;
  double stream_interval_ms = 100;
  std::optional<double> memory_limit_mb;
  std::string output_dir;
  examples::Format format = examples::Format::table;
  program.add_option("--batch", batch, "Items in a batch")
      ->required()
      ->check(examples::at_least(1));
  program.add_option("--features", features, "Features of an item")
      ->required()
      ->check(examples::at_least(1));
  program.add_option("--stream-interval-ms", stream_interval_ms, "Time between two batches")
      ->check(examples::real_at_least(0))
      ->capture_default_str();
  program
      .add_option("--memory-limit-mb", memory_limit_mb,
                  "Memory for the batch; a batch that does not fit is halved until it does")
      ->check(examples::real_at_least(0));
  program.add_option("--output-dir", output_dir,
                     "Folder for operator_profile.csv and hardware_totals.csv");
  examples::add_format_option(program, format);

  return examples::run(program, argc, argv, [&] {
    if (memory_limit_mb) {
      const edgeopt::HardwareProfile device{.memory_limit_mb = *memory_limit_mb};
      const std::int64_t asked = batch;
      batch = edgeopt::auto_adjust_batch_size(asked, features, device);
      const double memory_mb = edgeopt::estimate_batch_memory_mb(batch, features);
      if (batch != asked || memory_mb > *memory_limit_mb)
        std::cerr << "A batch of " << asked << " does not fit "
                  << edgeopt::format_real(*memory_limit_mb) << " MB; profiled is a batch of "
                  << batch << ", which takes " << edgeopt::format_real(memory_mb) << " MB.\n";
    }
    const edgeopt::OperatorProfile profile =
        edgeopt::build_hardware_profile_table(batch, features, stream_interval_ms);
    examples::print({{"operators", "Operators (assumed coefficients, not measured)",
                      edgeopt::to_table(profile.operators)},
                     {"totals", "Totals", edgeopt::to_table(std::vector{profile.totals})},
                     {"precision_tradeoffs", "Precision",
                      edgeopt::to_table(std::vector{profile.precision_tradeoffs})},
                     {"edge_constraints", "Constraints",
                      edgeopt::to_table(std::vector{profile.edge_constraints})}},
                    format);
    if (!output_dir.empty()) {
      edgeopt::write_hardware_profile_artifacts(output_dir, profile);
      std::cerr << "Written to " << output_dir << ": operator_profile.csv, hardware_totals.csv\n";
    }
  });
}
