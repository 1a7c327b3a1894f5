// SPDX-License-Identifier: MIT
#include "edgeopt/kernels/convolution_algorithm.hpp"

#include "catch.hpp"
#include "edgeopt/random.hpp"
#include "reference.hpp"

using namespace edgeopt::kernels;

namespace {

constexpr ConvolutionShape shape(std::int64_t in, std::int64_t in_pixel, std::int64_t out) {
  return {14, 14, in, in_pixel, out, Pooling::max_2x2};
}

}  // namespace

// Counts of instructions for a window of four outputs, by hand.
static_assert(direct_cost(shape(16, 16, 32), 8) == 4 * 9 * 16 * 4);
static_assert(winograd_cost(shape(16, 16, 32), 8) == 16 * 16 * 4 + 32 * 2 + 24 * 4);
static_assert(direct_cost(shape(5, 8, 10), 8) == 4 * 9 * 5 * 2);
static_assert(winograd_cost(shape(5, 8, 10), 8) == 16 * 5 * 2 + 32 + 24 * 2);

TEST_CASE("The layers of SmallCNN and its kin go where they are fast") {
  using enum ConvolutionAlgorithm;
  for (const int lanes : {4, 8, 16}) {
    CHECK(choose_algorithm(shape(1, 1, 16), lanes) == one_channel);
    for (const std::int64_t channels : {16, 32, 64, 128})
      CHECK(choose_algorithm(shape(channels, channels, 2 * channels), lanes) == winograd);
    CHECK(choose_algorithm(shape(5, 16, 10), lanes) == winograd);
    CHECK(choose_algorithm(shape(1, 16, 16), lanes) ==
          direct);  // transforms cost more than they save
    CHECK(choose_algorithm(shape(3, 3, 16), lanes) == direct);  // pixels are not whole vectors
  }
}

TEST_CASE("Random layers reach every algorithm, so that tests on them test all") {
  int count[3] = {};
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    edgeopt::Random random(seed);
    for (const int lanes : {4, 8, 16})
      ++count[static_cast<int>(choose_algorithm(reference::random_shape(random), lanes))];
  }
  for (const int of_algorithm : count) CHECK(of_algorithm > 20);
}

TEST_CASE("Algorithms have names") {
  using enum ConvolutionAlgorithm;
  CHECK(to_string(direct) == "direct");
  CHECK(to_string(one_channel) == "one channel");
  CHECK(to_string(winograd) == "Winograd F(2x2, 3x3)");
}
