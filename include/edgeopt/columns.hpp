// SPDX-License-Identifier: MIT
/// @file
/// How a row type names its columns: once, in a function that argument-dependent lookup finds.
///
///     struct Point { double x = 0, y = 0; };
///
///     template <class Visit>
///     constexpr void visit_columns(const Point*, Visit&& visit) {
///       visit("x", &Point::x);
///       visit("y", &Point::y);
///     }
///
/// The first argument only selects the overload. `visit(spliced, &Row::field)` stands for the
/// columns of the field in its place, for a field that is itself a row, or a vector whose elements
/// are columns with names that depend on values. Such an element type has
///
///     std::string column_name() const;
///     static bool is_column_name(std::string_view);
///     static Element from_column_name(std::string_view);
///     ... value;
///
/// `table.hpp` turns rows into a table and back; readers and writers know tables only.
#pragma once

namespace edgeopt::inline v0 {

/// Tag: the columns of this field stand in its place.
struct Spliced {};
inline constexpr Spliced spliced{};

/// A type with named columns.
template <class T>
concept Row = requires(const T* row) {
  visit_columns(row, [](const auto&...) {});
};

}  // namespace edgeopt::inline v0
