# SPDX-License-Identifier: MIT
"""SmallCNN in OpenVINO: precision f32 asked for, latency hint for one image and throughput hint with
one stream for batches, tensors shared with the caller."""

import pathlib
import tempfile

import numpy as np
import openvino as ov

import measuring
import small_cnn

options = measuring.arguments(__doc__)
core = ov.Core()


def compiled_call(model, batch, data):
    settings = {
        "PERFORMANCE_HINT": "LATENCY" if batch == 1 else "THROUGHPUT",
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": options.threads,
        "NUM_STREAMS": 1,
    }
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    request.set_input_tensor(ov.Tensor(data, shared_memory=True))
    return request.infer, request


def read(model):
    return core.read_model(model.SerializeToString())


one = np.zeros(1, np.float32)
nothing = compiled_call(read(small_cnn.identity_model()), 1, one)[0]
cases = []
kept = []  # arrays that tensors share
with tempfile.TemporaryDirectory() as folder:
    for batch in small_cnn.BATCHES:
        data = small_cnn.images(batch)
        kept.append(data)
        models = {
            "fp32": read(small_cnn.onnx_model(batch)),
            "int8": core.read_model(str(small_cnn.quantized_onnx_model(batch, pathlib.Path(folder)))),
        }
        for precision, model in models.items():
            call, request = compiled_call(model, batch, data)
            call()
            small_cnn.require_same(request.get_output_tensor().data, batch, "OpenVINO", precision)
            name = f"peer/openvino/{precision}/16x32/batch:{batch}/threads:{options.threads}"
            cases.append(measuring.Case(name, batch, call, nothing))

measuring.main(
    options,
    {
        "version": ov.__version__,
        "layout": "chosen by the library, input NCHW, shared",
        "int8": "the model that ONNX Runtime's static quantisation gives (QDQ)",
    },
    cases,
)
