// SPDX-License-Identifier: MIT
/// @file
/// Operators on signals and texts.
#pragma once

#include <algorithm>  // std::max
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>  // std::move

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/conversion.hpp"
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

/// A scalar input that counts something, `fallback` where it is left out, unknown where it is not
/// known.
[[nodiscard]] inline std::int64_t count_input(const Site& site, std::size_t index,
                                              std::int64_t fallback) {
  if (!site.has_input(index)) return fallback;
  const Extents* values = site.integers(index);
  if (!values || values->size() != 1) return unknown_extent;
  if (values->front() < 0)
    site.refuse("values of '" + site.input(index).name + "'", to_string(*values),
                "an integer >= 0");
  return values->front();
}

/// DFT(x [..., 1 or 2], length, axis): the signal axis has the given length, or half of it and one
/// with `onesided`; the last one holds real and imaginary part. `inverse` and `onesided` give
/// reals.
inline void fourier_transform(Site& site) {
  site.expect_inputs(1, 3);
  const Tensor& x = site.input(0);
  const std::size_t rank = x.shape.size();
  site.expect_rank_at_least(x, 2);
  const bool old =
      site.has_attribute("axis") || (site.graph().opset > 0 && site.graph().opset < 20);
  std::int64_t axis = old ? site.integer("axis", 1) : -2;
  if (site.has_input(2)) {
    const Extents* given = site.integers(2);
    if (!given || given->size() != 1) return site.give(x.type, Shape(rank, unknown_extent));
    axis = given->front();
  }
  Shape shape = x.shape;
  std::int64_t& extent = shape[site.position(axis, rank, rank - 1)];
  const bool onesided = site.integer("onesided", 0) != 0, inverse = site.integer("inverse", 0) != 0;
  // A one-sided spectrum of n values comes from 2 (n - 1) real ones unless the length says more.
  const bool doubled = onesided && inverse && is_known(extent) && extent > 0;
  extent = count_input(site, 1, doubled ? site.product({extent - 1, 2}) : extent);
  if (onesided && !inverse && is_known(extent)) extent = extent / 2 + 1;
  shape.back() = onesided && inverse ? 1 : 2;
  site.give(x.type, std::move(shape));
}

/// STFT(signal [batch, length, 1 or 2], step, window, frame length)
inline void short_time_fourier_transform(Site& site) {
  site.expect_inputs(2, 4);
  const Tensor& x = site.input(0);
  site.expect_rank_at_least(x, 2);
  const std::int64_t step = count_input(site, 1, unknown_extent);
  std::int64_t frame = count_input(site, 3, unknown_extent);
  if (!site.has_input(3) && site.has_input(2) && site.input(2).shape.size() == 1)
    frame = site.input(2).shape[0];
  std::int64_t frames = unknown_extent;
  if (is_known(step) && is_known(frame) && is_known(x.shape[1])) {
    if (step < 1 || frame > x.shape[1])
      site.refuse("frame", std::to_string(frame) + " every " + std::to_string(step),
                  "at most " + std::to_string(x.shape[1]) + " every 1 or more");
    frames = (x.shape[1] - frame) / step + 1;
  }
  const bool onesided = site.integer("onesided", 1) != 0;
  site.give(x.type, {x.shape[0], frames, onesided && is_known(frame) ? frame / 2 + 1 : frame, 2});
}

/// MelWeightMatrix(bins, transform length, rate, lowest, highest)
inline void mel_weight_matrix(Site& site) {
  site.expect_inputs(5, 5);
  const std::int64_t bins = count_input(site, 0, unknown_extent);
  const std::int64_t length = count_input(site, 1, unknown_extent);
  site.give(type_attribute(site, "output_datatype", ElementType::f32),
            {is_known(length) ? length / 2 + 1 : unknown_extent, bins});
}

/// StringSplit(x): as many parts as the data say, and their number for each text.
inline void text_split(Site& site) {
  site.expect_inputs(1, 1);
  Shape parts = site.input(0).shape;
  parts.push_back(unknown_extent);
  site.give(ElementType::string, std::move(parts));
  site.give_like(site.input(0), ElementType::s64);
}

/// ImageDecoder(bytes): the data say how large the image is.
inline void image_decoder(Site& site) {
  site.expect_inputs(1, 1);
  const bool grey = site.attribute<std::string>("pixel_format", "RGB") == "Grayscale";
  site.give(ElementType::u8, {unknown_extent, unknown_extent, grey ? 1 : 3});
}

/// RegexFullMatch(x): truth values.
inline void text_test(Site& site) {
  site.expect_inputs(1, 1);
  site.give_like(site.input(0), ElementType::boolean);
}

/// StringNormalizer(x [words] or [1, words]): the data say how many words stay.
inline void text_normalizer(Site& site) {
  site.expect_inputs(1, 1);
  Shape shape = site.input(0).shape;
  if (shape.empty() || shape.size() > 2) site.refuse_shape(site.input(0), "[words] or [1, words]");
  shape.back() = unknown_extent;
  site.give(ElementType::string, std::move(shape));
}

/// TfIdfVectorizer(x [words] or [batch, words]): as many numbers as the largest index asks for.
inline void text_vectorizer(Site& site) {
  site.expect_inputs(1, 1);
  Shape shape = site.input(0).shape;
  const Extents* indices = site.list("ngram_indexes");
  if (shape.size() > 2 || !indices || indices->empty())
    site.refuse_attribute("ngram_indexes", "missing", "an index for each n-gram");
  std::int64_t last = 0;
  for (const std::int64_t index : *indices) last = std::max(last, index);
  if (shape.empty()) shape.push_back(1);
  shape.back() = site.sum(last, 1);
  site.give(ElementType::f32, std::move(shape));
}

}  // namespace edgeopt::inline v0::detail
