// SPDX-License-Identifier: MIT
#include "edgeopt/study/dataset.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/study/load_dataset.hpp"
#include "edgeopt/study/published_datasets.hpp"
#include "temporary_folder.hpp"

using namespace edgeopt;
namespace fs = std::filesystem;

namespace {

const std::string training_images = "train-images-idx3-ubyte";
const std::string training_labels = "train-labels-idx1-ubyte";
const std::string validation_images = "t10k-images-idx3-ubyte";
const std::string validation_labels = "t10k-labels-idx1-ubyte";

/// An IDX file of unsigned bytes.
std::string idx(const std::vector<std::uint32_t>& extents, const std::string& elements) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(extents.size())};
  for (const std::uint32_t extent : extents)
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(extent >> shift);
  return bytes + elements;
}

std::string images(std::uint32_t count, std::uint32_t height, std::uint32_t width) {
  std::string pixels;
  for (std::uint32_t i = 0; i < count * height * width; ++i) pixels += static_cast<char>(i % 251);
  return idx({count, height, width}, pixels);
}

/// Labels 0, 1, .. classes-1, 0, ..
std::string labels(std::uint32_t count, std::uint32_t classes) {
  std::string values;
  for (std::uint32_t i = 0; i < count; ++i) values += static_cast<char>(i % classes);
  return idx({count}, values);
}

/// A folder with a small data set of 5x7 images: 40 for training and 20 for validation.
class Folder {
 public:
  explicit Folder(std::uint32_t classes = 10, const fs::path& subfolder = "") {
    fs::create_directories(folder_.path() / subfolder);
    config.dataset = DatasetKind::idx;
    config.data_dir = folder_.path();
    config.train_subset.reset();
    config.val_subset.reset();
    write(subfolder / training_images, images(40, 5, 7));
    write(subfolder / training_labels, labels(40, classes));
    write(subfolder / validation_images, images(20, 5, 7));
    write(subfolder / validation_labels, labels(20, classes));
  }

  void write(const fs::path& name, const std::string& bytes) const {
    io::write_file(folder_.path() / name, bytes);
  }

  /// The problem that loading ends with.
  std::string problem() const {
    try {
      (void)load_dataset(config);
    } catch (const InputError& error) {
      CHECK(error.problems().size() == 1);
      return error.what();
    }
    FAIL("accepted");
    return "";
  }

  ExperimentConfig config;

 private:
  TemporaryFolder folder_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("IDX files of any size and number of classes") {
  const Folder folder(17);
  const DataSplits splits = load_dataset(folder.config);
  CHECK(splits.training.shape == ImageShape{1, 5, 7});
  CHECK(splits.training.size() == 40);
  CHECK(splits.training.classes == 17);
  CHECK(splits.training.images.size() == 40 * 35);
  CHECK(splits.training.image(1)[0] == 35);
  CHECK(splits.training.labels[18] == 1);
  CHECK(splits.validation.shape == ImageShape{1, 5, 7});
  CHECK(splits.validation.size() == 20);
  CHECK(splits.validation.classes == 17);
  CHECK(splits.notes.empty());
}

TEST_CASE("up to 256 classes") {
  const Folder folder;
  folder.write(training_images, images(256, 4, 4));
  folder.write(training_labels, labels(256, 256));
  folder.write(validation_images, images(20, 4, 4));
  const DataSplits splits = load_dataset(folder.config);
  CHECK(splits.training.classes == 256);
  CHECK(splits.training.labels.back() == 255);
}

TEST_CASE("subsets are the first images, of the classes of the whole file") {
  Folder folder(17);
  const DataSplits all = load_dataset(folder.config);
  folder.config.train_subset = 3;
  folder.config.val_subset = 2;
  const DataSplits some = load_dataset(folder.config);
  CHECK(some.training.size() == 3);
  CHECK(some.training.classes == 17);
  CHECK(some.validation.size() == 2);
  CHECK(std::equal(some.training.images.begin(), some.training.images.end(),
                   all.training.images.begin()));
  CHECK(some.training.labels == std::vector<std::uint8_t>{0, 1, 2});
  CHECK(some.sources == all.sources);
}

TEST_CASE("a subset larger than the file takes all and says so") {
  Folder folder;
  folder.config.train_subset = 41;
  folder.config.val_subset = 20;
  const DataSplits splits = load_dataset(folder.config);
  CHECK(splits.training.size() == 40);
  REQUIRE(splits.notes.size() == 1);
  CHECK(contains(splits.notes[0], "train_subset is 41, but "));
  CHECK(contains(splits.notes[0], " holds 40 images: all of them are used"));
}

TEST_CASE("files are found in the folder named like the data set") {
  Folder folder(10, "fashion-mnist");
  folder.config.dataset = DatasetKind::fashion_mnist;
  CHECK(load_dataset(folder.config).training.size() == 40);

  SECTION("which comes before data_dir itself") {
    folder.write(training_images, images(1, 9, 9));
    CHECK(load_dataset(folder.config).training.shape.height == 5);
  }
  SECTION("but not in that of another data set") {
    folder.config.dataset = DatasetKind::mnist;
    CHECK_THROWS_AS(load_dataset(folder.config), InputError);
  }
}

TEST_CASE("sources are the digests of the files") {
  const Folder folder;
  const DataSplits splits = load_dataset(folder.config);
  REQUIRE(splits.sources.size() == 4);
  CHECK(splits.sources[0] == DataSource{training_images, io::sha256_of(images(40, 5, 7))});
  CHECK(splits.sources[3] == DataSource{validation_labels, io::sha256_of(labels(20, 10))});
}

TEST_CASE("every missing file is named, and how to get it") {
  TemporaryFolder empty;
  ExperimentConfig config;
  config.data_dir = empty.path();
  config.dataset = DatasetKind::mnist;
  try {
    (void)load_dataset(config);
    FAIL("accepted");
  } catch (const InputError& error) {
    REQUIRE(error.problems().size() == 4);
    CHECK(error.problems()[0].found == "no file '" + training_images + "'");
    CHECK(contains(error.problems()[3].expected, "t10k-labels-idx1-ubyte.gz"));
    CHECK(contains(error.problems()[3].expected, "fetch_dataset"));
  }
}

TEST_CASE("files that do not fit one another are refused") {
  Folder folder;
  SECTION("fewer labels than images") {
    folder.write(training_labels, labels(39, 10));
    CHECK(contains(folder.problem(), training_labels + ": found 39 labels, expected 40, one for"));
  }
  SECTION("even when the subset is shorter than both") {
    folder.config.val_subset = 2;
    folder.write(validation_labels, labels(21, 10));
    CHECK(contains(folder.problem(), validation_labels + ": found 21 labels, expected 20"));
  }
  SECTION("images and labels swapped") {
    folder.write(training_images, labels(40, 10));
    folder.write(training_labels, images(40, 5, 7));
    CHECK(contains(folder.problem(), "are images and labels swapped?"));
  }
  SECTION("a label that training does not know") {
    folder.write(validation_labels, labels(20, 11));
    CHECK(contains(folder.problem(),
                   validation_labels + ": label 10: found 10, expected a class in 0 .. 9"));
  }
  SECTION("a label above 9 in mnist") {
    folder.config.dataset = DatasetKind::mnist;
    folder.write(training_labels, labels(40, 11));
    CHECK(contains(folder.problem(), "label 10: found 10, expected a class in 0 .. 9"));
  }
  SECTION("validation images of another size") {
    folder.write(validation_images, images(20, 7, 5));
    CHECK(contains(folder.problem(), "found images of 7 x 5, expected 5 x 7"));
  }
  SECTION("elements that are not bytes") {
    std::string floats = idx({40}, std::string(160, '\0'));
    floats[2] = '\x0d';
    folder.write(training_labels, floats);
    CHECK(contains(folder.problem(), "found f32 elements of dimensions [40]"));
  }
  SECTION("an empty file") {
    folder.write(validation_images, "");
    CHECK(contains(folder.problem(), validation_images));
  }
  SECTION("no images") {
    folder.write(training_images, images(0, 5, 7));
    CHECK(contains(folder.problem(), "a dimension of 0"));
  }
  SECTION("a truncated file") {
    folder.write(training_images, images(40, 5, 7).substr(0, 500));
    CHECK(contains(folder.problem(), training_images));
  }
}

TEST_CASE("a folder in the place of a file is an error of the system") {
  const Folder folder;
  fs::remove(folder.config.data_dir / training_images);
  fs::create_directory(folder.config.data_dir / training_images);
  CHECK_THROWS_AS(load_dataset(folder.config), SystemError);
}

TEST_CASE("synthetic images follow seed and the subsets") {
  ExperimentConfig config;
  config.train_subset = 30;
  config.val_subset = 10;
  const DataSplits splits = load_dataset(config);
  CHECK(splits.training == synthetic_digits(7, SyntheticSplit::training, 30));
  CHECK(splits.validation == synthetic_digits(7, SyntheticSplit::validation, 10));
  REQUIRE(splits.sources.size() == 4);
  CHECK(splits.sources[0].name == "synthetic training images");
  CHECK(splits.sources[0].sha256 ==
        io::sha256_of(std::as_bytes(std::span(splits.training.images))));

  config.seed = 8;
  CHECK(load_dataset(config).sources[0] != splits.sources[0]);
}

TEST_CASE("a configuration out of range is refused before anything is read") {
  ExperimentConfig config;
  config.train_subset = 0;
  CHECK_THROWS_AS(load_dataset(config), InputError);
}

TEST_CASE("published files") {
  CHECK(published_dataset(DatasetKind::synthetic) == nullptr);
  CHECK(published_dataset(DatasetKind::idx) == nullptr);
  for (const DatasetKind kind : {DatasetKind::mnist, DatasetKind::fashion_mnist}) {
    const PublishedDataset* published = published_dataset(kind);
    REQUIRE(published != nullptr);
    CHECK(published->kind == kind);
    const std::vector<std::string> names = {training_images, training_labels, validation_images,
                                            validation_labels};
    for (std::size_t i = 0; i < names.size(); ++i) {
      CHECK(published->files[i].name == names[i] + ".gz");
      CHECK(published->files[i].sha256.size() == 64);
    }
    for (const std::string_view url : published->base_urls) CHECK(url.ends_with('/'));
  }
}
