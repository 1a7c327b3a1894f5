// SPDX-License-Identifier: MIT
/// @file
/// A trained network as a file in an open format: safetensors, or NumPy's `.npz`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/error.hpp"
#include "edgeopt/image_shape.hpp"
#include "edgeopt/io/file.hpp"
#include "edgeopt/io/npz.hpp"
#include "edgeopt/io/safetensors.hpp"
#include "edgeopt/nn/small_cnn.hpp"
#include "edgeopt/nn/state.hpp"

namespace edgeopt::inline v0 {

namespace detail {

/// @throws DomainError for a name that ends otherwise
[[nodiscard]] inline bool names_safetensors(const std::filesystem::path& path) {
  if (path.extension() == ".safetensors") return true;
  if (path.extension() == ".npz") return false;
  throw DomainError("name of a model file", "'" + path.string() + "'",
                    "one that ends in .safetensors or .npz");
}

}  // namespace detail

/// Writes the parameters under their names (see `nn/state.hpp`) in the format that the file's name
/// ends in. A file that is there is replaced only when the new one is complete.
/// @throws DomainError for another ending
/// @throws SystemError when the system refuses
inline void save_model(const std::filesystem::path& path, const SmallCNN<float>& model) {
  const bool safetensors = detail::names_safetensors(path);
  const std::vector<NamedArray> state = state_of(model);
  io::write_file(path, safetensors ? io::to_safetensors(state) : io::to_npz(state));
}

/// Reads such a file. Channels and classes are those of the weights, the images' size is `input`.
/// @throws DomainError for another ending
/// @throws InputError when it is not a model for such images
/// @throws SystemError when it cannot be read
[[nodiscard]] inline SmallCNN<float> load_model(const std::filesystem::path& path,
                                                const ImageShape& input) {
  const std::vector<NamedArray> state =
      detail::names_safetensors(path) ? io::read_safetensors(path) : io::read_npz(path);
  return load_state<float>(state, input, path.string());
}

}  // namespace edgeopt::inline v0
