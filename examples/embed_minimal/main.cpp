// What a program needs in order to ask edgeopt about a network: one header, no other package.
#include <cstdio>
#include <edgeopt/hardware.hpp>

int main() {
  const auto layers = edgeopt::estimate_layerwise_stats({}, 32);  // the default SmallCNN, batch 32
  const auto summary = edgeopt::summarize_hardware(layers, 4.2, 12.8);  // 4.2 ms at 12.8 GB/s
  for (const auto& layer : layers)
    std::printf("%-10s %9lld MACs\n", layer.layer.c_str(), static_cast<long long>(layer.macs));
  std::printf("%.3f GMAC/s, %.1f %% of the bandwidth. %s\n", summary.achieved_gmacs,
              100 * summary.bandwidth_utilization, edgeopt::read_summary(summary).meaning.c_str());
}
