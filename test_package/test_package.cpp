#include <cstdio>
#include <edgeopt/hardware.hpp>
#include <edgeopt/version.hpp>

int main() {
  const auto layers = edgeopt::estimate_layerwise_stats({}, 32);
  std::printf("edgeopt %d.%d.%d: %s takes %lld multiply-accumulates\n", edgeopt::version.major,
              edgeopt::version.minor, edgeopt::version.patch, layers.front().layer.c_str(),
              static_cast<long long>(layers.front().macs));
}
