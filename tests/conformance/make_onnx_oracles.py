"""Makes the numbers of an ONNX file in the layout of the reference numbers, from a run of it:

    python3 make_onnx_oracles.py <folder> <model.onnx> [N=1,8 T=5 ...] [<model.onnx> ...]
    EDGEOPT_ORACLES=<folder> ctest -R conformance_onnx

Needs numpy, onnx and onnxruntime. A model is copied to <folder>/onnx, and beside it are written its
.json and, for each value of its first symbol, its .csv; totals.csv has a line for each. Shapes and types
are those that ONNX Runtime gives every tensor without optimisation; the counts are plain sums by the
conventions in the README of the reference numbers. What onnx.shape_inference says definitely has to be
the same, or nothing is written.
"""
import csv
import json
import pathlib
import shutil
import sys

import numpy as np
import onnx
import onnxruntime

# Operands by position: what is multiplied, and constants that are no parameters although they are
# floating, or that are although they are not.
CONVOLUTIONS = {"Conv": 1, "ConvInteger": 1, "FusedConv": 1, "QLinearConv": 3}
PRODUCTS = {"MatMul", "MatMulInteger", "QLinearMatMul", "MatMulIntegerToFloat", "DynamicQuantizeMatMul",
            "MatMulNBits"}
GEMMS = {"Gemm", "QGemm", "FusedGemm"}
SETTINGS = {"QuantizeLinear": {1}, "DequantizeLinear": {1}, "Resize": {1, 2}, "Upsample": {1},
            "LSTM": {5, 6}, "GRU": {5}, "RNN": {5}, "QLinearConv": {1, 4, 6}, "QLinearMatMul": {1, 4, 6},
            "QGemm": {1, 4, 7}, "QLinearAdd": {1, 4, 6}, "QLinearMul": {1, 4, 6},
            "QLinearSigmoid": {1, 3}, "QLinearLeakyRelu": {1, 3}, "QLinearSoftmax": {1, 3},
            "QLinearAveragePool": {1, 3}, "QLinearGlobalAveragePool": {1, 3},
            "QLinearConcat": set(range(64)), "QLinearWhere": {2, 5, 7}, "MatMulIntegerToFloat": {2, 3},
            "DynamicQuantizeMatMul": {2}, "DynamicQuantizeLSTM": {5, 6, 8, 10}, "MatMulNBits": {2}}
INTEGER_PARAMETERS = {"ConvInteger": {1}, "MatMulInteger": {0, 1}, "DequantizeLinear": {0},
                      "QLinearConv": {3, 8}, "QLinearMatMul": {0, 3}, "QGemm": {0, 3, 6},
                      "QLinearAdd": {0, 3}, "QLinearMul": {0, 3}, "MatMulIntegerToFloat": {0, 1},
                      "DynamicQuantizeMatMul": {1}, "DynamicQuantizeLSTM": {1, 2}, "QLinearWhere": {1, 4},
                      "MatMulNBits": {1}}
RENAMING = {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"}
TOTALS = ["nodes", "macs", "params", "param_bytes", "init_elements", "init_bytes", "activation_elements",
          "activation_bytes", "peak_bytes", "peak_node", "peak_bytes_alias", "peak_node_alias",
          "peak_bytes_folded", "peak_node_folded"]
SUB_BYTE = {"int4": 4, "uint4": 4, "float4e2m1": 4, "int2": 2, "uint2": 2}


def type_name(number):
    return onnx.TensorProto.DataType.Name(number).lower()


def product(extents):
    result = 1
    for extent in extents:
        result *= int(extent)
    return result


def byte_count(type_, shape):
    if type_ in SUB_BYTE:
        return -(-product(shape) * SUB_BYTE[type_] // 8)
    if type_ == "string":
        return 0
    number = onnx.TensorProto.DataType.Value(type_.upper())
    return product(shape) * np.dtype(onnx.helper.tensor_dtype_to_np_dtype(number)).itemsize


def is_floating(type_):
    return type_.startswith(("float", "bfloat", "double"))


def attribute(node, name, default):
    for each in node.attribute:
        if each.name == name:
            return onnx.helper.get_attribute_value(each)
    return default


def subgraphs(node):
    for each in node.attribute:
        if each.type == onnx.AttributeProto.GRAPH:
            yield each.g


def captured(graph):
    """Names that a graph inside a node reads and does not define."""
    defined = {each.name for each in [*graph.input, *graph.initializer]}
    names = []
    for node in graph.node:
        for name in [*node.input, *(n for inner in subgraphs(node) for n in captured(inner))]:
            if name and name not in defined:
                names.append(name)
        defined.update(node.output)
    return names + [each.name for each in graph.output if each.name not in defined]


# ---- what a run finds

def random_input(value, binding, generator):
    tensor = value.type.tensor_type
    shape = [binding[d.dim_param] if d.HasField("dim_param") else d.dim_value for d in tensor.shape.dim]
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    if np.issubdtype(dtype, np.floating):
        return generator.standard_normal(shape).astype(dtype)
    return generator.integers(0, 2, shape).astype(dtype)  # indices, masks


def run(model, binding):
    """Type and shape of every tensor."""
    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    given = {each.name for each in exposed.graph.output}
    for node in exposed.graph.node:
        for name in node.output:
            if name and name not in given:
                exposed.graph.output.append(onnx.ValueInfoProto(name=name))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(exposed.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    constants = {each.name for each in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in constants]
    generator = np.random.default_rng(1)
    feed = {each.name: random_input(each, binding, generator) for each in inputs}
    found = {}
    for each, value in zip(session.get_outputs(), session.run(None, feed)):
        type_ = each.type.removeprefix("tensor(").removesuffix(")")
        found[each.name] = (type_, [int(extent) for extent in np.shape(value)])
    for each in inputs:
        found[each.name] = (type_name(each.type.tensor_type.elem_type), list(feed[each.name].shape))
    for each in model.graph.initializer:
        found[each.name] = (type_name(each.data_type), list(each.dims))
    return found


def check_inference(model, binding, found):
    """Whatever onnx's own inference says of the bound model has to be what the run gave."""
    bound = onnx.ModelProto()
    bound.CopyFrom(model)
    del bound.graph.value_info[:]
    for value in bound.graph.input:
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.HasField("dim_param"):
                dimension.dim_value = binding[dimension.dim_param]
    for value in bound.graph.output:
        value.type.Clear()
    inferred = onnx.shape_inference.infer_shapes(bound, data_prop=True)
    for value in [*inferred.graph.value_info, *inferred.graph.output]:
        tensor = value.type.tensor_type
        if not tensor.HasField("shape") or value.name not in found:
            continue
        shape = found[value.name][1]
        said = [d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim]
        if len(said) != len(shape) or any(s is not None and s != e for s, e in zip(said, shape)):
            print(f"  {value.name}: the run gave {shape}, onnx.shape_inference {said}")


# ---- counts

def macs(node, shape):
    """By the README of the reference numbers."""
    inputs = [shape.get(name) for name in node.input]
    result = shape[node.output[0]] if node.output[0] else None
    if node.op_type in CONVOLUTIONS:
        return product(result) * product(inputs[CONVOLUTIONS[node.op_type]][1:])
    if node.op_type == "ConvTranspose":
        return product(inputs[0]) * product(inputs[1][1:])
    if node.op_type in GEMMS:
        return product(result) * inputs[0][0 if attribute(node, "transA", 0) else 1]
    if node.op_type in PRODUCTS:
        return product(result) * inputs[0][-1]
    if node.op_type == "FusedMatMul":
        first = 0 if attribute(node, "transBatchA", 0) else -2
        return product(result) * inputs[0][first if attribute(node, "transA", 0) else -1]
    if node.op_type == "Einsum":
        left = attribute(node, "equation", b"").decode().replace(" ", "").split("->")[0].split(",")
        extents = {}
        for letters, operand in zip(left, inputs):
            for letter, extent in zip(letters, operand):
                extents[letter] = max(extents.get(letter, 1), extent)
        return product(extents.values()) if len(left) == 2 else 0
    if node.op_type in ("LSTM", "GRU", "RNN", "DynamicQuantizeLSTM"):
        return inputs[0][0] * inputs[0][1] * (product(inputs[1]) + product(inputs[2]))
    if node.op_type == "Attention" and node.domain == "":
        q, k, v = inputs[:3]
        if len(q) == 3:
            heads, kv_heads = attribute(node, "q_num_heads", 0), attribute(node, "kv_num_heads", 0)
            q, k, v = ([x[0], n, x[1], x[2] // n] for x, n in ((q, heads), (k, kv_heads), (v, kv_heads)))
        keys = k[2] + (inputs[4][2] if len(inputs) > 4 and inputs[4] else 0)
        return q[0] * q[1] * q[2] * keys * (q[3] + v[3])
    return 0


def is_parameter(node, position, type_, shape):
    if is_floating(type_):
        return len(shape) > 0 and position not in SETTINGS.get(node.op_type, ())
    return position in INTEGER_PARAMETERS.get(node.op_type, ())


def constant_counts(node, unused, found):
    """Elements and bytes of the parameters and of all initialisers that are used here first."""
    counts = {"params": 0, "param_bytes": 0, "init_elements": 0, "init_bytes": 0}
    for position, name in enumerate([*node.input, *(n for g in subgraphs(node) for n in captured(g))]):
        if name not in unused:
            continue
        unused.remove(name)
        type_, shape = found[name]
        counts["init_elements"] += product(shape)
        counts["init_bytes"] += byte_count(type_, shape)
        if is_parameter(node, position, type_, shape):
            counts["params"] += product(shape)
            counts["param_bytes"] += byte_count(type_, shape)
    return counts


def live_bytes(graph, found, constants, alias, fold):
    """Bytes of the tensors that are alive at each node, by what is made and read where."""
    constants = set(constants)
    owner, first, last, reads = {}, {}, {}, []
    for each in graph.input:
        if each.name not in constants:
            owner[each.name], first[each.name], last[each.name] = each.name, 0, 0
    for index, node in enumerate(graph.node):
        inputs = [name for name in node.input if name]
        inputs += [name for g in subgraphs(node) for name in captured(g)]
        reads.append(inputs)
        for name in inputs:
            if name not in constants:
                last[owner[name]] = index
        known = (fold and len(node.input) > 0 and all(n in constants for n in inputs))
        for name in filter(None, node.output):
            if node.op_type == "Constant" or known:
                constants.add(name)
            elif alias and node.op_type in RENAMING and not node.domain:
                if node.input[0] in constants:
                    constants.add(name)
                else:
                    owner[name] = owner[node.input[0]]
            else:
                owner[name], first[name], last[name] = name, index, index
    for each in graph.output:
        if each.name not in constants:
            last[owner[each.name]] = len(graph.node) - 1
    live = [0] * len(graph.node)
    for name in first:
        for index in range(first[name], last[name] + 1):
            live[index] += byte_count(*found[name])
    return live


def analysed(model, binding):
    found = run(model, binding)
    check_inference(model, binding, found)
    shape = {name: extents for name, (_, extents) in found.items()}
    constants = {each.name for each in model.graph.initializer}
    unused = set(constants)
    live = {key: live_bytes(model.graph, found, constants, *rule)
            for key, rule in {"live": (False, False), "live_alias": (True, False),
                              "live_folded": (True, True)}.items()}
    nodes = []
    total = dict.fromkeys(TOTALS, 0)
    for index, node in enumerate(model.graph.node):
        outputs = [{"name": name, "type": found[name][0], "shape": shape[name]}
                   for name in node.output if name]
        row = {"index": index, "name": node.name, "op": node.op_type, "outputs": outputs,
               "elements": sum(product(each["shape"]) for each in outputs),
               **constant_counts(node, unused, found), "macs": macs(node, shape),
               **{key: values[index] for key, values in live.items()}}
        if node.domain not in ("", "ai.onnx"):
            row["domain"] = node.domain
        nodes.append(row)
        for key in TOTALS[1:6]:
            total[key] += row[key]
        if node.op_type != "Constant":
            total["activation_elements"] += row["elements"]
            total["activation_bytes"] += sum(byte_count(each["type"], each["shape"]) for each in outputs)
    total["nodes"] = len(nodes)
    for key, values in live.items():
        ending = key.removeprefix("live")
        total["peak_bytes" + ending] = max(values)
        total["peak_node" + ending] = values.index(max(values))
    return {"binding": binding, "totals": total, "nodes": nodes}


# ---- files

def values_of(values):
    return [{"name": each.name, "type": type_name(each.type.tensor_type.elem_type),
             "shape": [d.dim_param if d.HasField("dim_param") else d.dim_value
                       for d in each.type.tensor_type.shape.dim]} for each in values]


def description(path, model):
    ops = {}
    for node in model.graph.node:
        ops[node.op_type] = ops.get(node.op_type, 0) + 1
    constants = {each.name for each in model.graph.initializer}
    return {"file": path.name, "file_bytes": path.stat().st_size, "ir_version": model.ir_version,
            "opsets": {each.domain or "ai.onnx": each.version for each in model.opset_import},
            "producer": f"{model.producer_name} {model.producer_version}",
            "inputs": values_of(each for each in model.graph.input if each.name not in constants),
            "outputs": values_of(model.graph.output), "op_counts": ops, "cases": []}


def write_csv(path, case):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["index", "name", "op", "type", "shape", "elements", "params", "macs", "live",
                         "live_alias", "live_folded"])
        for row in case["nodes"]:
            shapes = ["x".join(map(str, each["shape"])) or "scalar" for each in row["outputs"]]
            writer.writerow([row["index"], row["name"], row["op"], row["outputs"][0]["type"],
                             ";".join(shapes), *(row[key] for key in ("elements", "params", "macs", "live",
                                                                      "live_alias", "live_folded"))])


def bindings(symbols):
    """Of N=1,8 T=5: {N: 1, T: 5} and {N: 8, T: 5}."""
    if not symbols:
        return [{}]
    (name, values), *rest = symbols.items()
    fixed = {other: int(text.split(",")[0]) for other, text in rest}
    return [{name: int(value), **fixed} for value in values.split(",")]


def make(folder, source, symbols, totals):
    print(source.name)
    model = onnx.load(source)
    path = folder / source.name
    if path != source:
        shutil.copy(source, path)
    result = description(path, model)
    for binding in bindings(symbols):
        case = analysed(model, binding)
        result["cases"].append(case)
        ending = "".join(f".{name}{value}" for name, value in sorted(binding.items()) if value != 1)
        write_csv(path.with_name(path.stem + ending + ".csv"), case)
        totals.append([path.name, " ".join(f"{name}={value}" for name, value in binding.items()),
                       result["opsets"].get("ai.onnx", 1), *(case["totals"][key] for key in TOTALS)])
    path.with_suffix(".json").write_text(json.dumps(result))


def main(arguments):
    folder = pathlib.Path(arguments[0]) / "onnx"
    folder.mkdir(parents=True, exist_ok=True)
    models = []
    for argument in arguments[1:]:
        if argument.endswith(".onnx"):
            models.append((pathlib.Path(argument), {}))
        else:
            name, _, values = argument.partition("=")
            models[-1][1][name] = values
    totals = []
    for source, symbols in models:
        make(folder, source, symbols, totals)
    with (folder / "totals.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "binding", "opset", *TOTALS])
        writer.writerows(totals)


if __name__ == "__main__":
    main(sys.argv[1:])
