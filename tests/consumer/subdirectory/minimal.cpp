#include <cstdio>
#include <edgeopt/hardware.hpp>

int main() {
  const auto layers = edgeopt::estimate_layerwise_stats({}, 32);
  std::printf("%lld\n", static_cast<long long>(layers.front().output_elements));
}
