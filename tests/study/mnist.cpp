// SPDX-License-Identifier: MIT
// The published MNIST files, where there are any: in $EDGEOPT_DATA_DIR or beside the repository.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>

#include "catch.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/study/load_dataset.hpp"
#include "edgeopt/study/published_datasets.hpp"

using namespace edgeopt;

namespace {

/// Settings that read all of MNIST. Ends the program as skipped where there is none.
ExperimentConfig mnist_config() {
  ExperimentConfig config;
  config.dataset = DatasetKind::mnist;
  const char* folder = std::getenv("EDGEOPT_DATA_DIR");
  config.data_dir = folder != nullptr ? folder : EDGEOPT_DEFAULT_DATA_DIR;
  config.train_subset.reset();
  config.val_subset.reset();
  if (!std::filesystem::exists(config.data_dir / "mnist")) {
    std::cout << "skipped: no folder mnist in " << config.data_dir
              << "; EDGEOPT_DATA_DIR names another one\n";
    std::exit(77);
  }
  return config;
}

/// Digest of the IDX file that holds these images or labels.
std::string idx_sha256(std::string header, std::span<const std::uint8_t> elements) {
  header.append(elements.begin(), elements.end());
  return io::sha256_of(header);
}

}  // namespace

TEST_CASE("MNIST arrives as published") {
  const DataSplits splits = load_dataset(mnist_config());
  CHECK(splits.training.shape == ImageShape{1, 28, 28});
  CHECK(splits.training.classes == 10);
  CHECK(splits.training.size() == 60000);
  CHECK(splits.validation.size() == 10000);
  CHECK(splits.notes.empty());

  using namespace std::string_literals;
  const std::string image_extents = "\0\0\0\x1c\0\0\0\x1c"s;
  const auto& published = published_mnist.files;
  CHECK(idx_sha256("\0\0\x08\x03\0\0\xea\x60"s + image_extents, splits.training.images) ==
        published[0].content_sha256);
  CHECK(idx_sha256("\0\0\x08\x01\0\0\xea\x60"s, splits.training.labels) ==
        published[1].content_sha256);
  CHECK(idx_sha256("\0\0\x08\x03\0\0\x27\x10"s + image_extents, splits.validation.images) ==
        published[2].content_sha256);
  CHECK(idx_sha256("\0\0\x08\x01\0\0\x27\x10"s, splits.validation.labels) ==
        published[3].content_sha256);
}

TEST_CASE("a subset of MNIST is its beginning") {
  ExperimentConfig config = mnist_config();
  const DataSplits all = load_dataset(config);
  config.train_subset = 1000;
  config.val_subset = 500;
  const DataSplits some = load_dataset(config);
  CHECK(some.training.size() == 1000);
  CHECK(std::equal(some.training.images.begin(), some.training.images.end(),
                   all.training.images.begin()));
  CHECK(std::equal(some.validation.labels.begin(), some.validation.labels.end(),
                   all.validation.labels.begin()));
}
