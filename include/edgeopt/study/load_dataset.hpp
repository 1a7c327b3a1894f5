// SPDX-License-Identifier: MIT
/// @file
/// The images of a study: drawn, or read from the four IDX files of the MNIST family.
#pragma once

#include <algorithm>  // std::max_element, std::min
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/io/idx.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/study/config.hpp"
#include "edgeopt/study/config_keys.hpp"  // validate
#include "edgeopt/study/dataset.hpp"
#include "edgeopt/study/published_datasets.hpp"
#include "edgeopt/study/synthetic_digits.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// What a subset of "all" means where images are drawn: as many as MNIST has.
inline constexpr std::int64_t all_synthetic_training = 60000;
inline constexpr std::int64_t all_synthetic_validation = 10000;

/// Names of the files in every data set of the family, without ".gz".
struct SplitFiles {
  std::string_view images;
  std::string_view labels;
};
inline constexpr SplitFiles training_files{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"};
inline constexpr SplitFiles validation_files{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

/// `folder`/`name`, or with ".gz"; nothing when there is neither.
[[nodiscard]] inline std::optional<std::filesystem::path> find_idx_file(
    const std::filesystem::path& folder, std::string_view name) {
  for (const std::string_view ending : {"", ".gz"}) {
    std::filesystem::path path = folder / (std::string(name) + std::string(ending));
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

/// The folder named like the data set if it holds any of the files, else data_dir itself.
[[nodiscard]] inline std::filesystem::path dataset_folder(const ExperimentConfig& config) {
  std::filesystem::path named = config.data_dir / to_string(config.dataset);
  for (const std::string_view name : {training_files.images, training_files.labels,
                                      validation_files.images, validation_files.labels})
    if (find_idx_file(named, name)) return named;
  return config.data_dir;
}

/// The paths of the four files. @throws InputError naming every file that is missing
[[nodiscard]] inline std::array<std::filesystem::path, 4> find_dataset_files(
    const ExperimentConfig& config) {
  const std::filesystem::path folder = dataset_folder(config);
  const std::array<std::string_view, 4> names{training_files.images, training_files.labels,
                                              validation_files.images, validation_files.labels};
  std::array<std::filesystem::path, 4> paths;
  std::vector<InputProblem> problems;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (auto path = find_idx_file(folder, names[i])) {
      paths[i] = *std::move(path);
      continue;
    }
    const std::string name(names[i]);
    std::string expected = "'" + name + "' or '" + name + ".gz' there or in its folder '" +
                           std::string(to_string(config.dataset)) + "'";
    if (published_dataset(config.dataset) != nullptr) expected += " (fetch_dataset gets it)";
    problems.push_back({folder.string(), "", "no file '" + name + "'", std::move(expected)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return paths;
}

/// Refuses arrays that are not unsigned bytes in `dimensions` dimensions.
inline void require_bytes(const std::filesystem::path& path, const Array& array,
                          std::size_t dimensions, const std::string& expected) {
  if (array.type == ElementType::u8 && array.shape.size() == dimensions) return;
  throw InputError(
      path.string(), "",
      std::string(to_string(array.type)) + " elements of dimensions " + to_string(array.shape),
      expected + " (are images and labels swapped?)");
}

/// All labels of a file.
[[nodiscard]] inline std::vector<std::uint8_t> read_labels(const std::filesystem::path& path) {
  const io::IdxContent content = io::read_idx(path);
  require_bytes(path, content.array, 1, "labels: bytes in 1 dimension");
  return content.array.values<std::uint8_t>();
}

/// The first `subset` images of a file and their labels; `classes` of 0 stands for those that the
/// labels name.
[[nodiscard]] inline Dataset read_split(const std::filesystem::path& image_path,
                                        const std::filesystem::path& label_path,
                                        std::optional<std::int64_t> subset, std::int64_t classes) {
  Dataset data;
  io::IdxContent content;
  {
    io::IdxOptions options;
    if (subset) options.first_items = *subset;
    content = io::read_idx(image_path, options);
  }
  require_bytes(image_path, content.array, 3,
                "images: bytes in 3 dimensions, number, height and width");
  data.labels = read_labels(label_path);
  if (data.size() != content.items_in_file)
    throw InputError(
        label_path.string(), "", std::to_string(data.size()) + " labels",
        std::to_string(content.items_in_file) + ", one for each image of " + image_path.string());

  // All labels are checked, so that a subset never hides a damaged file.
  const auto largest = std::max_element(data.labels.begin(), data.labels.end());
  data.classes = classes > 0 ? classes : *largest + 1;
  if (*largest >= data.classes)
    throw InputError(label_path.string(), "label " + std::to_string(largest - data.labels.begin()),
                     std::to_string(*largest),
                     "a class in 0 .. " + std::to_string(data.classes - 1));

  data.shape = {1, content.array.shape[1], content.array.shape[2]};
  data.images = content.array.values<std::uint8_t>();
  data.labels.resize(static_cast<std::size_t>(content.array.shape[0]));
  return data;
}

/// A sentence when a split is smaller than asked for.
inline void note_short_subset(std::string_view key, std::optional<std::int64_t> subset,
                              const Dataset& data, const std::filesystem::path& path,
                              std::vector<std::string>& notes) {
  if (!subset || data.size() >= *subset) return;
  notes.push_back(std::string(key) + " is " + std::to_string(*subset) + ", but " + path.string() +
                  " holds " + std::to_string(data.size()) + " images: all of them are used");
}

[[nodiscard]] inline DataSplits read_idx_splits(const ExperimentConfig& config) {
  const std::array<std::filesystem::path, 4> paths = find_dataset_files(config);
  const std::int64_t classes = config.dataset == DatasetKind::idx ? 0 : 10;
  DataSplits splits;
  splits.training = read_split(paths[0], paths[1], config.train_subset, classes);
  splits.validation = read_split(paths[2], paths[3], config.val_subset, splits.training.classes);
  if (splits.training.shape != splits.validation.shape)
    throw InputError(paths[2].string(), "",
                     "images of " + std::to_string(splits.validation.shape.height) + " x " +
                         std::to_string(splits.validation.shape.width),
                     std::to_string(splits.training.shape.height) + " x " +
                         std::to_string(splits.training.shape.width) + ", as in " +
                         paths[0].string());
  note_short_subset("train_subset", config.train_subset, splits.training, paths[0], splits.notes);
  note_short_subset("val_subset", config.val_subset, splits.validation, paths[2], splits.notes);
  for (const std::filesystem::path& path : paths)
    splits.sources.push_back({path.filename().string(), io::sha256_of_file(path)});
  return splits;
}

[[nodiscard]] inline DataSplits draw_splits(const ExperimentConfig& config) {
  const auto seed = static_cast<std::uint64_t>(config.seed);
  DataSplits splits;
  splits.training = synthetic_digits(seed, SyntheticSplit::training,
                                     config.train_subset.value_or(all_synthetic_training));
  splits.validation = synthetic_digits(seed, SyntheticSplit::validation,
                                       config.val_subset.value_or(all_synthetic_validation));
  const auto add = [&](const std::string& name, std::span<const std::uint8_t> bytes) {
    splits.sources.push_back({"synthetic " + name, io::sha256_of(std::as_bytes(bytes))});
  };
  add("training images", splits.training.images);
  add("training labels", splits.training.labels);
  add("validation images", splits.validation.images);
  add("validation labels", splits.validation.labels);
  return splits;
}

}  // namespace detail

/// Loads what `config` names by dataset, data_dir, train_subset, val_subset and seed.
///
/// `mnist`, `fashion-mnist` and `idx` read train-images-idx3-ubyte, train-labels-idx1-ubyte,
/// t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each plain or with ".gz", all from the folder
/// data_dir/NAME, where NAME is the data set's, if any of them is there, else from data_dir. `idx`
/// takes any height and width and as many classes as the training labels name, up to 256; the
/// others have 10. A subset keeps the first images only, in memory too; where a file holds fewer,
/// all of them are used and `notes` says so. `synthetic` draws from `seed`; all means 60000 and
/// 10000.
///
/// @throws InputError for a file that is missing, damaged or does not fit the others, or for a
/// configuration out of range
/// @throws SystemError when a file cannot be read
[[nodiscard]] inline DataSplits load_dataset(const ExperimentConfig& config) {
  validate(config);
  return config.dataset == DatasetKind::synthetic ? detail::draw_splits(config)
                                                  : detail::read_idx_splits(config);
}

}  // namespace edgeopt::inline v0
