// SPDX-License-Identifier: MIT
/// @file
/// Operators on sequences of tensors, and on values that may be missing. A sequence has no shape of
/// its own; what is known of its elements is followed as the values of tensors are.
#pragma once

#include <algorithm>  // std::min
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/control_flow.hpp"  // common, give, stacked, type_of
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

using SequenceElements = std::vector<TensorType>;

/// Gives a sequence of those elements; of more than are followed nothing is known.
inline void give_sequence(Site& site, std::optional<SequenceElements> elements) {
  site.give_unranked(ElementType::unknown);
  if (elements && static_cast<std::int64_t>(elements->size()) <= max_known_values)
    site.give_values(KnownValues::of(std::move(*elements)));
}

/// The elements of a sequence, where they are known.
[[nodiscard]] inline const SequenceElements* elements_of(const Site& site, std::size_t input) {
  const KnownValues* known = site.values(input);
  return known ? known->elements.get() : nullptr;
}

/// A position in a sequence, `fallback` without one, nothing where it is not known. `end` is the
/// first that is not allowed.
[[nodiscard]] inline std::optional<std::size_t> place_of(const Site& site, std::size_t input,
                                                         std::size_t size, std::size_t end,
                                                         std::size_t fallback) {
  if (!site.has_input(input)) {
    if (fallback >= end) site.refuse("sequence", "empty", "one with elements");
    return fallback;
  }
  const Extents* place = site.integers(input);
  if (!place || place->size() != 1) return std::nullopt;
  return site.position(place->front(), size, end, "position");
}

/// SequenceEmpty(), SequenceConstruct(x...)
inline void sequence_of_inputs(Site& site) {
  site.expect_inputs(site.inputs(), site.inputs());
  SequenceElements elements;
  for (std::size_t i = 0; i < site.inputs(); ++i) elements.push_back(type_of(site.input(i)));
  give_sequence(site, std::move(elements));
}

/// SequenceInsert(sequence, tensor, position), at the end without position.
inline void sequence_insert(Site& site) {
  site.expect_inputs(2, 3);
  const SequenceElements* elements = elements_of(site, 0);
  if (!elements) return give_sequence(site, std::nullopt);
  const std::size_t size = elements->size();
  const auto place = place_of(site, 2, size, size + 1, size);
  if (!place) return give_sequence(site, std::nullopt);
  SequenceElements longer = *elements;
  longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(*place), type_of(site.input(1)));
  give_sequence(site, std::move(longer));
}

/// SequenceErase(sequence, position), the last one without position.
inline void sequence_erase(Site& site) {
  site.expect_inputs(1, 2);
  const SequenceElements* elements = elements_of(site, 0);
  if (!elements) return give_sequence(site, std::nullopt);
  const std::size_t size = elements->size();
  const auto place = place_of(site, 1, size, size, size - 1);
  if (!place) return give_sequence(site, std::nullopt);
  SequenceElements shorter = *elements;
  shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(*place));
  give_sequence(site, std::move(shorter));
}

/// SequenceAt(sequence, position)
inline void sequence_at(Site& site) {
  site.expect_inputs(2, 2);
  const SequenceElements* elements = elements_of(site, 0);
  if (!elements || elements->empty()) return site.give_unranked(ElementType::unknown);
  const std::size_t size = elements->size();
  if (const auto place = place_of(site, 1, size, size, 0)) return give(site, (*elements)[*place]);
  TensorType any = elements->front();
  for (const TensorType& each : *elements) any = common(std::move(any), each);
  give(site, std::move(any));
}

/// SequenceLength(sequence)
inline void sequence_length(Site& site) {
  site.expect_inputs(1, 1);
  site.give(ElementType::s64, {});
  if (const SequenceElements* elements = elements_of(site, 0))
    site.give_values(KnownValues::of(Extents{static_cast<std::int64_t>(elements->size())}));
}

/// SplitToSequence(x, split): parts of those lengths along `axis`, or all of one length but for the
/// last; single elements without it, whose axis goes away unless `keepdims`.
inline void split_to_sequence(Site& site) {
  site.expect_inputs(1, 2);
  const Tensor& x = site.input(0);
  const std::size_t axis = site.axis(0, x.shape.size());
  const std::int64_t extent = x.shape[axis];
  const bool given = site.has_input(1);
  const Extents* lengths = site.integers(1);
  if (!is_known(extent) || (given && !lengths)) return give_sequence(site, std::nullopt);
  Extents cuts;
  if (given && !site.input(1).shape.empty()) {
    cuts = *lengths;
  } else {
    const std::int64_t length = given && !lengths->empty() ? lengths->front() : 1;
    if (length < 1) site.refuse("split", std::to_string(length), "an integer >= 1");
    const std::int64_t count = extent / length + (extent % length != 0 ? 1 : 0);
    if (count > max_known_values) return give_sequence(site, std::nullopt);
    for (std::int64_t i = 0; i < count; ++i) cuts.push_back(std::min(length, extent - i * length));
  }
  SequenceElements parts;
  std::int64_t whole = 0;
  for (const std::int64_t cut : cuts) {
    if (cut < 0) site.refuse("split", to_string(cuts), "lengths >= 0");
    whole = site.sum(whole, cut);
    TensorType part = type_of(x);
    if (given || site.integer("keepdims", 1) != 0)
      part.shape[axis] = cut;
    else
      part.shape.erase(part.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    parts.push_back(std::move(part));
  }
  if (whole != extent)
    site.refuse("split", to_string(cuts), "lengths that add up to " + std::to_string(extent));
  give_sequence(site, std::move(parts));
}

/// ConcatFromSequence(sequence): joined along `axis`, or stacked along a new one.
inline void concat_from_sequence(Site& site) {
  site.expect_inputs(1, 1);
  const SequenceElements* elements = elements_of(site, 0);
  if (!elements || elements->empty()) return site.give_unranked(ElementType::unknown);
  const auto size = static_cast<std::int64_t>(elements->size());
  const bool stack = site.integer("new_axis", 0) != 0;
  TensorType joined = elements->front();
  for (const TensorType& each : *elements) joined = common(std::move(joined), each);
  if (!joined.ranked) return give(site, std::move(joined));
  const std::size_t rank = joined.shape.size() + (stack ? 1 : 0);
  const std::size_t axis = site.axis(0, rank);
  if (stack) return give(site, stacked(std::move(joined), size, static_cast<std::int64_t>(axis)));
  std::int64_t whole = 0;
  for (const TensorType& each : *elements) whole = site.sum(whole, each.shape[axis]);
  joined.shape[axis] = whole;
  give(site, std::move(joined));
}

/// Optional(x), OptionalGetElement(x): x.
inline void optional_value(Site& site) {
  site.expect_inputs(site.inputs() > 0 ? 1 : 0, 1);
  if (site.inputs() == 0) return site.give_unranked(ElementType::unknown);
  site.give_like(site.input(0));
  if (const KnownValues* values = site.values(0)) site.give_values(*values);
}

/// OptionalHasElement(x): whether there is x; what is no tensor may be missing.
inline void optional_has_element(Site& site) {
  site.expect_inputs(0, 1);
  site.give(ElementType::boolean, {});
  if (!site.has_input(0) || site.input(0).ranked)
    site.give_values(KnownValues::of(Extents{site.has_input(0) ? 1 : 0}));
}

}  // namespace edgeopt::inline v0::detail
