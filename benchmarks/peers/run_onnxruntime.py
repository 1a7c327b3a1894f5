# SPDX-License-Identifier: MIT
"""SmallCNN in ONNX Runtime: all graph optimisations, inputs and outputs bound beforehand."""

import pathlib
import tempfile

import onnxruntime as ort

import measuring
import small_cnn

options = measuring.arguments(__doc__)


def bound_call(model, inputs, output):
    """A call that runs the model on inputs that stay where they are; and the session's outputs."""
    settings = ort.SessionOptions()
    settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    settings.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    settings.log_severity_level = 3
    session = ort.InferenceSession(model, settings, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    for name, value in inputs.items():
        binding.bind_ortvalue_input(name, ort.OrtValue.ortvalue_from_numpy(value))
    shape = session.get_outputs()[0].shape
    result = ort.OrtValue.ortvalue_from_shape_and_type(shape, inputs[next(iter(inputs))].dtype, "cpu")
    binding.bind_ortvalue_output(output, result)
    return (lambda: session.run_with_iobinding(binding)), result


nothing = bound_call(small_cnn.identity_model().SerializeToString(), {"in": small_cnn.np.zeros(1, "float32")}, "out")[0]
cases = []
with tempfile.TemporaryDirectory() as folder:
    for batch in small_cnn.BATCHES:
        inputs = {"images": small_cnn.images(batch)}
        models = {
            "fp32": small_cnn.onnx_model(batch).SerializeToString(),
            "int8": str(small_cnn.quantized_onnx_model(batch, pathlib.Path(folder))),
        }
        for precision, model in models.items():
            call, result = bound_call(model, inputs, "logits")
            call()
            small_cnn.require_same(result.numpy(), batch, "ONNX Runtime", precision)
            name = f"peer/onnxruntime/{precision}/16x32/batch:{batch}/threads:{options.threads}"
            cases.append(measuring.Case(name, batch, call, nothing))

measuring.main(
    options,
    {
        "version": ort.__version__,
        "layout": "chosen by the library (all graph optimisations), input NCHW, bound",
        "int8": "static quantisation, QDQ, per-channel weights",
    },
    cases,
)
