// SPDX-License-Identifier: MIT
/// @file
/// Products of matrices, among them attention and recurrent layers.
#pragma once

#include <algorithm>  // std::find, std::max, std::rotate
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>  // std::move, std::pair, std::swap
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/element_type.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/operators/detail/elementwise.hpp"
#include "edgeopt/operators/detail/known_values.hpp"
#include "edgeopt/operators/detail/site.hpp"

namespace edgeopt::inline v0::detail {

/// Gives a' b', where ' transposes if transA, transB say so; c has to broadcast to it.
inline void give_gemm(Site& site, const Tensor& a, const Tensor& b, const Tensor* c,
                      ElementType type) {
  site.expect_rank(a, 2);
  site.expect_rank(b, 2);
  const bool transpose_a = site.integer("transA", 0) != 0;
  const bool transpose_b = site.integer("transB", 0) != 0;
  const std::int64_t inner = a.shape[transpose_a ? 0 : 1];
  if (!can_equal(b.shape[transpose_b ? 1 : 0], inner))
    site.refuse("inner extent of '" + b.name + "'", std::to_string(b.shape[transpose_b ? 1 : 0]),
                std::to_string(inner) + ", that of '" + a.name + "'");
  Shape shape = {a.shape[transpose_a ? 1 : 0], b.shape[transpose_b ? 0 : 1]};
  if (c) {
    bool fits = c->shape.size() <= 2;
    for (std::size_t i = 0; fits && i < c->shape.size(); ++i) {
      const std::int64_t extent = c->shape[c->shape.size() - 1 - i];
      fits = extent == 1 || can_equal(extent, shape[1 - i]);
    }
    if (!fits) site.refuse_shape(*c, "one that broadcasts to " + to_string(shape));
  }
  site.give(type, std::move(shape));
}

/// Gemm(a, b, c): alpha a' b' + beta c
inline void gemm(Site& site) {
  site.expect_inputs(2, 3);
  const Tensor& a = site.input(0);
  if (!is_integer(a.type)) site.expect_floating(a);
  site.expect_type(site.input(1), {a.type});
  const Tensor* c = site.optional_input(2);
  if (c) site.expect_type(*c, {a.type});
  give_gemm(site, a, site.input(1), c, a.type);
}

/// Gives the product as numpy.matmul has it: leading extents broadcast, vectors lose their axis.
inline void give_product(Site& site, const Tensor& a, const Tensor& b, ElementType type) {
  site.expect_rank_at_least(a, 1);
  site.expect_rank_at_least(b, 1);
  const bool vector_a = a.shape.size() == 1, vector_b = b.shape.size() == 1;
  const std::int64_t inner = a.shape.back();
  const std::int64_t other = vector_b ? b.shape[0] : b.shape[b.shape.size() - 2];
  if (!can_equal(inner, other))
    site.refuse("inner extent of '" + b.name + "'", std::to_string(other),
                std::to_string(inner) + ", that of '" + a.name + "'");
  const auto leading = [](const Shape& shape) {
    return Shape(shape.begin(),
                 shape.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(shape.size(), 2)));
  };
  Shape shape = broadcast(site, leading(a.shape), leading(b.shape));
  if (!vector_a) shape.push_back(a.shape[a.shape.size() - 2]);
  if (!vector_b) shape.push_back(b.shape.back());
  site.give(type, std::move(shape));
}

/// The shape of an operand of com.microsoft's FusedMatMul as it is multiplied: transBatchA and
/// transBatchB put the first axis behind those of the batch, transA and transB transpose the last
/// two then.
[[nodiscard]] inline Shape fused_operand(const Site& site, std::size_t index) {
  Shape shape = site.input(index).shape;
  if (shape.size() < 2) return shape;
  if (site.integer(index == 0 ? "transBatchA" : "transBatchB", 0) != 0)
    std::rotate(shape.begin(), shape.begin() + 1, shape.end() - 1);
  if (site.integer(index == 0 ? "transA" : "transB", 0) != 0)
    std::swap(shape.back(), shape[shape.size() - 2]);
  return shape;
}

/// MatMul(a, b)
inline void matrix_product(Site& site) {
  site.expect_inputs(2, 2);
  site.expect_type(site.input(1), {site.input(0).type});
  give_product(site, site.input(0), site.input(1), site.input(0).type);
}

/// MatMulInteger(a, b, a zero point, b zero point): sums of s32.
inline void matrix_product_of_integers(Site& site) {
  site.expect_inputs(2, 4);
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
    site.expect_type(site.input(i), {ElementType::u8, ElementType::s8});
  give_product(site, site.input(0), site.input(1), ElementType::s32);
}

/// QLinearMatMul(a, scale, zero point, b, scale, zero point, y scale, y zero point)
inline void quantized_matrix_product(Site& site) {
  site.expect_inputs(8, 8);
  give_product(site, site.input(0), site.input(3), site.input(7).type);
}

/// The letters of an einsum equation with the extents that the operands give them. An ellipsis
/// stands for axes that broadcast; they are told apart by numbers below 0, counted from the end.
class Einsum {
 public:
  explicit Einsum(const Site& site) : site_(site) {
    std::string equation = site.attribute<std::string>("equation", "");
    std::erase(equation, ' ');
    const std::size_t arrow = equation.find("->");
    const std::string_view left = std::string_view(equation).substr(0, arrow);
    std::size_t operand = 0;
    for (std::size_t begin = 0; begin <= left.size(); ++operand) {
      const std::size_t end = std::min(left.find(',', begin), left.size());
      if (operand >= site.inputs()) refuse();
      read(left.substr(begin, end - begin), site.input(operand));
      begin = end + 1;
    }
    if (operand != site.inputs()) refuse();
    if (arrow != equation.npos)
      result_ = labels(std::string_view(equation).substr(arrow + 2), dots_);
    else
      imply_result();
  }

  [[nodiscard]] Shape shape() const {
    Shape shape;
    for (const int label : result_) {
      const std::int64_t* extent = find(label);
      if (!extent) refuse();
      shape.push_back(*extent);
    }
    return shape;
  }

  /// Extents of all letters: one multiplication for each combination.
  [[nodiscard]] Extents all_extents() const {
    Extents extents;
    for (const auto& [label, extent] : extents_) extents.push_back(extent);
    return extents;
  }

 private:
  [[noreturn]] void refuse() const {
    site_.refuse_attribute("equation", "'" + site_.attribute<std::string>("equation", "") + "'",
                           "one letter for each axis of each input");
  }

  [[nodiscard]] std::vector<int> labels(std::string_view term, std::size_t dots) const {
    std::vector<int> labels;
    for (std::size_t i = 0; i < term.size(); ++i) {
      const char c = term[i];
      if (c == '.') {
        if (term.substr(i, 3) != "...") refuse();
        for (std::size_t k = dots; k > 0; --k) labels.push_back(-static_cast<int>(k));
        i += 2;
      } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        labels.push_back(c);
      } else {
        refuse();
      }
    }
    return labels;
  }

  [[nodiscard]] static std::string described(int label) {
    if (label < 0) return "axis " + std::to_string(label) + " of '...'";
    return "each '" + std::string(1, static_cast<char>(label)) + "'";
  }

  void read(std::string_view term, const Tensor& tensor) {
    const std::size_t rank = tensor.shape.size();
    std::size_t dots = 0;
    if (term.find('.') != term.npos) {
      if (term.size() < 3 || term.size() - 3 > rank) refuse();
      dots = rank - (term.size() - 3);
      dots_ = std::max(dots_, dots);
    }
    const std::vector<int> axes = labels(term, dots);
    if (axes.size() != rank) refuse();
    for (std::size_t i = 0; i < rank; ++i) {
      if (axes[i] > 0) ++counts_[static_cast<std::size_t>(axes[i])];
      std::int64_t* extent = const_cast<std::int64_t*>(find(axes[i]));
      if (!extent)
        extents_.emplace_back(axes[i], tensor.shape[i]);
      else if (tensor.shape[i] == 1)
        continue;  // broadcast, whatever the extent is
      else if (*extent == 1 || !is_known(*extent))
        *extent = tensor.shape[i];
      else if (!can_equal(*extent, tensor.shape[i]))
        site_.refuse_shape(tensor,
                           "extent " + std::to_string(*extent) + " for " + described(axes[i]));
    }
  }

  /// Without an arrow: the axes of the ellipsis, then the letters that stand once, by the alphabet.
  void imply_result() {
    for (std::size_t k = dots_; k > 0; --k) result_.push_back(-static_cast<int>(k));
    for (std::size_t letter = 0; letter < counts_.size(); ++letter)
      if (counts_[letter] == 1) result_.push_back(static_cast<int>(letter));
  }

  [[nodiscard]] const std::int64_t* find(int label) const {
    for (const auto& [known, extent] : extents_)
      if (known == label) return &extent;
    return nullptr;
  }

  const Site& site_;
  std::vector<std::pair<int, std::int64_t>> extents_;
  std::array<std::size_t, 128> counts_{};  ///< how often each letter stands in the operands
  std::vector<int> result_;
  std::size_t dots_ = 0;
};

/// Einsum(operands...)
inline void einsum(Site& site) {
  const std::size_t operands = std::max<std::size_t>(site.inputs(), 1);
  site.expect_inputs(operands, operands);
  site.give(site.input(0).type, Einsum(site).shape());
}

/// Det(x [..., n, n])
inline void determinant(Site& site) {
  site.expect_inputs(1, 1);
  const Tensor& x = site.input(0);
  site.expect_rank_at_least(x, 2);
  site.give(x.type, Shape(x.shape.begin(), x.shape.end() - 2));
}

/// What every recurrent operator begins with: x, W of the inputs and R of the hidden state.
struct RecurrentInputs {
  const Tensor& x;
  const Tensor& w;
  const Tensor& r;
  std::int64_t directions;
};
[[nodiscard]] inline RecurrentInputs recurrent_inputs(const Site& site) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{2}})
    site.expect_rank(site.input(i), 3);
  const bool both = site.attribute<std::string>("direction", "forward") == "bidirectional";
  return {site.input(0), site.input(1), site.input(2), both ? 2 : 1};
}

/// LSTM, GRU, RNN(x [steps, batch, inputs], W [directions, gates hidden, inputs],
/// R [directions, gates hidden, hidden], ...): every output, the last one and the last cell. With
/// layout 1 the batch comes first.
inline void recurrent(Site& site) {
  site.expect_inputs(3, 8);
  const auto [x, w, r, directions] = recurrent_inputs(site);
  const std::int64_t gates = site.node().op == "LSTM" ? 4 : site.node().op == "GRU" ? 3 : 1;
  const std::int64_t hidden = site.integer("hidden_size", r.shape[2]);
  if (hidden < 0 && site.has_attribute("hidden_size"))
    site.refuse_attribute("hidden_size", std::to_string(hidden), "an integer >= 1");
  site.expect_shape(w, {directions, site.product({gates, hidden}), x.shape[2]});
  site.expect_shape(r, {directions, site.product({gates, hidden}), hidden});
  const bool batch_first = site.integer("layout", 0) == 1;
  const std::int64_t steps = x.shape[batch_first ? 1 : 0], batch = x.shape[batch_first ? 0 : 1];
  const Shape last =
      batch_first ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden};
  site.give(x.type, batch_first ? Shape{batch, steps, directions, hidden}
                                : Shape{steps, directions, batch, hidden});
  site.give(x.type, last);
  if (gates == 4) site.give(x.type, last);
}

/// What an attention multiplies: heads of queries, their length, what they see, extents of a head.
struct AttentionExtents {
  std::int64_t batch, heads, queries, keys, head, value_head;
};

/// Both numbers of heads that an operator on [batch, length, heads head] needs as attributes.
[[nodiscard]] inline std::pair<std::int64_t, std::int64_t> numbers_of_heads(const Site& site) {
  const std::int64_t heads = site.integer("q_num_heads", 0);
  const std::int64_t kv_heads = site.integer("kv_num_heads", 0);
  if (heads < 1 || kv_heads < 1)
    site.refuse_attribute("q_num_heads and kv_num_heads",
                          std::to_string(heads) + " and " + std::to_string(kv_heads),
                          "integers >= 1");
  return {heads, kv_heads};
}
[[nodiscard]] inline std::int64_t part_of(std::int64_t whole, std::int64_t parts) {
  return is_known(whole) ? whole / parts : unknown_extent;
}

/// Of q, k, v [batch, length, heads head].
[[nodiscard]] inline AttentionExtents flat_attention_extents(const Site& site) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{2}})
    site.expect_rank(site.input(i), 3);
  const auto [heads, kv_heads] = numbers_of_heads(site);
  const Shape& q = site.input(0).shape;
  return {q[0],
          heads,
          q[1],
          site.input(1).shape[1],
          part_of(q[2], heads),
          part_of(site.input(2).shape[2], kv_heads)};
}

/// Attention(q, k, v, mask, past key, past value): [batch, heads, length, head] each, or
/// [batch, length, heads head] with the numbers of heads as attributes.
[[nodiscard]] inline AttentionExtents attention_extents(const Site& site) {
  const Shape& q = site.input(0).shape;
  const Shape& k = site.input(1).shape;
  const Shape& v = site.input(2).shape;
  AttentionExtents extents{};
  if (q.size() == 4) {
    site.expect_rank(site.input(1), 4);
    site.expect_rank(site.input(2), 4);
    extents = {q[0], q[1], q[2], k[2], q[3], v[3]};
  } else {
    extents = flat_attention_extents(site);
  }
  if (site.has_input(4)) {
    site.expect_rank(site.input(4), 4);
    extents.keys = site.sum(extents.keys, site.input(4).shape[2]);
  }
  return extents;
}

inline void attention(Site& site) {
  site.expect_inputs(3, 7);
  const AttentionExtents extents = attention_extents(site);
  const Tensor& q = site.input(0);
  const bool flat = q.shape.size() == 3;
  site.give(q.type, flat
                        ? Shape{extents.batch, extents.queries,
                                site.product({extents.heads, extents.value_head})}
                        : Shape{extents.batch, extents.heads, extents.queries, extents.value_head});
  const std::int64_t kv_heads = flat ? site.integer("kv_num_heads", 0) : site.input(1).shape[1];
  site.give(site.input(1).type, {extents.batch, kv_heads, extents.keys, extents.head});
  site.give(site.input(2).type, {extents.batch, kv_heads, extents.keys, extents.value_head});
  site.give(q.type, {extents.batch, extents.heads, extents.queries, extents.keys});
}

/// LinearAttention(q [batch, length, heads head], k, v, past state [batch, kv heads, head, value
/// head], decay, beta): the result and the state after it.
inline void linear_attention(Site& site) {
  site.expect_inputs(3, 6);
  const AttentionExtents extents = flat_attention_extents(site);
  const Tensor& q = site.input(0);
  const Tensor* past = site.optional_input(3);
  const Shape state = {extents.batch, site.integer("kv_num_heads", 0), extents.head,
                       extents.value_head};
  if (past) site.expect_shape(*past, state);
  site.give(q.type,
            {extents.batch, extents.queries, site.product({extents.heads, extents.value_head})});
  site.give(past ? past->type : q.type, state);
}

/// DynamicQuantizeLSTM(x [steps, batch, inputs], W [directions, inputs, 4 hidden],
/// R [directions, hidden, 4 hidden], ...) of com.microsoft: an LSTM whose weights are bytes.
inline void quantized_recurrent(Site& site) {
  site.expect_inputs(3, 12);
  const auto [x, w, r, directions] = recurrent_inputs(site);
  const std::int64_t hidden = r.shape[1];
  site.expect_shape(w, {directions, x.shape[2], site.product({4, hidden})});
  site.expect_shape(r, {directions, hidden, site.product({4, hidden})});
  site.give(x.type, {x.shape[0], directions, x.shape[1], hidden});
  for (int i = 0; i < 2; ++i) site.give(x.type, {directions, x.shape[1], hidden});
}

/// RotaryEmbedding(x, cosines, sines, positions): x with its heads rotated.
inline void rotation(Site& site) {
  site.expect_inputs(3, 4);
  site.give_like(site.input(0));
}

}  // namespace edgeopt::inline v0::detail
