// What each layer of SmallCNN costs, and how memory grows with the batch.
#include <edgeopt/batch_memory.hpp>
#include <edgeopt/hardware.hpp>
#include <edgeopt/table.hpp>
#include <edgeopt/top_rows.hpp>
#include <string>
#include <vector>

#include "common.hpp"
#include "network_options.hpp"
#include "tables.hpp"

namespace {

/// A layer at one of several batch sizes.
struct LayerAtBatch {
  std::int64_t batch = 1;
  edgeopt::LayerShare layer;
};

template <class Visit>
constexpr void visit_columns(const LayerAtBatch*, Visit&& visit) {
  visit("batch", &LayerAtBatch::batch);
  visit(edgeopt::spliced, &LayerAtBatch::layer);
}

}  // namespace

int main(int argc, char** argv) {
  examples::Program program("layerwise_analysis",
                            "Layer-wise multiply-accumulates, bytes and memory of SmallCNN.");
  edgeopt::SmallCNNSpec spec;
  edgeopt::Precision precision = edgeopt::Precision::fp32;
  std::vector<std::int64_t> batches{32};
  std::size_t top = 0;
  std::string by = "macs";
  std::string only;
  examples::Format format = examples::Format::table;
  examples::add_network_options(program, spec);
  examples::add_precision_option(program, precision);
  program.add_option("--batch", batches, "Batch sizes")
      ->delimiter(',')
      ->check(examples::at_least(1))
      ->type_name("N[,N...]")
      ->default_str("32");
  program.add_option("--top", top, "Only the N layers with the largest value of --by")
      ->check(examples::at_least(1));
  program.add_option("--by", by, "Column that --top goes by")->capture_default_str();
  program.add_option("--only", only, "Only this table: layers or memory")
      ->check(CLI::IsMember({"layers", "memory"}));
  examples::add_format_option(program, format);

  return examples::run(program, argc, argv, [&] {
    std::vector<LayerAtBatch> layers;
    for (const std::int64_t batch : batches) {
      auto shares =
          edgeopt::layer_shares(edgeopt::estimate_layerwise_stats(spec, batch, precision));
      if (top > 0) shares = edgeopt::top_rows(shares, by, top);
      for (const edgeopt::LayerShare& share : shares) layers.push_back({batch, share});
    }
    const std::string network = "SmallCNN " + std::to_string(spec.conv1_channels) + "/" +
                                std::to_string(spec.conv2_channels) + " in " +
                                std::string(to_string(precision));
    std::vector<examples::TitledTable> tables;
    if (only != "memory")
      tables.push_back(
          {"layers",
           network + ", layer by layer (bytes: " + std::string(edgeopt::bytes_convention) + ")",
           edgeopt::to_table(layers)});
    if (only != "layers")
      tables.push_back({"memory", network + ", memory by batch size",
                        edgeopt::to_table(edgeopt::memory_by_batch(spec, batches, precision))});
    examples::print(tables, format);
  });
}
