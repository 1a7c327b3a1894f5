// SPDX-License-Identifier: MIT
/// @file
/// Gets a published data set into a folder and makes sure that it is the published one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "edgeopt/error.hpp"
#include "edgeopt/io/download.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/gzip.hpp"
#include "edgeopt/io/new_folders.hpp"
#include "edgeopt/io/sha256.hpp"
#include "edgeopt/study/published_datasets.hpp"

namespace edgeopt::inline v0 {

/// What became of one file.
struct FetchedFile {
  std::filesystem::path path;
  bool was_there = false;  ///< it was in the folder already, verified and left alone
};

/// Called now and then with the file on its way and the bytes received of it.
using FetchProgress = std::function<void(const PublishedFile& file, std::int64_t received_bytes)>;

namespace detail {

/// No mirror's compression is so poor that a file exceeds this.
inline constexpr std::int64_t largest_published_file = std::int64_t{64} << 20;

/// Of the decompressed bytes; empty for a file that is damaged or not gzip.
[[nodiscard]] inline std::string content_sha256(const std::filesystem::path& path) {
  try {
    io::DecompressedFile file(path);
    io::Sha256 hash;
    std::vector<std::byte> buffer(std::size_t{1} << 16);
    while (const std::size_t count = file.read(buffer)) hash.update(std::span(buffer).first(count));
    return hash.hex_digest();
  } catch (const InputError&) {
    return {};
  }
}

/// @throws InputError, naming `shown_as`, when the bytes at `path` are not the published ones;
///   a mirror may have compressed the same content anew
inline void verify(const std::filesystem::path& path, const std::string& shown_as,
                   const PublishedFile& published) {
  const std::string sum = io::sha256_of_file(path);
  if (sum == published.sha256) return;
  if (published.content_sha256.empty() || content_sha256(path) != published.content_sha256)
    throw InputError(shown_as, "", "SHA-256 " + sum,
                     std::string(published.sha256) + ", that of the published file");
}

/// Where files come from: a folder of this machine, or addresses to which their names are added.
class FetchSource {
 public:
  FetchSource(const PublishedDataset& dataset, const std::string& mirror) {
    if (mirror.empty()) {
      base_urls_.assign(dataset.base_urls.begin(), dataset.base_urls.end());
    } else if (mirror.find("://") != std::string::npos) {
      base_urls_ = {mirror.ends_with('/') ? mirror : mirror + '/'};
    } else {
      folder_ = mirror;
    }
  }

  /// Puts the file at `path`. @throws the error of the last address tried
  void get(const PublishedFile& file, const std::filesystem::path& path,
           const io::DownloadProgress& progress) const {
    if (folder_) {
      const std::string bytes = io::read_file(*folder_ / file.name, largest_published_file);
      io::write_file(path, bytes);
      return;
    }
    for (std::size_t i = 0; i < base_urls_.size(); ++i) {
      try {
        io::download(base_urls_[i] + std::string(file.name), path, largest_published_file,
                     progress);
        return;
      } catch (const Error&) {
        if (i + 1 == base_urls_.size()) throw;
      }
    }
  }

  [[nodiscard]] std::string shown(const PublishedFile& file) const {
    return folder_ ? (*folder_ / file.name).string() : std::string(file.name) + " as received";
  }

 private:
  std::optional<std::filesystem::path> folder_;
  std::vector<std::string> base_urls_;
};

}  // namespace detail

/// Gets the files of a data set that are not in `folder` yet, from `mirror` (a folder, or an
/// address to which the names are added) or, where it is empty, from where they are published. Each
/// file appears under its name only once its sum is verified; files that are there are verified
/// too.
/// @throws InputError when a file is not the published one
/// @throws SystemError when a source or the folder refuses
inline std::vector<FetchedFile> fetch_dataset(const PublishedDataset& dataset,
                                              const std::filesystem::path& folder,
                                              const std::string& mirror = {},
                                              const FetchProgress& progress = {}) {
  const io::NewFolders new_folders(folder);
  const detail::FetchSource source(dataset, mirror);
  std::vector<FetchedFile> fetched;
  for (const PublishedFile& file : dataset.files) {
    const std::filesystem::path path = folder / file.name;
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
      detail::verify(path, path.string(), file);
      fetched.push_back({path, true});
      continue;
    }
    // Keeps its ending, so that what is not gzip is recognised as that.
    const std::filesystem::path arriving = folder / (".arriving." + std::string(file.name));
    try {
      source.get(file, arriving, [&](std::int64_t received) {
        if (progress) progress(file, received);
      });
      detail::verify(arriving, source.shown(file), file);
      io::detail::rename_file(arriving, path);
    } catch (...) {
      std::filesystem::remove(arriving, error);
      throw;
    }
    fetched.push_back({path, false});
  }
  return fetched;
}

}  // namespace edgeopt::inline v0
