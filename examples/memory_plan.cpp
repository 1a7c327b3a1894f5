// Where each activation of a network lies in one arena, and whether a device has room for it.
#include <cstdint>
#include <edgeopt/checked_count.hpp>
#include <edgeopt/memory_fit.hpp>
#include <edgeopt/memory_plan.hpp>
#include <edgeopt/study/memory_artifacts.hpp>
#include <edgeopt/table.hpp>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common.hpp"
#include "device_options.hpp"
#include "network_source.hpp"
#include "tables.hpp"
#include "written_files.hpp"

namespace {

struct Options {
  examples::NetworkSource source;
  edgeopt::MemoryPlanOptions plan;
  bool in_place = false;
  bool reorder = false;
  std::string device;
  std::vector<std::string> device_files;
  std::optional<std::int64_t> sram_kb;
  std::optional<std::int64_t> flash_kb;
  std::int64_t runtime_kb = 0;
  std::int64_t code_kb = 0;
  std::string output_dir;
  examples::Format format = examples::Format::table;
};

std::int64_t from_kb(std::int64_t kb, const char* option) {
  return edgeopt::checked_product({kb, 1024}, option);
}

/// The memories of the device that was named or described; nothing where none was.
std::optional<edgeopt::MemorySupply> supply_of(const Options& options) {
  if (options.sram_kb)
    return edgeopt::MemorySupply{from_kb(*options.sram_kb, "--sram-kb"),
                                 from_kb(options.flash_kb.value_or(0), "--flash-kb")};
  if (options.device.empty()) return std::nullopt;
  const edgeopt::Device device =
      examples::named_device(examples::read_devices(options.device_files), options.device);
  if (!device.sram_bytes.value || !device.flash_bytes.value)
    throw CLI::ValidationError("--device", "on-chip RAM or flash of '" + device.name +
                                               "' is unknown, give --sram-kb and --flash-kb");
  return edgeopt::MemorySupply{*device.sram_bytes.value, *device.flash_bytes.value};
}

edgeopt::MemoryFit fit_of(const edgeopt::MemoryPlan& plan, const edgeopt::MemorySupply& supply,
                          const Options& options) {
  return edgeopt::fit_memory({plan.arena.bytes, from_kb(options.runtime_kb, "--runtime-kb"),
                              plan.constant_bytes, from_kb(options.code_kb, "--code-kb")},
                             supply);
}

void report(const Options& options) {
  const auto supply = supply_of(options);
  const examples::NamedGraph network = examples::read_network(options.source);
  const edgeopt::MemoryPlan plan = edgeopt::plan_memory(network.graph, options.plan);
  if (const auto fault = edgeopt::find_fault(plan.liveness.tensors, plan.arena))
    throw std::logic_error(*fault);

  const bool for_people = options.format == examples::Format::table;
  const edgeopt::Table summary = edgeopt::to_table(std::vector{edgeopt::summarize_memory(plan)});
  std::vector<examples::TitledTable> tables{
      {"tensors", network.title + ": activations in the arena",
       edgeopt::to_table(edgeopt::planned_tensors(plan))},
      {"shared", "Results without memory of their own", edgeopt::to_table(plan.shared)},
      {"summary", "The plan (checked: aligned, within the arena, no two overlap)",
       for_people ? examples::in_lines(summary) : summary}};
  std::optional<edgeopt::MemoryFit> fit;
  if (supply) {
    fit = fit_of(plan, *supply, options);
    const std::string device = options.device.empty() ? "Device" : options.device;
    tables.push_back({"fit", device, edgeopt::to_table(std::vector{*fit})});
  }
  examples::print(tables, options.format);
  if (for_people && fit) std::cout << '\n' << edgeopt::to_sentence(*fit) << ".\n";

  if (options.output_dir.empty()) return;
  const edgeopt::WrittenFiles written =
      edgeopt::save_memory_artifacts(options.output_dir, plan, "Arena of " + network.title);
  examples::report_written(options.output_dir, written.files, written.missing_pictures_note);
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program(
      "memory_plan",
      "Where each activation of SmallCNN, or of a model in an ONNX file, lies in "
      "one arena, what is alive when most is, and whether a device has room "
      "for it.");
  Options options;
  examples::add_network_source(program, options.source);
  program
      .add_option("--alignment", options.plan.arena.alignment,
                  "Bytes that every offset is a multiple of: a power of two")
      ->check(examples::at_least(1))
      ->capture_default_str();
  using edgeopt::ArenaStrategy;
  examples::add_choice<ArenaStrategy>(
      program, "--strategy", options.plan.arena.strategy,
      {{"search", ArenaStrategy::search}, {"greedy", ArenaStrategy::greedy_by_size}},
      "How offsets are chosen: greedy by size as TensorFlow Lite Micro does, or a search from "
      "there");
  program.add_flag("--in-place", options.in_place,
                   "Elementwise operators may write over an input that is not read any more");
  program.add_flag("--reorder", options.reorder,
                   "Nodes may run in another order, where that lowers the peak");
  auto* sram =
      program.add_option("--sram-kb", options.sram_kb, "SRAM of a device, KB of 1024 bytes")
          ->check(examples::at_least(0));
  auto* flash = program.add_option("--flash-kb", options.flash_kb, "Its flash")
                    ->check(examples::at_least(0))
                    ->needs(sram);
  sram->needs(flash);
  program.add_option("--device", options.device, "A device of the table instead")
      ->type_name("NAME")
      ->excludes(sram);
  examples::add_device_files_option(program, options.device_files);
  program.add_option("--runtime-kb", options.runtime_kb, "SRAM for everything but the arena")
      ->check(examples::at_least(0))
      ->capture_default_str();
  program.add_option("--code-kb", options.code_kb, "Flash for everything but the weights")
      ->check(examples::at_least(0))
      ->capture_default_str();
  program.add_option("--output-dir", options.output_dir,
                     "Folder for memory_plan.csv and memory_plan.png");
  examples::add_format_option(program, options.format);
  return examples::run(program, argc, argv, [&] {
    if (options.in_place) options.plan.in_place = edgeopt::InPlace::elementwise;
    if (options.reorder) options.plan.reorder.emplace();
    report(options);
  });
}
