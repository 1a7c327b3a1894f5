// SPDX-License-Identifier: MIT
/// @file
/// Operators that arrange the elements of tensors anew: reshaping, joining, cutting, repeating.
/// Where ONNX turned an attribute into an input, both are read.
#pragma once

#include <algorithm>  // std::clamp, std::find, std::max, std::min
#include <cmath>      // std::floor
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>  // std::move, std::swap
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/conversion.hpp"
#include "edgeopt/operators/detail/elementwise.hpp"
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/site.hpp"
#include "edgeopt/text.hpp"

namespace edgeopt::inline v0::detail {

/// Integers that newer versions take as an input and older ones as an attribute.
struct Setting {
  const Extents* values = nullptr;  ///< null where left out, or where the input is not known
  bool given = false;
};

[[nodiscard]] inline Setting setting(const Site& site, std::string_view attribute,
                                     std::size_t input) {
  if (site.has_input(input)) return {site.integers(input), true};
  const Extents* list = site.list(attribute);
  return {list, list != nullptr};
}

/// The same elements in another shape: what is known of their values stays.
inline void keep_values(Site& site) {
  if (const KnownValues* values = site.values(0)) site.give_values(*values);
}

/// Reshape(x, shape): 0 keeps the extent at its place unless `allowzero`, one -1 takes what is
/// left.
inline void reshape(Site& site) {
  site.expect_inputs(1, 2);
  const Tensor& x = site.input(0);
  std::optional<Shape> target;
  if (site.has_input(1))
    target = shape_from(site, 1);
  else if (const Extents* list = site.list("shape"))
    target = *list;
  else
    site.refuse("shape", "missing", "an input or an attribute");
  if (!target) return site.give_unranked(x.type);
  if (site.has_input(1) && !site.integers(1)) return site.give(x.type, *target);

  const bool keep_zero = site.integer("allowzero", 0) != 0;
  const Shape asked = *target;
  const auto asks_for = [&](std::int64_t extent) {
    return std::find(asked.begin(), asked.end(), extent) != asked.end();
  };
  if (keep_zero && asks_for(0) && asks_for(-1))
    site.refuse("shape", to_string(asked), "either 0 or -1, as 'allowzero' is set");
  std::size_t open = asked.size();
  std::int64_t rest = 1;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    std::int64_t& extent = (*target)[i];
    if (extent == 0 && !keep_zero) {
      if (i >= x.shape.size())
        site.refuse("shape", to_string(asked), "0 for axes of the input only");
      extent = x.shape[i];
    } else if (extent == -1 && open == asked.size()) {
      open = i;
      continue;
    } else if (extent < 0) {
      site.refuse("shape", to_string(asked), "extents >= 0 and at most one -1");
    }
    rest = site.product({rest, extent});
  }
  const std::int64_t elements = site.product(x.shape);
  const auto mismatch = [&] {
    site.refuse("shape", to_string(asked), "one for the elements of " + to_string(x.shape));
  };
  if (open < asked.size()) {
    const bool known = is_known(elements) && is_known(rest);
    if (known && (rest == 0 ? elements != 0 : elements % rest != 0)) mismatch();
    (*target)[open] = known && rest > 0 ? elements / rest : unknown_extent;
    if (known && rest == 0) (*target)[open] = 0;
  } else if (!can_equal(elements, rest)) {
    mismatch();
  }
  site.give(x.type, std::move(*target));
  keep_values(site);
}

/// Flatten(x): the extents before `axis` and those from it on, multiplied.
inline void flatten(Site& site) {
  site.expect_inputs(1, 1);
  const Shape& shape = site.input(0).shape;
  const std::size_t axis = site.position(site.integer("axis", 1), shape.size(), shape.size() + 1);
  const auto split = shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const std::int64_t before = site.product(Shape(shape.begin(), split));
  site.give(site.input(0).type, {before, site.product(Shape(split, shape.end()))});
  keep_values(site);
}

/// Squeeze(x, axes): without extents of 1, all of them or those named.
inline void squeeze(Site& site) {
  site.expect_inputs(1, 2);
  const Tensor& x = site.input(0);
  const Setting axes = setting(site, "axes", 1);
  if (axes.given && !axes.values) {
    const Shape& count = site.input(1).shape;
    if (count.size() != 1 || !is_known(count[0]) ||
        count[0] > static_cast<std::int64_t>(x.shape.size()))
      return site.give_unranked(x.type);
    return site.give(x.type,
                     Shape(x.shape.size() - static_cast<std::size_t>(count[0]), unknown_extent));
  }
  Shape shape;
  if (!axes.given) {
    for (const std::int64_t extent : x.shape) {
      if (!is_known(extent)) return site.give_unranked(x.type);
      if (extent != 1) shape.push_back(extent);
    }
  } else {
    const std::vector<bool> removed = site.chosen(*axes.values, x.shape.size());
    for (std::size_t i = 0; i < x.shape.size(); ++i) {
      if (!removed[i])
        shape.push_back(x.shape[i]);
      else if (!can_equal(x.shape[i], 1))
        site.refuse("axes", to_string(*axes.values), "extents of 1 in " + to_string(x.shape));
    }
  }
  site.give(x.type, std::move(shape));
  keep_values(site);
}

/// Unsqueeze(x, axes): with extents of 1 at those places of the result.
inline void unsqueeze(Site& site) {
  site.expect_inputs(1, 2);
  const Tensor& x = site.input(0);
  const Setting axes = setting(site, "axes", 1);
  if (!axes.given) site.refuse("axes", "missing", "an input or an attribute");
  if (!axes.values) {
    const Shape& count = site.input(1).shape;
    if (count.size() != 1 || !is_known(count[0]) || count[0] > static_cast<std::int64_t>(max_rank))
      return site.give_unranked(x.type);
    return site.give(x.type,
                     Shape(x.shape.size() + static_cast<std::size_t>(count[0]), unknown_extent));
  }
  const std::size_t rank = x.shape.size() + axes.values->size();
  if (rank > max_rank) site.refuse("axes", to_string(*axes.values), "fewer of them");
  const std::vector<bool> added = site.chosen(*axes.values, rank);
  Shape shape;
  std::size_t next = 0;
  for (std::size_t i = 0; i < rank; ++i) shape.push_back(added[i] ? 1 : x.shape[next++]);
  site.give(x.type, std::move(shape));
  keep_values(site);
}

/// Transpose(x): the axes in the order of `perm`, reversed without it.
inline void transpose(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  const std::size_t rank = x.shape.size();
  Extents order(rank);
  for (std::size_t i = 0; i < rank; ++i) order[i] = static_cast<std::int64_t>(rank - 1 - i);
  if (const Extents* given = site.list("perm")) order = *given;
  if (order.size() != rank)
    site.refuse_attribute("perm", to_string(order), "each axis of " + to_string(x.shape));
  (void)site.chosen(order, rank);
  const bool small = few_elements(x.shape).has_value();
  const Extents strides = small ? strides_of(x.shape) : Extents(rank);
  Shape shape;
  Extents taken;
  for (const std::int64_t axis : order) {
    const std::size_t at = site.position(axis, rank, rank, "attribute 'perm'");
    shape.push_back(x.shape[at]);
    taken.push_back(strides[at]);
  }
  site.give(x.type, shape);
  if (const KnownValues* values = site.values(0); values && small)
    site.give_values(strided(*values, shape, taken));
}

/// Concat(x...): joined along `axis`.
inline void concat(Site& site) {
  site.expect_inputs(1, std::max<std::size_t>(site.inputs(), 1));
  const Tensor& first = site.input(0);
  const std::size_t rank = first.shape.size();
  const std::size_t axis = site.axis(1, rank);
  Shape shape = first.shape;
  for (std::size_t i = 1; i < site.inputs(); ++i) {
    if (!site.has_input(i)) site.refuse("input " + std::to_string(i), "left out", "a tensor");
    const Tensor& next = site.input(i);
    site.expect_type(next, {first.type});
    bool fits = next.shape.size() == rank;
    for (std::size_t at = 0; fits && at < rank; ++at) {
      if (at == axis)
        shape[at] = site.sum(shape[at], next.shape[at]);
      else if (!is_known(shape[at]))
        shape[at] = next.shape[at];
      else
        fits = can_equal(shape[at], next.shape[at]);
    }
    if (!fits)
      site.refuse_shape(next, "that of '" + first.name + "', " + to_string(first.shape) +
                                  ", but for axis " + std::to_string(axis));
  }
  site.give(first.type, shape);
  if (axis != 0 || !few_elements(shape)) return;
  KnownValues joined;
  for (std::size_t i = 0; i < site.inputs(); ++i) {
    const KnownValues* part = site.values(i);
    if (!part) return;
    for (std::size_t k = 0; k < part->size(); ++k) joined.append(*part, k);
  }
  site.give_values(std::move(joined));
}

/// Split(x, split): parts along `axis` of those lengths; without them equal ones, the last smaller.
inline void split(Site& site) {
  site.expect_inputs(1, 2);
  const Tensor& x = site.input(0);
  const std::size_t axis = site.axis(0, x.shape.size());
  const std::int64_t extent = x.shape[axis];
  const auto wanted =
      static_cast<std::int64_t>(std::max<std::size_t>(site.node().outputs.size(), 1));
  const std::int64_t parts = site.integer("num_outputs", wanted);
  if (parts < wanted || parts > wanted)
    site.refuse_attribute("num_outputs", std::to_string(parts),
                          std::to_string(wanted) + ", the number of outputs");
  const Setting lengths = setting(site, "split", 1);
  Extents cuts(static_cast<std::size_t>(parts), unknown_extent);
  if (lengths.given) {
    if (lengths.values) {
      cuts = *lengths.values;
      std::int64_t whole = 0;
      for (const std::int64_t length : cuts) {
        if (length < 0) site.refuse("split", to_string(cuts), "lengths >= 0");
        whole = site.sum(whole, length);
      }
      if (cuts.size() != static_cast<std::size_t>(parts) || !can_equal(whole, extent))
        site.refuse("split", to_string(cuts),
                    std::to_string(parts) + " lengths that add up to " + std::to_string(extent));
    }
  } else if (is_known(extent)) {
    const std::int64_t length = extent / parts + (extent % parts != 0);
    if (extent % parts != 0 && !site.has_attribute("num_outputs"))
      site.refuse("extent", std::to_string(extent), "a multiple of " + std::to_string(parts));
    for (std::size_t i = 0; i < cuts.size(); ++i)
      cuts[i] = std::clamp<std::int64_t>(extent - static_cast<std::int64_t>(i) * length, 0, length);
  }
  const KnownValues* values = few_elements(x.shape) ? site.values(0) : nullptr;
  const Extents strides = values ? strides_of(x.shape) : Extents();
  std::int64_t begin = 0;
  for (const std::int64_t cut : cuts) {
    Shape shape = x.shape;
    shape[axis] = cut;
    site.give(x.type, shape);
    if (!values || !is_known(cut)) continue;
    site.give_values(strided(*values, shape, strides, begin * strides[axis]));
    begin += cut;
  }
}

/// Slice(x, starts, ends, axes, steps), as Python's x[start:end:step] on each axis.
inline void slice(Site& site) {
  site.expect_inputs(1, 5);
  const Tensor& x = site.input(0);
  const std::size_t rank = x.shape.size();
  const Setting starts = setting(site, "starts", 1), ends = setting(site, "ends", 2),
                axes = setting(site, "axes", 3), steps = setting(site, "steps", 4);
  if (!starts.given || !ends.given) site.refuse("starts and ends", "missing", "both");
  Shape shape = x.shape;
  if ((axes.given && !axes.values)) return site.give(x.type, Shape(rank, unknown_extent));

  const std::size_t count = axes.values     ? axes.values->size()
                            : starts.values ? starts.values->size()
                            : ends.values   ? ends.values->size()
                                            : rank;
  const auto agrees = [&](const Setting& each) {
    return !each.values || each.values->size() == count;
  };
  if (!agrees(starts) || !agrees(ends) || !agrees(steps) || count > rank)
    site.refuse("starts, ends, axes and steps", "of different lengths", "one for each axis");
  Extents every;
  for (std::size_t i = 0; i < count; ++i) every.push_back(static_cast<std::int64_t>(i));
  const Extents& cut_axes = axes.values ? *axes.values : every;
  (void)site.chosen(cut_axes, rank);

  bool known = starts.values && ends.values && (!steps.given || steps.values);
  const KnownValues* values = few_elements(x.shape) ? site.values(0) : nullptr;
  Extents strides = values ? strides_of(x.shape) : Extents(rank);
  std::int64_t base = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t axis = site.position(cut_axes[i], rank, rank, "axes");
    const std::int64_t extent = x.shape[axis];
    if (!known || !is_known(extent)) {
      shape[axis] = unknown_extent;
      values = nullptr;
      continue;
    }
    const std::int64_t step = steps.values ? (*steps.values)[i] : 1;
    if (step == 0 || step == std::numeric_limits<std::int64_t>::min())
      site.refuse("steps", std::to_string(step), "other numbers");
    // Backwards, a place before the first element is a valid end, though not a valid start.
    const std::int64_t least = step > 0 ? 0 : -1, most = step > 0 ? extent : extent - 1;
    const auto place = [&](std::int64_t at) {
      return std::clamp(at < 0 ? at + extent : at, least, most);
    };
    const std::int64_t start =
        extent == 0 ? least : std::max<std::int64_t>(place((*starts.values)[i]), 0);
    const std::int64_t end = place((*ends.values)[i]);
    const std::int64_t length = step > 0 ? end - start : start - end;
    const std::int64_t stride = step > 0 ? step : -step;
    shape[axis] = length <= 0 ? 0 : (length - 1) / stride + 1;
    base += std::max<std::int64_t>(start, 0) * strides[axis];
    strides[axis] = shape[axis] > 1 ? strides[axis] * step : 0;
  }
  site.give(x.type, shape);
  if (values) site.give_values(strided(*values, shape, strides, base));
}

/// Expand(x, shape): broadcast to each other.
inline void expand(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& x = site.input(0);
  const auto target = shape_from(site, 1);
  if (!target) return site.give_unranked(x.type);
  if (const Extents* values = site.integers(1))
    for (const std::int64_t extent : *values)
      if (extent < 0) site.refuse("shape", to_string(*values), "extents >= 0");
  const Shape shape = broadcast(site, x.shape, *target);
  site.give(x.type, shape);
  const KnownValues* values = site.values(0);
  if (values && site.integers(1) && few_elements(shape))
    site.give_values(broadcast_values(*values, x.shape, shape));
}

/// Tile(x, repeats)
inline void tile(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& x = site.input(0);
  const Extents* repeats = site.integers(1);
  Shape shape(x.shape.size(), unknown_extent);
  if (repeats) {
    if (repeats->size() != shape.size())
      site.refuse("repeats", to_string(*repeats), "one for each axis of " + to_string(x.shape));
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if ((*repeats)[i] < 0) site.refuse("repeats", to_string(*repeats), "integers >= 0");
      shape[i] = site.product({x.shape[i], (*repeats)[i]});
    }
  }
  site.give(x.type, shape);
  const KnownValues* values = site.values(0);
  if (!values || !repeats || shape.size() != 1 || !few_elements(shape)) return;
  KnownValues repeated;
  repeated.known = true;
  repeated.real = values->real;
  for (std::int64_t i = 0; i < shape[0]; ++i)
    repeated.append(*values, static_cast<std::size_t>(i % x.shape[0]));
  site.give_values(std::move(repeated));
}

/// Pad(x, pads, value, axes): all begins, then all ends; negative ones cut.
inline void pad(Site& site) {
  site.expect_inputs(1, 4);
  const Tensor& x = site.input(0);
  const std::size_t rank = x.shape.size();
  const Setting pads =
      site.has_attribute("paddings") ? setting(site, "paddings", 1) : setting(site, "pads", 1);
  if (!pads.given) site.refuse("pads", "missing", "an input or an attribute");
  const Setting axes = setting(site, "axes", 3);
  if (!pads.values || (axes.given && !axes.values))
    return site.give(x.type, Shape(rank, unknown_extent));
  Extents padded;
  for (std::size_t i = 0; i < rank; ++i) padded.push_back(static_cast<std::int64_t>(i));
  if (axes.values) padded = *axes.values;
  (void)site.chosen(padded, rank);
  if (pads.values->size() != 2 * padded.size())
    site.refuse("pads", to_string(*pads.values), std::to_string(2 * padded.size()) + " integers");
  Shape shape = x.shape;
  for (std::size_t i = 0; i < padded.size(); ++i) {
    std::int64_t& extent = shape[site.position(padded[i], rank, rank, "axes")];
    if (!is_known(extent)) continue;
    for (const std::int64_t amount : {(*pads.values)[i], (*pads.values)[i + padded.size()]}) {
      if (amount < 0 ? extent + amount < 0
                     : extent > std::numeric_limits<std::int64_t>::max() - amount)
        site.refuse("pads", to_string(*pads.values), "extents >= 0 that fit 64 bits");
      extent += amount;
    }
  }
  site.give(x.type, std::move(shape));
}

/// DepthToSpace(x [batch, depth, height, width]) and back.
inline void depth_to_space(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  site.expect_rank(x, 4);
  const std::int64_t block = site.integer("blocksize", 0);
  const std::int64_t square = block > 0 ? site.product({block, block}) : 0;
  if (block < 1 || (is_known(x.shape[1]) && x.shape[1] % square != 0))
    site.refuse_attribute("blocksize", std::to_string(block), "one whose square divides the depth");
  site.give(x.type, {x.shape[0], is_known(x.shape[1]) ? x.shape[1] / square : unknown_extent,
                     site.product({x.shape[2], block}), site.product({x.shape[3], block})});
}
inline void space_to_depth(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  site.expect_rank(x, 4);
  const std::int64_t block = site.integer("blocksize", 0);
  const auto part = [&](std::int64_t extent) {
    if (!is_known(extent)) return unknown_extent;
    if (block < 1 || extent % block != 0)
      site.refuse_attribute("blocksize", std::to_string(block), "a divisor of height and width");
    return extent / block;
  };
  const std::int64_t height = part(x.shape[2]);
  site.give(x.type,
            {x.shape[0], site.product({x.shape[1], block, block}), height, part(x.shape[3])});
}

/// CenterCropPad(x, shape): those extents, on all axes or those named.
inline void center_crop_pad(Site& site) {
  site.expect_inputs(2, 2);
  const Tensor& x = site.input(0);
  Shape shape = x.shape;
  Extents axes;
  for (std::size_t i = 0; i < shape.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  if (const Extents* given = site.list("axes")) axes = *given;
  (void)site.chosen(axes, shape.size());
  const Extents* target = site.integers(1);
  if (target && target->size() != axes.size())
    site.refuse("shape", to_string(*target), "an extent for each axis");
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t extent = target ? (*target)[i] : unknown_extent;
    if (target && extent < 0) site.refuse("shape", to_string(*target), "extents >= 0");
    shape[site.position(axes[i], shape.size(), shape.size(), "axes")] = extent;
  }
  site.give(x.type, std::move(shape));
}

/// Col2Im(x [batch, channels * block, blocks], image shape, block shape)
inline void col2im(Site& site) {
  site.expect_inputs(3, 3);
  const Tensor& x = site.input(0);
  site.expect_rank(x, 3);
  const auto image = shape_from(site, 1);
  const Extents* block = site.integers(2);
  if (!image) return site.give_unranked(x.type);
  std::int64_t channels = unknown_extent;
  if (block && is_known(x.shape[1])) {
    const std::int64_t size = site.product(*block);
    if (size < 1 || x.shape[1] % size != 0)
      site.refuse("block shape", to_string(*block), "a divisor of " + std::to_string(x.shape[1]));
    channels = x.shape[1] / size;
  }
  Shape shape = {x.shape[0], channels};
  shape.insert(shape.end(), image->begin(), image->end());
  for (const std::int64_t extent : *image)
    if (extent < 0 && site.integers(1))
      site.refuse("image shape", to_string(*image), "extents >= 0");
  site.give(x.type, std::move(shape));
}

/// Resize(x, [roi,] scales, sizes), Upsample(x, scales): floor(extent * scale), or what `sizes`
/// says.
inline void resize(Site& site) {
  site.expect_inputs(1, 4);
  const Tensor& x = site.input(0);
  const std::size_t rank = x.shape.size();
  // Version 10 and Upsample have the scales as second input; version 7 had an attribute.
  const std::size_t scales_at = site.inputs() <= 2 ? 1 : 2;
  Extents axes;
  for (std::size_t i = 0; i < rank; ++i) axes.push_back(static_cast<std::int64_t>(i));
  if (const Extents* given = site.list("axes")) axes = *given;
  (void)site.chosen(axes, rank);

  std::vector<double> scales = site.attribute<std::vector<double>>("scales", {});
  if (site.has_attribute("height_scale"))
    scales = {1, 1, site.attribute<double>("height_scale", 1),
              site.attribute<double>("width_scale", 1)};
  const KnownValues* scales_input = site.values(scales_at);
  if (scales_input && scales_input->real) scales = scales_input->reals;
  const Extents* sizes = site.integers(3);

  Shape shape = x.shape;
  const auto place = [&](std::size_t i) { return site.position(axes[i], rank, rank, "axes"); };
  const auto source = [&](std::size_t i) { return x.shape[place(i)]; };
  const auto target = [&](std::size_t i) -> std::int64_t& { return shape[place(i)]; };
  if (site.has_input(3)) {
    if (sizes && sizes->size() != axes.size())
      site.refuse("sizes", to_string(*sizes), "an extent for each axis");
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (sizes && (*sizes)[i] < 0) site.refuse("sizes", to_string(*sizes), "extents >= 0");
      target(i) = sizes ? (*sizes)[i] : unknown_extent;
    }
    const std::string policy = site.attribute<std::string>("keep_aspect_ratio_policy", "stretch");
    if (policy != "stretch" && sizes) {
      // One scale for all axes, the smallest or the largest of those asked for.
      std::optional<double> scale;
      bool known = true;
      for (std::size_t i = 0; i < axes.size(); ++i) {
        known = known && is_known(source(i));
        const double each = static_cast<double>((*sizes)[i]) / static_cast<double>(source(i));
        if (!scale || (policy == "not_larger" ? each < *scale : each > *scale)) scale = each;
      }
      for (std::size_t i = 0; i < axes.size(); ++i) {
        const double scaled = static_cast<double>(source(i)) * scale.value_or(1);
        target(i) = known ? integer_from(std::floor(scaled + 0.5)) : unknown_extent;
      }
    }
    return site.give(x.type, std::move(shape));
  }
  if (scales.empty() && !site.has_input(scales_at))
    site.refuse("scales and sizes", "missing", "one of them");
  if (!scales.empty() && scales.size() != axes.size())
    site.refuse("scales", std::to_string(scales.size()) + " of them", "one for each axis");
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::int64_t& extent = target(i);
    if (scales.empty() || !is_known(extent)) {
      extent = unknown_extent;
      continue;
    }
    // Scales are f32, and so is the product: 33/17 of 17 are 33, as whoever chose them meant.
    const double scaled = std::floor(static_cast<float>(extent) * static_cast<float>(scales[i]));
    if (!(scales[i] > 0) || !(scaled < 9e15))
      site.refuse("scales", format_real(scales[i]), "numbers > 0 that give extents");
    extent = static_cast<std::int64_t>(scaled);
  }
  site.give(x.type, std::move(shape));
}

}  // namespace edgeopt::inline v0::detail
