// SPDX-License-Identifier: MIT
/// @file
/// xtensor's tensors and Eigen's matrices over the same memory. All tensors are in C order.
#pragma once

#include <Eigen/Core>
#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xtensor.hpp>  // xtensor 0.26 moved it
#else
#include <xtensor/xtensor.hpp>
#endif

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>  // std::index_sequence

#include "edgeopt/array.hpp"  // Shape
#include "edgeopt/checked_count.hpp"

namespace edgeopt::inline v0 {

/// Extents of a tensor, as messages and files hold them.
template <class T, std::size_t Rank>
[[nodiscard]] Shape shape_of(const xt::xtensor<T, Rank>& tensor) {
  Shape shape;
  for (const auto extent : tensor.shape()) shape.push_back(static_cast<std::int64_t>(extent));
  return shape;
}

/// The elements of a tensor in C order.
template <class T, std::size_t Rank>
[[nodiscard]] std::span<T> span_of(xt::xtensor<T, Rank>& tensor) noexcept {
  return {tensor.data(), tensor.size()};
}
template <class T, std::size_t Rank>
[[nodiscard]] std::span<const T> span_of(const xt::xtensor<T, Rank>& tensor) noexcept {
  return {tensor.data(), tensor.size()};
}

namespace detail {

template <std::same_as<std::int64_t>... Extents>
std::array<std::size_t, sizeof...(Extents)> tensor_extents(Extents... extents) {
  constexpr std::int64_t largest_element = 16;  // a long double
  (void)checked_product({extents..., largest_element}, "bytes of a tensor");
  return {static_cast<std::size_t>(extents)...};
}

/// A tensor of zeros. @throws DomainError when its size in bytes does not fit 64 bits
template <class T, std::same_as<std::int64_t>... Extents>
xt::xtensor<T, sizeof...(Extents)> zero_tensor(Extents... extents) {
  return xt::xtensor<T, sizeof...(Extents)>(tensor_extents(extents...), T{0});
}

/// Gives a tensor these extents; its values are lost. Allocates only where they differ.
template <class T, std::size_t Rank, std::same_as<std::int64_t>... Extents>
void resize(xt::xtensor<T, Rank>& tensor, Extents... extents) {
  static_assert(sizeof...(Extents) == Rank);
  tensor.resize(tensor_extents(extents...));
}

/// Gives a tensor the extents of a shape of its rank, and every element the value 0.
template <class T, std::size_t Rank>
void assign_zeros(xt::xtensor<T, Rank>& tensor, const Shape& shape) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    tensor = zero_tensor<T>(shape.at(I)...);
  }
  (std::make_index_sequence<Rank>{});
}

// Eigen's view of memory in C order: products of these run in its blocked matrix kernel.
template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T>
Eigen::Map<Matrix<T>> matrix(T* data, std::int64_t rows, std::int64_t columns) {
  return {data, rows, columns};
}
template <class T>
Eigen::Map<const Matrix<T>> matrix(const T* data, std::int64_t rows, std::int64_t columns) {
  return {data, rows, columns};
}

// For arithmetic element by element. Sums over elements are never left to Eigen: their order would
// depend on where in memory they lie.
template <class T>
using Elements = Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>>;
template <class T>
using ConstElements = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>>;

}  // namespace detail

}  // namespace edgeopt::inline v0
