// SPDX-License-Identifier: MIT
/// @file
/// Operators of the domains ai.onnx.ml
/// (https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md) and ai.onnx.preview.training:
/// trees, linear models and what prepares data for them, and steps of optimisers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>  // std::get_if
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

/// Number of the strings or integers that one of two attributes lists; unknown without both.
[[nodiscard]] inline std::int64_t listed(const Site& site, std::string_view integers,
                                         std::string_view texts) {
  if (const Extents* list = site.list(integers)) return static_cast<std::int64_t>(list->size());
  if (!site.has_attribute(texts)) return unknown_extent;
  return static_cast<std::int64_t>(site.attribute<std::vector<std::string>>(texts, {}).size());
}

/// Scaler, Normalizer(x): f32 of x's shape.
inline void scaler(Site& site) {
  site.expect_inputs(1, 1);
  site.give_like(site.input(0), ElementType::f32);
}

/// LabelEncoder(x): values of the kind that an attribute lists.
inline void label_encoder(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  const auto tensor = site.node().attributes.find("values_tensor");
  const bool given = tensor != site.node().attributes.end();
  const Array* array = given ? std::get_if<Array>(&tensor->second) : nullptr;
  if (given && !array) site.refuse_attribute("values_tensor", "of another type", "a tensor");
  const bool texts = site.has_attribute("values_strings") ||
                     (site.has_attribute("classes_strings") && x.type != ElementType::string);
  site.give_like(x, array                                 ? array->type
                    : texts                               ? ElementType::string
                    : site.has_attribute("values_floats") ? ElementType::f32
                                                          : ElementType::s64);
}

/// OneHotEncoder(x): a last axis with one place for each category.
inline void one_hot_encoder(Site& site) {
  site.expect_inputs(1, 1);
  Shape shape = site.input(0).shape;
  shape.push_back(listed(site, "cats_int64s", "cats_strings"));
  site.give(ElementType::f32, std::move(shape));
}

/// The rows of x [batch, features], or of one vector.
[[nodiscard]] inline std::int64_t rows_of(const Tensor& x) {
  return x.shape.size() > 1 ? x.shape[0] : 1;
}

/// TreeEnsemble, TreeEnsembleRegressor, LinearRegressor, SVMRegressor(x): the targets of each row.
inline void regressor(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  const std::int64_t targets = site.integer("n_targets", site.integer("targets", 1));
  if (targets < 1) site.refuse_attribute("n_targets", std::to_string(targets), "an integer >= 1");
  site.give(site.node().op == "TreeEnsemble" ? x.type : ElementType::f32, {rows_of(x), targets});
}

/// TreeEnsembleClassifier, LinearClassifier, SVMClassifier(x): a label for each row, and the score
/// of each label.
inline void classifier(Site& site) {
  site.expect_inputs(1, 1);
  const bool texts = site.has_attribute("classlabels_strings");
  std::int64_t labels = listed(site, "classlabels_ints", "classlabels_strings");
  if (!is_known(labels)) labels = listed(site, "classlabels_int64s", "classlabels_strings");
  const std::int64_t rows = rows_of(site.input(0));
  site.give(texts ? ElementType::string : ElementType::s64, {rows});
  site.give(ElementType::f32, {rows, labels});
}

/// Momentum, Adagrad(rate, step, x..., gradients..., sums...), Adam with second sums: x and the
/// sums after a step.
inline void optimizer_step(Site& site) {
  site.expect_inputs(site.inputs(), site.inputs());
  const std::size_t groups = site.node().op == "Adam" ? 4 : 3;
  if (site.inputs() < 2 + groups || (site.inputs() - 2) % groups != 0)
    site.refuse("number of inputs", std::to_string(site.inputs()),
                "2 and then " + std::to_string(groups) + " for each tensor");
  const std::size_t tensors = (site.inputs() - 2) / groups;
  for (std::size_t group = 0; group < groups; ++group)
    for (std::size_t i = 0; i < tensors && group != 1; ++i)
      site.give_like(site.input(2 + group * tensors + i));
}

/// Gradient(x..., z...): one for each x that the attribute `xs` names.
inline void gradient(Site& site) {
  site.expect_inputs(site.inputs(), site.inputs());
  const auto names = site.attribute<std::vector<std::string>>("xs", {});
  if (names.empty() || names.size() > site.inputs())
    site.refuse_attribute("xs", std::to_string(names.size()) + " names",
                          "1 to " + std::to_string(site.inputs()));
  for (std::size_t i = 0; i < names.size(); ++i) site.give_like(site.input(i));
}

}  // namespace edgeopt::inline v0::detail
