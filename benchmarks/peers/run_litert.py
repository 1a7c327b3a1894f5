# SPDX-License-Identifier: MIT
"""SmallCNN in LiteRT (formerly TensorFlow Lite) with XNNPACK, its default on CPUs. The model is
written in its format (NHWC, bias and ReLU fused); int8: s8 activations, s8 weights per channel."""

import importlib.metadata

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

import measuring
import small_cnn

options = measuring.arguments(__doc__)
TYPES = {np.dtype("float32"): 0, np.dtype("int32"): 2, np.dtype("int8"): 9}


class Writer:
    """A model with one graph, tensor by tensor and operator by operator."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.subgraphs = [self.graph]

    def tensor(self, shape, dtype, scales=None, zero=0, axis=0, data=None):
        tensor = schema.TensorT()
        tensor.shape = list(shape)
        tensor.type = TYPES[np.dtype(dtype)]
        tensor.name = f"t{len(self.graph.tensors)}".encode()
        tensor.buffer = 0
        if scales is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [float(scale) for scale in np.atleast_1d(scales)]
            tensor.quantization.zeroPoint = [int(zero)] * len(tensor.quantization.scale)
            tensor.quantization.quantizedDimension = axis
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data, dtype).tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, name, version, inputs, outputs, settings=None):
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = version
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes)
        operator.inputs, operator.outputs = inputs, outputs
        if settings is not None:
            operator.builtinOptions = settings
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, type(settings).__name__[:-1])
        self.model.operatorCodes.append(code)
        self.graph.operators.append(operator)
        return outputs[0]

    def finish(self, inputs, outputs):
        self.graph.inputs, self.graph.outputs = inputs, outputs
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def activation_ranges():
    """Largest and smallest value after each layer, over calibration images."""
    p, x, ranges = small_cnn.parameters(), small_cnn.images(64), []
    ranges.append((x.min(), x.max()))
    for i in (1, 2):
        x = small_cnn.block(x, p[f"weight{i}"], p[f"bias{i}"])
        ranges.append((x.min(), x.max()))
    return ranges


def network(batch, precision):
    quantized = precision == "int8"
    stored = np.int8 if quantized else np.float32
    p = small_cnn.parameters()
    writer = Writer()

    def scale_and_zero(low, high):
        scale = (max(high, 0) - min(low, 0)) / 255
        return scale, round(-128 - min(low, 0) / scale)

    steps = [scale_and_zero(*ends) if quantized else (None, 0) for ends in activation_ranges()]

    def weights(values, bias, input_scale):
        """Outputs first; both tensors."""
        if not quantized:
            return [writer.tensor(v.shape, np.float32, data=v) for v in (values, bias)]
        scales = np.abs(values).reshape(len(values), -1).max(axis=1) / 127
        levels = np.round(values / scales.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8)
        return [
            writer.tensor(values.shape, np.int8, scales, data=levels),
            writer.tensor(bias.shape, np.int32, scales * input_scale, data=np.round(bias / (scales * input_scale))),
        ]

    images = writer.tensor((batch, small_cnn.SIZE, small_cnn.SIZE, 1), np.float32)
    x = images
    if quantized:
        x = writer.tensor((batch, small_cnn.SIZE, small_cnn.SIZE, 1), np.int8, *steps[0])
        writer.operator("QUANTIZE", 1, [images], [x], schema.QuantizeOptionsT())
    size, channels = small_cnn.SIZE, 1
    for i in (1, 2):
        outputs = len(p[f"bias{i}"])
        settings = schema.Conv2DOptionsT()
        settings.padding, settings.strideW, settings.strideH = schema.Padding.SAME, 1, 1
        settings.fusedActivationFunction = schema.ActivationFunctionType.RELU
        settings.dilationWFactor = settings.dilationHFactor = 1
        constants = weights(p[f"weight{i}"].transpose(0, 2, 3, 1), p[f"bias{i}"], steps[i - 1][0])
        y = writer.tensor((batch, size, size, outputs), stored, *steps[i])
        writer.operator("CONV_2D", 3 if quantized else 1, [x, *constants], [y], settings)
        settings = schema.Pool2DOptionsT()
        settings.padding = schema.Padding.VALID
        settings.strideW = settings.strideH = settings.filterWidth = settings.filterHeight = 2
        size, channels = size // 2, outputs
        x = writer.tensor((batch, size, size, channels), stored, *steps[i])
        writer.operator("MAX_POOL_2D", 2 if quantized else 1, [y], [x], settings)
    features = writer.tensor((batch, small_cnn.FEATURES), stored, *steps[2])
    shape = writer.tensor((2,), np.int32, data=np.array([batch, small_cnn.FEATURES]))
    settings = schema.ReshapeOptionsT()
    settings.newShape = [batch, small_cnn.FEATURES]
    writer.operator("RESHAPE", 1, [x, shape], [features], settings)
    classifier = p["weight3"].reshape(small_cnn.CLASSES, channels, size, size).transpose(0, 2, 3, 1)
    constants = weights(classifier.reshape(small_cnn.CLASSES, -1), p["bias3"], steps[2][0])
    logits = writer.tensor((batch, small_cnn.CLASSES), np.float32)
    largest = np.abs(small_cnn.reference_logits(small_cnn.images(64))).max()
    result = logits
    if quantized:
        result = writer.tensor((batch, small_cnn.CLASSES), np.int8, *scale_and_zero(-largest, largest))
    settings = schema.FullyConnectedOptionsT()
    writer.operator("FULLY_CONNECTED", 5 if quantized else 1, [features, *constants], [result], settings)
    if quantized:
        writer.operator("DEQUANTIZE", 2, [result], [logits], schema.DequantizeOptionsT())
    return writer.finish([images], [logits])


def identity():
    writer = Writer()
    ends = [writer.tensor((1,), np.float32) for _ in range(2)]
    shape = writer.tensor((1,), np.int32, data=np.array([1]))
    settings = schema.ReshapeOptionsT()
    settings.newShape = [1]
    writer.operator("RESHAPE", 1, [ends[0], shape], [ends[1]], settings)
    return writer.finish([ends[0]], [ends[1]])


def interpreter(model):
    result = Interpreter(model_content=model, num_threads=options.threads)
    result.allocate_tensors()
    return result


nothing = interpreter(identity())
cases = []
for batch in small_cnn.BATCHES:
    for precision in ("fp32", "int8"):
        engine = interpreter(network(batch, precision))
        nhwc = small_cnn.images(batch).reshape(batch, small_cnn.SIZE, small_cnn.SIZE, 1)  # one channel
        engine.set_tensor(engine.get_input_details()[0]["index"], nhwc)
        engine.invoke()
        logits = engine.get_tensor(engine.get_output_details()[0]["index"])
        small_cnn.require_same(logits, batch, "LiteRT", precision)
        name = f"peer/litert/{precision}/16x32/batch:{batch}/threads:{options.threads}"
        cases.append(measuring.Case(name, batch, engine.invoke, nothing.invoke))

measuring.main(
    options,
    {
        "version": importlib.metadata.version("ai-edge-litert"),
        "layout": "NHWC, XNNPACK",
        "int8": "static quantisation from the ranges of calibration images, per-channel weights",
    },
    cases,
)
