#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What other tools need for the same files, beside bench_analyze: one line a file and tool.

    python3 -m venv peers && peers/bin/pip install onnx onnx-tool
    peers/bin/python benchmarks/peers/analyze_onnx.py model.onnx ... [--program build/release/examples/analyze_onnx]

onnx: shape inference with data propagation, in process. onnx-tool: shapes and its profile, in process; it
needs the values of weights. The program: the whole process, start to end. A tool that is not installed, or
that cannot read a file, is named as such. Best of several repeats.
"""

import argparse
import subprocess
import time


def best(action, repeats):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return min(times)


def bound_to_one(model):
    """Symbolic extents of inputs become 1, as `--batch 1` has it."""
    for value in model.graph.input:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param or not dim.HasField("dim_value"):
                dim.dim_value = 1
    return model


def with_onnx(path, repeats):
    import onnx
    model = bound_to_one(onnx.load(path, load_external_data=False))
    return best(lambda: onnx.shape_inference.infer_shapes(model, data_prop=True), repeats)


def with_onnx_tool(path, repeats):
    import onnx
    import onnx_tool

    def profile():
        model = bound_to_one(onnx.load(path, load_external_data=False))
        graph = onnx_tool.Model(model).graph
        graph.shape_infer()
        graph.profile()

    return best(profile, max(1, repeats // 10))


def with_program(program):
    def run(path, repeats):
        command = [program, path, "--batch", "1", "--format", "csv"]
        return best(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), repeats)
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--program", help="analyze_onnx")
    parser.add_argument("--repeats", type=int, default=30)
    options = parser.parse_args()
    tools = [("onnx", with_onnx), ("onnx-tool", with_onnx_tool)]
    if options.program:
        tools.append(("analyze_onnx, whole process", with_program(options.program)))
    print("file,tool,milliseconds")
    for path in options.models:
        for name, measure in tools:
            try:
                result = f"{1e3 * measure(path, options.repeats):.3f}"
            except Exception as error:  # the other tool's, whatever it is
                result = f"({type(error).__name__}: {str(error).splitlines()[0][:80] if str(error) else ''})"
            print(f"{path},{name},{result}", flush=True)


if __name__ == "__main__":
    main()
