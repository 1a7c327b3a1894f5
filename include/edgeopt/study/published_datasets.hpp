// SPDX-License-Identifier: MIT
/// @file
/// The data sets that can be fetched: where from, and how to tell that they arrived unharmed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "edgeopt/study/config.hpp"

namespace edgeopt::inline v0 {

/// A file as its authors publish it, compressed by gzip.
struct PublishedFile {
  std::string_view name;
  std::int64_t bytes;
  std::string_view sha256;          ///< 64 hex digits
  std::string_view content_sha256;  ///< of the decompressed bytes, which a mirror may compress
                                    ///< anew; empty where not known
};

/// A data set of four IDX files.
struct PublishedDataset {
  DatasetKind kind;
  std::array<std::string_view, 2> base_urls;  ///< a file is at base + name; tried in this order
  std::array<PublishedFile, 4> files;  ///< training images, labels, validation images, labels
};

/// MNIST by Y. LeCun, C. Cortes and C. Burges. Sums and sizes as recorded by several projects that
/// mirror it; the decompressed sums were recomputed from a copy.
inline constexpr PublishedDataset published_mnist{
    DatasetKind::mnist,
    {"https://storage.googleapis.com/cvdf-datasets/mnist/",
     "https://ossci-datasets.s3.amazonaws.com/mnist/"},
    {{{"train-images-idx3-ubyte.gz", 9912422,
       "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
       "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
      {"train-labels-idx1-ubyte.gz", 28881,
       "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
       "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
      {"t10k-images-idx3-ubyte.gz", 1648877,
       "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
       "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
      {"t10k-labels-idx1-ubyte.gz", 4542,
       "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
       "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}}}};

/// Fashion-MNIST by H. Xiao, K. Rasul and R. Vollgraf (arXiv:1708.07747). Sums and sizes as
/// TensorFlow Datasets records them (url_checksums/fashion_mnist.txt).
inline constexpr PublishedDataset published_fashion_mnist{
    DatasetKind::fashion_mnist,
    {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
     "https://fashion-mnist.s3.eu-central-1.amazonaws.com/"},
    {{{"train-images-idx3-ubyte.gz", 26421880,
       "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", ""},
      {"train-labels-idx1-ubyte.gz", 29515,
       "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", ""},
      {"t10k-images-idx3-ubyte.gz", 4422102,
       "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", ""},
      {"t10k-labels-idx1-ubyte.gz", 5148,
       "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", ""}}}};

/// The published form of a data set, or null where there is none.
[[nodiscard]] constexpr const PublishedDataset* published_dataset(DatasetKind kind) noexcept {
  for (const PublishedDataset* known : {&published_mnist, &published_fashion_mnist})
    if (known->kind == kind) return known;
  return nullptr;
}

}  // namespace edgeopt::inline v0
