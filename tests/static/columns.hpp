// How the columns of a row are held against its fields.
#pragma once

#include <cstddef>
#include <utility>

namespace columns {

/// Stands for a value of any field.
struct Anything {
  template <class T>
  operator T() const;
};

template <class Row, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires {
    Row{(void(I), Anything{})...};
  };
}

/// Number of fields of an aggregate: the most initialisers it takes.
template <class Row, std::size_t Count = 0>
constexpr std::size_t fields() {
  if constexpr (takes<Row>(std::make_index_sequence<Count + 1>{}))
    return fields<Row, Count + 1>();
  else
    return Count;
}

/// Number of columns that `visit_columns` names, spliced ones as one.
template <class Row>
constexpr std::size_t visits() {
  std::size_t count = 0;
  visit_columns(static_cast<const Row*>(nullptr), [&](const auto&...) { ++count; });
  return count;
}

}  // namespace columns
