// SPDX-License-Identifier: MIT
/// @file
/// Functions that a model defines for itself (ONNX's FunctionProto). A call of one is replaced by
/// its nodes, so that whatever reads the graph sees operators.
#pragma once

#include <algorithm>  // std::max
#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>  // std::move
#include <vector>

#include "edgeopt/io/onnx/detail/protobuf.hpp"
#include "edgeopt/operators/detail/table.hpp"  // find_operator

namespace edgeopt::inline v0::io::detail {

struct OnnxCall;

/// The fields of a NodeProto that are needed before its inputs can be resolved.
struct OnnxNode {
  std::string_view message;
  std::vector<std::string_view> inputs{};
  std::vector<std::string_view> outputs{};
  std::string_view name{}, op{}, domain{}, overload{};
  const OnnxCall* call = nullptr;  ///< that it came from

  /// @throws InputError for a node without operator or output
  static OnnxNode split(const ProtobufFile& file, std::string_view message) {
    OnnxNode node{message};
    ProtobufFields fields(file, message);
    while (fields.next()) {
      switch (fields.tag()) {
        case 1: node.inputs.push_back(fields.bytes()); break;
        case 2: node.outputs.push_back(fields.bytes()); break;
        case 3: node.name = fields.bytes(); break;
        case 4: node.op = fields.bytes(); break;
        case 7: node.domain = fields.bytes(); break;
        case 8: node.overload = fields.bytes(); break;
        default: break;
      }
    }
    if (node.op.empty()) file.fail(message.data(), "a node without operator", "one");
    if (node.outputs.empty()) node.fail(file, "no output", "at least one");
    return node;
  }

  /// What names begin with in the nodes that take the place of this call.
  [[nodiscard]] std::string_view prefix() const { return name.empty() ? outputs.front() : name; }

  [[noreturn]] void fail(const ProtobufFile& file, std::string found, std::string expected) const {
    std::string place = file.place(message.data()) + ", node ";
    if (!name.empty()) place += "'" + std::string(name) + "' ";
    throw InputError(file.name, place + "(" + std::string(op) + ")", std::move(found),
                     std::move(expected));
  }
};

/// A FunctionProto.
struct OnnxFunction {
  std::string name;  ///< "domain.name"
  std::vector<std::string_view> inputs, outputs;
  std::vector<OnnxNode> nodes;
  std::size_t bytes = 0;                                    ///< that a call adds, at least
  std::size_t names = 0;                                    ///< that begin with the call's own
  std::map<std::string_view, std::string_view> attributes;  ///< those with a value of their own
};

/// An AttributeProto and the call whose function it stands in; null in the model's graph.
struct OnnxArgument {
  std::string_view message;
  const OnnxCall* call = nullptr;
};

/// A node whose function takes its place.
struct OnnxCall {
  const OnnxFunction* function = nullptr;
  const OnnxCall* around = nullptr;  ///< whose function the node stands in
  std::map<std::string_view, OnnxArgument> attributes{};
  /// Names of tensors in the graph by those in the function; empty for what is left out.
  std::map<std::string_view, std::string_view> tensors{};

  /// The graph's name of a tensor of the function, or null.
  [[nodiscard]] const std::string_view* find(std::string_view tensor) const {
    const auto found = tensors.find(tensor);
    return found != tensors.end() ? &found->second : nullptr;
  }
};

/// Functions within functions; more are refused.
inline constexpr int max_onnx_calls = 32;

/// The functions of a model and what was made of them.
class OnnxFunctions {
 public:
  explicit OnnxFunctions(const ProtobufFile& file)
      : file_(file), budget_(std::max(least_budget, file.bytes.size() * budget_factor)) {}

  /// Reads a FunctionProto and gives its name. @throws InputError for a second one of that name
  std::string add(std::string_view message) {
    OnnxFunction function;
    std::string_view name, domain, overload;
    ProtobufFields fields(file_, message);
    while (fields.next()) {
      switch (fields.tag()) {
        case 1: name = fields.bytes(); break;
        case 4: function.inputs.push_back(fields.bytes()); break;
        case 5: function.outputs.push_back(fields.bytes()); break;
        case 7: {
          const std::string_view node = fields.bytes();
          function.nodes.push_back(OnnxNode::split(file_, node));
          function.bytes += node.size() + entry_bytes;
          function.names += 1 + function.nodes.back().outputs.size();
          break;
        }
        case 10: domain = fields.bytes(); break;
        case 11: {
          const std::string_view value = fields.bytes();
          function.attributes.insert_or_assign(name_of(value), value);
          break;
        }
        case 13: overload = fields.bytes(); break;
        default: break;
      }
    }
    function.bytes += entry_bytes * (function.inputs.size() + function.outputs.size() +
                                     function.attributes.size());
    function.name = domain.empty() ? name : std::string(domain) + "." + std::string(name);
    std::string result = function.name;
    if (!functions_.emplace(Key{domain, name, overload}, std::move(function)).second)
      file_.fail(message.data(), "function '" + result + "' again", "each function once");
    return result;
  }

  [[nodiscard]] bool empty() const { return functions_.empty(); }
  [[nodiscard]] std::size_t calls() const { return calls_.size(); }

  /// The function that a node calls, or null: operators that are known are taken as such.
  [[nodiscard]] const OnnxFunction* find(const OnnxNode& node) const {
    const auto found = functions_.find({node.domain, node.op, node.overload});
    return found != functions_.end() && !edgeopt::detail::find_operator(node.domain, node.op)
               ? &found->second
               : nullptr;
  }

  /// A call with its attributes; the tensors are left to the caller.
  /// @throws InputError for a function that calls itself, and where functions that call functions
  ///   become too much for a file of this size
  OnnxCall& call(const OnnxNode& node, const OnnxFunction& function) {
    int depth = 0;
    for (const OnnxCall* around = node.call; around; around = around->around) {
      if (around->function == &function)
        node.fail(file_, "function '" + function.name + "' within itself", "no recursion");
      if (++depth == max_onnx_calls)
        node.fail(file_, "functions nested more than " + std::to_string(max_onnx_calls) + " deep",
                  "fewer");
    }
    charge(node, function.bytes + function.names * node.prefix().size());
    if (node.inputs.size() > function.inputs.size() ||
        node.outputs.size() > function.outputs.size())
      node.fail(file_,
                std::to_string(node.inputs.size()) + " inputs and " +
                    std::to_string(node.outputs.size()) + " outputs",
                "at most the " + std::to_string(function.inputs.size()) + " and " +
                    std::to_string(function.outputs.size()) + " of function '" + function.name +
                    "'");
    OnnxCall& call = calls_.emplace_back(OnnxCall{&function, node.call});
    for (const auto& [name, message] : function.attributes)
      call.attributes[name] = {message, &call};
    ProtobufFields fields(file_, node.message);
    while (fields.next()) {
      if (fields.tag() != 5) continue;
      const std::string_view message = fields.bytes();
      const OnnxArgument given = node.call ? resolve({message, node.call}) : OnnxArgument{message};
      if (!given.message.empty()) call.attributes[name_of(message)] = given;
    }
    return call;
  }

  /// Takes so many bytes from what functions may become. @throws InputError when they are used up
  void charge(const OnnxNode& node, std::size_t bytes) {
    if (bytes > budget_)
      node.fail(file_, "functions whose calls become too much",
                "so little that the graph is not many times larger than the file");
    budget_ -= bytes;
  }

  /// The attribute itself, or the one of the call that it refers to; an empty message where the
  /// call does not have that one.
  /// @pre the attribute stands in a function
  [[nodiscard]] OnnxArgument resolve(const OnnxArgument& attribute) const {
    std::string_view reference;
    ProtobufFields fields(file_, attribute.message);
    while (fields.next())
      if (fields.tag() == 21) reference = fields.bytes();
    if (reference.empty()) return attribute;
    const auto found = attribute.call->attributes.find(reference);
    return found != attribute.call->attributes.end() ? found->second : OnnxArgument{};
  }

  [[nodiscard]] std::string_view name_of(std::string_view attribute) const {
    std::string_view name;
    ProtobufFields fields(file_, attribute);
    while (fields.next())
      if (fields.tag() == 1) name = fields.bytes();
    return name;
  }

  /// A text that lives as long as this.
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

 private:
  /// Domain, name, overload.
  using Key = std::tuple<std::string_view, std::string_view, std::string_view>;

  // What functions may become: bytes of nodes, names and arguments, and a count for each node,
  // tensor and attribute of a call, since these take memory that the file does not.
  static constexpr std::size_t entry_bytes = 64, least_budget = std::size_t{1} << 22,
                               budget_factor = 8;

  const ProtobufFile& file_;
  std::map<Key, OnnxFunction> functions_;
  std::deque<OnnxCall> calls_;
  std::deque<std::string> texts_;
  std::size_t budget_;
};

}  // namespace edgeopt::inline v0::io::detail
