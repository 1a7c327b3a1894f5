// What the fuzzer runs on every input, and the normal tests on the corpus that it left.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "edgeopt/error.hpp"
#include "edgeopt/graph_costs.hpp"
#include "edgeopt/io/onnx.hpp"
#include "edgeopt/memory_plan.hpp"

/// Reads and analyses bytes as an ONNX model. A sentence of the library is a fine answer; anything
/// else that leaves this function, and whatever the sanitizers see, is a finding.
/// @return whether the bytes were a model that could be analysed
inline bool analyse_onnx_bytes(std::string_view bytes) {
  try {
    edgeopt::io::OnnxModel model = edgeopt::io::parse_onnx(bytes, "fuzz.onnx");
    edgeopt::bind_unbound_symbols(model.graph, 2);
    (void)edgeopt::io::infer_shapes(model);
    (void)edgeopt::total(edgeopt::operator_costs(model.graph));
    const auto& tensors = model.graph.tensors;
    if (std::all_of(tensors.begin(), tensors.end(),
                    [](const edgeopt::Tensor& tensor) { return tensor.has_shape(); }))
      (void)edgeopt::peak_activation_bytes(model.graph, edgeopt::StorageRule::folded);
    return true;
  } catch (const edgeopt::Error&) {
    return false;
  }
}
