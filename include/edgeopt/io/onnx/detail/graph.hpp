// SPDX-License-Identifier: MIT
/// @file
/// ONNX's GraphProto as a `Graph`: names become ids, calls of functions become their nodes, nodes
/// are put in an order in which they can run, and graphs inside nodes learn which tensors around
/// them they read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>  // std::exchange, std::move, std::pair
#include <vector>

#include "edgeopt/array.hpp"
#include "edgeopt/graph.hpp"
#include "edgeopt/io/onnx/detail/functions.hpp"
#include "edgeopt/io/onnx/detail/protobuf.hpp"
#include "edgeopt/io/onnx/detail/tensor.hpp"

namespace edgeopt::inline v0::io::detail {

/// Graphs inside graphs; more are refused.
inline constexpr int max_onnx_depth = 32;

/// What reading finds out beside the graph.
struct OnnxFindings {
  std::vector<std::string> notes;
  std::set<std::string, std::less<>> external_files;
};

/// Type of a tensor as a file declares it, with names of symbolic extents.
struct DeclaredType {
  ElementType type = ElementType::unknown;
  Shape shape;
  std::vector<std::string> symbols;  ///< one for each extent; empty where it is a number
  bool ranked = false;
};

/// Names of the tensors around a graph inside a node.
class OnnxScope {
 public:
  virtual ~OnnxScope() = default;
  /// The id of a tensor that is visible here, `no_tensor` where there is none.
  virtual TensorId find(std::string_view name) = 0;
  /// Its description.
  [[nodiscard]] virtual const Tensor& tensor(TensorId id) const = 0;
};

/// The tensors of a function, where its nodes have taken the place of a call.
class OnnxFunctionScope : public OnnxScope {
 public:
  OnnxFunctionScope(OnnxScope& graph, const OnnxCall& call) : graph_(graph), call_(call) {}

  TensorId find(std::string_view name) override {
    const std::string_view* tensor = call_.find(name);
    return tensor && !tensor->empty() ? graph_.find(*tensor) : no_tensor;
  }
  [[nodiscard]] const Tensor& tensor(TensorId id) const override { return graph_.tensor(id); }

 private:
  OnnxScope& graph_;
  const OnnxCall& call_;
};

/// Reads one GraphProto.
class OnnxGraphReader : public OnnxScope {
 public:
  /// `around` and `call`: what a graph inside a node sees, and the call whose function it stands
  /// in.
  OnnxGraphReader(const ProtobufFile& file, std::int64_t kept_bytes, OnnxFunctions& functions,
                  OnnxFindings& findings, OnnxScope* around = nullptr,
                  const OnnxCall* call = nullptr, int depth = 0)
      : file_(file),
        kept_bytes_(kept_bytes),
        functions_(functions),
        findings_(findings),
        around_(around),
        call_(call),
        depth_(depth) {}

  /// @throws InputError for whatever the format does not allow
  [[nodiscard]] Graph read(std::string_view message) {
    collect(message);
    for (const std::string_view each : initializers_) add_initializer(each);
    for (const std::string_view each : inputs_) add_input(each);
    declare_results();
    expand_calls();
    for (const std::string_view each : values_) describe(each);
    graph_.nodes.reserve(nodes_.size());
    for (const OnnxNode& raw : nodes_) graph_.nodes.push_back(read_node(raw));
    for (const std::string_view each : outputs_) add_output(each);
    order_nodes();
    return std::move(graph_);
  }

  /// Tensors of the outer graph that this one reads, for its last inputs.
  [[nodiscard]] std::vector<TensorId>& captured() { return captured_; }

  TensorId find(std::string_view name) override {
    const auto found = ids_.find(name);
    if (found != ids_.end()) return found->second;
    const TensorId outer = around_ ? around_->find(name) : no_tensor;
    if (outer == no_tensor) return no_tensor;
    Tensor inner = around_->tensor(outer);
    inner.constant = false;
    inner.data.clear();
    const TensorId id = add(name, std::move(inner));
    captured_.push_back(outer);
    captured_inputs_.push_back(id);
    return id;
  }
  [[nodiscard]] const Tensor& tensor(TensorId id) const override { return graph_.tensors[id]; }

 private:
  void collect(std::string_view message) {
    ProtobufFields fields(file_, message);
    while (fields.next()) {
      switch (fields.tag()) {
        case 1:
          nodes_.push_back(OnnxNode::split(file_, fields.bytes()));
          nodes_.back().call = call_;
          break;
        case 2: graph_.name = fields.bytes(); break;
        case 5: initializers_.push_back(fields.bytes()); break;
        case 11: inputs_.push_back(fields.bytes()); break;
        case 12: outputs_.push_back(fields.bytes()); break;
        case 13: values_.push_back(fields.bytes()); break;
        case 15: sparse_.push_back(fields.bytes()); break;
        default: break;
      }
    }
  }

  [[noreturn]] void fail(const OnnxNode& node, std::string found, std::string expected) const {
    node.fail(file_, std::move(found), std::move(expected));
  }
  [[noreturn]] void fail_undefined(const OnnxNode& node, const char* what,
                                   std::string_view name) const {
    fail(node, std::string(what) + " '" + std::string(name) + "', which nothing defines",
         node.call ? "a tensor of its function" : "a tensor of the graph");
  }

  /// A new tensor of that name.
  TensorId add(std::string_view name, Tensor tensor) {
    const TensorId id = graph_.tensors.size();
    tensor.name = name;
    graph_.tensors.push_back(std::move(tensor));
    ids_.emplace(name, id);
    return id;
  }

  void expect_new(std::string_view message, const char* what, std::string_view name) const {
    if (name.empty()) file_.fail(message.data(), std::string(what) + " without name", "a name");
    if (ids_.contains(name))
      file_.fail(message.data(), std::string(what) + " '" + std::string(name) + "' again",
                 "each name once");
  }

  void add_initializer(std::string_view message) {
    OnnxTensor read = OnnxTensorReader(file_, kept_bytes_).read(message);
    expect_new(message, "initializer", read.name);
    if (!read.external.empty()) findings_.external_files.insert(std::string(read.external));
    Tensor tensor{{}, read.type, std::move(read.shape), true, std::move(read.data)};
    (void)add(read.name, std::move(tensor));
  }

  /// A sparse initializer is a constant of its dense shape, without values.
  [[nodiscard]] OnnxTensor read_sparse(std::string_view message) const {
    OnnxTensor values, shape;
    ProtobufFields fields(file_, message);
    while (fields.next()) {
      if (fields.tag() == 1) values = OnnxTensorReader(file_, 0).read(fields.bytes());
      if (fields.tag() == 3)
        fields.integers([&](std::int64_t extent) { shape.shape.push_back(extent); });
    }
    for (const std::int64_t extent : shape.shape)
      if (extent < 0 || shape.shape.size() > max_rank)
        file_.fail(message.data(), "dimensions " + to_string(shape.shape), "none below 0");
    values.shape = std::move(shape.shape);
    values.data.clear();
    return values;
  }

  /// The name and type of a ValueInfoProto.
  [[nodiscard]] std::pair<std::string_view, DeclaredType> read_value_info(
      std::string_view message) const {
    std::string_view name;
    DeclaredType type;
    ProtobufFields fields(file_, message);
    while (fields.next()) {
      if (fields.tag() == 1) name = fields.bytes();
      if (fields.tag() == 2) type = read_type(fields.bytes(), name);
    }
    return {name, std::move(type)};
  }

  /// TypeProto: anything but a dense tensor stays unknown.
  [[nodiscard]] DeclaredType read_type(std::string_view message, std::string_view name) const {
    DeclaredType type;
    ProtobufFields fields(file_, message);
    while (fields.next()) {
      if (fields.tag() != 1) continue;
      ProtobufFields tensor(file_, fields.bytes());
      while (tensor.next()) {
        if (tensor.tag() == 1) type.type = element_type_of_onnx(tensor.integer());
        if (tensor.tag() != 2) continue;
        type.ranked = true;
        ProtobufFields dimensions(file_, tensor.bytes());
        while (dimensions.next())
          if (dimensions.tag() == 1) read_dimension(dimensions.bytes(), name, type);
      }
    }
    return type;
  }

  void read_dimension(std::string_view message, std::string_view name, DeclaredType& type) const {
    std::int64_t extent = unknown_extent;
    std::string symbol;
    ProtobufFields fields(file_, message);
    while (fields.next()) {
      if (fields.tag() == 1) {
        extent = fields.integer();
        if (extent < 0)
          fields.fail("dimension " + std::to_string(extent) + " of '" + std::string(name) + "'",
                      "an integer >= 0 or a symbol");
      }
      if (fields.tag() == 2) symbol = fields.bytes();
    }
    if (extent < 0 && symbol.empty())
      symbol = std::string(name) + "." + std::to_string(type.shape.size());
    type.shape.push_back(extent);
    type.symbols.push_back(extent < 0 ? std::move(symbol) : std::string());
    if (type.shape.size() > max_rank)
      file_.fail(message.data(), "more than " + std::to_string(max_rank) + " dimensions", "fewer");
  }

  void add_input(std::string_view message) {
    auto [name, declared] = read_value_info(message);
    // Before version 4 of the format every initializer was an input too.
    if (const auto found = ids_.find(name);
        found != ids_.end() && graph_.tensors[found->second].constant)
      return;
    expect_new(message, "input", name);
    const TensorId id = add(name, typed(declared));
    graph_.inputs.push_back(id);
    for (std::size_t axis = 0; axis < declared.symbols.size(); ++axis)
      if (!declared.symbols[axis].empty())
        graph_.symbols.push_back({declared.symbols[axis], id, axis});
    if (!declared.ranked && depth_ == 0)
      findings_.notes.push_back("input '" + std::string(name) +
                                "' has no shape in the file, or is no tensor");
  }

  [[nodiscard]] static Tensor typed(const DeclaredType& declared) {
    Tensor tensor{{}, declared.type, declared.shape, false, {}, declared.ranked};
    return tensor;
  }

  /// Results of all nodes, before any input is resolved: nodes may stand out of order.
  void declare_results() {
    for (const std::string_view each : sparse_) {
      const OnnxTensor read = read_sparse(each);
      expect_new(each, "initializer", read.name);
      (void)add(read.name, {{}, read.type, read.shape, true, {}});
    }
    for (const OnnxNode& node : nodes_)
      for (const std::string_view name : node.outputs) {
        if (name.empty()) continue;
        if (ids_.contains(name))
          fail(node, "output '" + std::string(name) + "' again", "each name once");
        declare(name);
      }
  }

  void declare(std::string_view name) {
    Tensor tensor;
    tensor.type = ElementType::unknown;
    tensor.ranked = false;
    (void)add(name, std::move(tensor));
  }

  void expand_calls() {
    if (functions_.empty()) return;
    for (OnnxNode& node : std::exchange(nodes_, {})) expand(std::move(node));
  }

  /// Puts a node back, or in its place those of the function that it calls.
  void expand(OnnxNode node) {
    const OnnxFunction* function = functions_.find(node);
    if (!function) return nodes_.push_back(std::move(node));
    OnnxCall& call = functions_.call(node, *function);
    const std::vector<OnnxNode> copies = name_tensors(node, call);
    for (OnnxNode inner : function->nodes) {
      inner.call = &call;
      if (!node.name.empty())
        inner.name = functions_.keep(std::string(node.name) + "/" +
                                     std::string(inner.name.empty() ? inner.op : inner.name));
      for (std::string_view& name : inner.inputs) {
        if (name.empty()) continue;
        const std::string_view* outside = call.find(name);
        if (!outside) fail_undefined(inner, "input", name);
        name = *outside;
      }
      for (std::string_view& name : inner.outputs)
        if (!name.empty()) name = *call.find(name);
      expand(std::move(inner));
    }
    nodes_.insert(nodes_.end(), copies.begin(), copies.end());
  }

  /// Gives each tensor of a called function its name in the graph: those of the call for its inputs
  /// and results, new ones for the rest. Results that are an input as it came, or another result,
  /// need nodes of their own: these are returned.
  [[nodiscard]] std::vector<OnnxNode> name_tensors(const OnnxNode& node, OnnxCall& call) {
    const OnnxFunction& function = *call.function;
    for (std::size_t i = 0; i < function.inputs.size(); ++i)
      call.tensors[function.inputs[i]] = i < node.inputs.size() ? node.inputs[i] : "";
    std::set<std::string_view> defined(function.inputs.begin(), function.inputs.end());
    std::vector<std::pair<std::string_view, std::string_view>> copied;
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      if (!node.outputs[i].empty() &&
          !call.tensors.emplace(function.outputs[i], node.outputs[i]).second)
        copied.emplace_back(function.outputs[i], node.outputs[i]);
    const std::string prefix(node.prefix());
    for (const OnnxNode& inner : function.nodes)
      for (const std::string_view name : inner.outputs) {
        if (name.empty()) continue;
        if (!defined.insert(name).second)
          fail(inner, "output '" + std::string(name) + "' again", "each name once");
        if (call.find(name)) continue;  // a result
        const std::string_view unused = new_name(prefix + "/" + std::string(name));
        call.tensors.emplace(name, unused);
        declare(unused);
      }
    for (const std::string_view name : function.outputs)
      if (!defined.contains(name)) fail_undefined(node, "output", name);
    std::vector<OnnxNode> copies;
    for (const auto& [source, result] : copied)
      copies.push_back(
          {node.message.substr(0, 0), {*call.find(source)}, {result}, node.name, "Identity"});
    return copies;
  }

  /// A name that no tensor of the graph has yet.
  [[nodiscard]] std::string_view new_name(const std::string& wanted) {
    std::string name = wanted;
    while (ids_.contains(name)) name = wanted + "." + std::to_string(++renamed_);
    return functions_.keep(std::move(name));
  }

  /// What the file says of a result: it stands where inference knows no better.
  void describe(std::string_view message) {
    const auto [name, declared] = read_value_info(message);
    const auto found = ids_.find(name);
    if (found == ids_.end()) return;
    Tensor& tensor = graph_.tensors[found->second];
    if (tensor.constant || tensor.ranked || !declared.ranked) return;
    tensor.type = declared.type;
    tensor.shape = declared.shape;
    tensor.ranked = true;
    for (std::size_t axis = 0; axis < declared.symbols.size(); ++axis)
      if (is_input_symbol(declared.symbols[axis]))
        graph_.symbols.push_back({declared.symbols[axis], found->second, axis});
  }

  [[nodiscard]] bool is_input_symbol(const std::string& symbol) {
    if (symbol.empty() || graph_.symbols.empty()) return false;
    if (input_symbols_.empty())
      for (const SymbolicExtent& extent : graph_.symbols) input_symbols_.insert(extent.name);
    return input_symbols_.contains(symbol);
  }

  void add_output(std::string_view message) {
    const auto [name, declared] = read_value_info(message);
    const TensorId id = find(name);
    if (id == no_tensor)
      file_.fail(message.data(), "output '" + std::string(name) + "', which nothing defines",
                 "a tensor of the graph");
    graph_.outputs.push_back(id);
    describe(message);
  }

  [[nodiscard]] Node read_node(const OnnxNode& raw) {
    Node node;
    node.name = raw.name;
    node.op = raw.op;
    if (raw.domain != "ai.onnx") node.domain = raw.domain;
    node.inputs.reserve(raw.inputs.size());
    for (const std::string_view name : raw.inputs) {
      const TensorId id = name.empty() ? no_tensor : find(name);
      if (id == no_tensor && !name.empty()) fail_undefined(raw, "input", name);
      node.inputs.push_back(id);
    }
    node.outputs.reserve(raw.outputs.size());
    for (const std::string_view name : raw.outputs)
      node.outputs.push_back(name.empty() ? no_tensor : ids_.find(name)->second);
    ProtobufFields fields(file_, raw.message);
    while (fields.next())
      if (fields.tag() == 5) read_attribute(fields.bytes(), raw, node);
    return node;
  }

  void read_attribute(std::string_view message, const OnnxNode& raw, Node& node) {
    std::string_view name;
    OnnxArgument argument{message, raw.call};
    if (raw.call) {  // it may refer to an attribute of the call, and keeps its own name
      name = functions_.name_of(message);
      argument = functions_.resolve(argument);
      if (argument.message.empty()) return;  // nothing was given for it
      if (argument.message.data() != message.data())
        functions_.charge(raw, argument.message.size());
    }
    std::int64_t type = 0;
    bool sparse = false;
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    std::vector<std::string> texts;
    Attribute value = std::int64_t{0};
    enum class Form { none, one, integer_list, real_list, text_list } form = Form::none;
    ProtobufFields fields(file_, argument.message);
    while (fields.next()) {
      switch (fields.tag()) {
        case 1:
          if (!raw.call) name = fields.bytes();
          break;
        case 2:
          value = static_cast<double>(fields.real());
          form = Form::one;
          break;
        case 3:
          value = fields.integer();
          form = Form::one;
          break;
        case 4:
          value = std::string(fields.bytes());
          form = Form::one;
          break;
        case 5:
          value = array(fields.bytes());
          form = Form::one;
          break;
        case 6:
          value = subgraph(fields.bytes(), node, argument.call);
          form = Form::one;
          break;
        case 7:
          fields.fixed_numbers<float>([&](float each) { reals.push_back(double{each}); });
          form = Form::real_list;
          break;
        case 8:
          fields.integers([&](std::int64_t each) { integers.push_back(each); });
          form = Form::integer_list;
          break;
        case 9:
          texts.emplace_back(fields.bytes());
          form = Form::text_list;
          break;
        case 20: type = fields.integer(); break;
        case 21: {
          const std::string attribute(fields.bytes());
          if (!attribute.empty())
            fail(raw, "a reference to attribute '" + attribute + "' of a function",
                 "a value outside of functions");
          break;
        }
        case 22: {
          OnnxTensor dense = read_sparse(fields.bytes());
          value = Array{dense.type, std::move(dense.shape), {}};
          form = Form::one;
          sparse = true;
          break;
        }
        default: break;
      }
    }
    if (name.empty()) fail(raw, "an attribute without name", "a name");
    if (sparse && name == "sparse_value") name = "value";
    // An empty list has no field of its own; its type says what it is one of.
    if (form == Form::none && type == 7) form = Form::integer_list;
    if (form == Form::none && type == 6) form = Form::real_list;
    if (form == Form::none && type == 8) form = Form::text_list;
    if (form == Form::none && type == 3) value = std::string(), form = Form::one;
    if (form == Form::none && type == 1) value = 0.0, form = Form::one;
    if (form == Form::none && type == 2) form = Form::one;
    if (form == Form::integer_list) value = std::move(integers);
    if (form == Form::real_list) value = std::move(reals);
    if (form == Form::text_list) value = std::move(texts);
    if (form == Form::none) return;  // types, several tensors or graphs: nothing here reads them
    if (!node.attributes.emplace(std::string(name), std::move(value)).second)
      fail(raw, "attribute '" + std::string(name) + "' again", "each attribute once");
  }

  [[nodiscard]] Array array(std::string_view message) {
    OnnxTensor tensor = OnnxTensorReader(file_, kept_bytes_).read(message);
    if (!tensor.external.empty()) findings_.external_files.insert(std::string(tensor.external));
    return {tensor.type, std::move(tensor.shape), std::move(tensor.data)};
  }

  /// `call`: whose function the graph stands in.
  [[nodiscard]] Subgraph subgraph(std::string_view message, Node& node, const OnnxCall* call) {
    if (depth_ + 1 > max_onnx_depth)
      file_.fail(message.data(),
                 "graphs nested more than " + std::to_string(max_onnx_depth) + " deep", "fewer");
    std::optional<OnnxFunctionScope> function;
    if (call != call_ && call) function.emplace(*this, *call);
    OnnxScope& around = function ? static_cast<OnnxScope&>(*function) : *this;
    OnnxGraphReader reader(file_, kept_bytes_, functions_, findings_, &around, call, depth_ + 1);
    Subgraph inner{std::make_shared<const Graph>(reader.read(message)),
                   std::move(reader.captured())};
    node.captured.insert(node.captured.end(), inner.captured.begin(), inner.captured.end());
    return inner;
  }

  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  /// Puts every node behind those that make what it reads, and leaves the order alone otherwise.
  void order_nodes() {
    graph_.inputs.insert(graph_.inputs.end(), captured_inputs_.begin(), captured_inputs_.end());
    maker_.assign(graph_.tensors.size(), nobody);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      for (const TensorId id : graph_.nodes[i].outputs)
        if (id != no_tensor) maker_[id] = i;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      std::size_t input = 0;
      if (next_made(i, input, [i](std::size_t made) { return made < i; }) == nobody) continue;
      return sort_nodes();
    }
  }

  /// The maker of the first input from `input` on that `is_done` does not hold for; `input` moves
  /// behind it.
  template <class IsDone>
  [[nodiscard]] std::size_t next_made(std::size_t node, std::size_t& input,
                                      const IsDone& is_done) const {
    const Node& reader = graph_.nodes[node];
    const std::size_t inputs = reader.inputs.size(), all = inputs + reader.captured.size();
    while (input < all) {
      const TensorId id = input < inputs ? reader.inputs[input] : reader.captured[input - inputs];
      ++input;
      if (id != no_tensor && maker_[id] != nobody && !is_done(maker_[id])) return maker_[id];
    }
    return nobody;
  }

  /// Each node in turn, after those that it waits for.
  void sort_nodes() {
    enum State : unsigned char { waiting, entered, done };
    std::vector<State> state(graph_.nodes.size(), waiting);
    std::vector<std::size_t> order;
    std::vector<std::pair<std::size_t, std::size_t>> path;  // nodes and how far they were looked at
    const auto is_done = [&](std::size_t node) { return state[node] == done; };
    for (std::size_t first = 0; first < graph_.nodes.size(); ++first) {
      if (state[first] != done) path.emplace_back(first, 0);
      while (!path.empty()) {
        auto& [node, input] = path.back();
        state[node] = entered;
        const std::size_t next = next_made(node, input, is_done);
        if (next == nobody) {
          state[node] = done;
          order.push_back(node);
          path.pop_back();
        } else if (state[next] == entered) {
          fail(nodes_[next], "a cycle of nodes", "an order in which they can run");
        } else {
          path.emplace_back(next, 0);
        }
      }
    }
    std::vector<Node> nodes;
    nodes.reserve(order.size());
    std::size_t forward = 0;
    for (const std::size_t node : order) {
      if (node > nodes.size()) ++forward;
      nodes.push_back(std::move(graph_.nodes[node]));
    }
    graph_.nodes = std::move(nodes);
    findings_.notes.push_back(
        "nodes stood before others whose results they read: " + std::to_string(forward) + " of " +
        std::to_string(order.size()) + " were moved forward, so indices are not those of the file");
  }

  const ProtobufFile& file_;
  std::int64_t kept_bytes_;
  OnnxFunctions& functions_;
  OnnxFindings& findings_;
  OnnxScope* around_;
  const OnnxCall* call_;
  int depth_;

  Graph graph_;
  std::unordered_map<std::string_view, TensorId> ids_;
  std::vector<OnnxNode> nodes_;
  std::size_t renamed_ = 0;
  std::vector<std::string_view> initializers_, sparse_, inputs_, outputs_, values_;
  std::vector<TensorId> captured_;         ///< in the outer graph
  std::vector<TensorId> captured_inputs_;  ///< the same here
  std::set<std::string> input_symbols_;
  std::vector<std::size_t> maker_;  ///< node that makes a tensor, or `nobody`
};

}  // namespace edgeopt::inline v0::io::detail
