# SPDX-License-Identifier: MIT
"""SmallCNN 16x32 on images of 28 x 28 for libraries that are used from Python: weights of the size
that trained ones have, images, and the network as an ONNX model."""

import numpy as np

SIZE, CHANNELS1, CHANNELS2, CLASSES = 28, 16, 32, 10
FEATURES = CHANNELS2 * 7 * 7
BATCHES = (1, 32, 128)
TOLERANCE = {"fp32": 1e-4, "int8": 0.2}  # of the largest logit; noise has no structure to quantise by


def parameters():
    random = np.random.default_rng(1)

    def values(scale, *shape):
        return (scale * random.uniform(-1, 1, shape)).astype(np.float32)

    return {
        "weight1": values(0.3, CHANNELS1, 1, 3, 3),
        "bias1": values(0.1, CHANNELS1),
        "weight2": values(0.1, CHANNELS2, CHANNELS1, 3, 3),
        "bias2": values(0.1, CHANNELS2),
        "weight3": values(0.05, CLASSES, FEATURES),
        "bias3": values(0.1, CLASSES),
    }


def images(batch):
    return np.random.default_rng(2).uniform(-1, 1, (batch, 1, SIZE, SIZE)).astype(np.float32)


def block(x, weight, bias):
    """Convolution 3x3, bias, ReLU and 2x2 pooling."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    x = np.einsum("bchwij,ocij->bohw", windows, weight, optimize=True)
    x = np.maximum(x + bias[None, :, None, None], 0)
    b, c, h, w = x.shape
    return x.reshape(b, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def reference_logits(x):
    """In NumPy, to show that every library computes this network."""
    p = parameters()
    x = block(block(x, p["weight1"], p["bias1"]), p["weight2"], p["bias2"])
    return x.reshape(len(x), -1) @ p["weight3"].T + p["bias3"]


def require_same(logits, batch, library, precision):
    """Refuses to measure something that computes another network."""
    expected = reference_logits(images(batch))
    difference = np.abs(np.asarray(logits).reshape(expected.shape) - expected).max()
    if not difference <= TOLERANCE[precision] * np.abs(expected).max():
        raise SystemExit(f"{library} {precision}: logits differ by {difference} from SmallCNN's")


def onnx_model(batch):
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Conv", ["images", "weight1", "bias1"], ["conv1"], kernel_shape=[3, 3], pads=[1] * 4),
        helper.make_node("Relu", ["conv1"], ["relu1"]),
        helper.make_node("MaxPool", ["relu1"], ["pool1"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["pool1", "weight2", "bias2"], ["conv2"], kernel_shape=[3, 3], pads=[1] * 4),
        helper.make_node("Relu", ["conv2"], ["relu2"]),
        helper.make_node("MaxPool", ["relu2"], ["pool2"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["pool2"], ["features"]),
        helper.make_node("Gemm", ["features", "weight3", "bias3"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "SmallCNN",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [batch, 1, SIZE, SIZE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [batch, CLASSES])],
        [numpy_helper.from_array(value, name) for name, value in parameters().items()],
    )
    return checked(graph)


def identity_model():
    """Nothing to compute: what a call costs."""
    from onnx import TensorProto, helper

    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("in", "out")]
    return checked(helper.make_graph([helper.make_node("Identity", ["in"], ["out"])], "Identity", value[:1], value[1:]))


def checked(graph):
    import onnx

    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def has_vnni():
    try:
        with open("/proc/cpuinfo") as file:
            return "vnni" in file.read()
    except OSError:
        return False


def quantized_onnx_model(batch, folder):
    """Static quantisation as ONNX Runtime documents it: QDQ form, u8 activations from minimum and
    maximum over calibration images, s8 weights per channel, of 7 bits where a processor without VNNI
    would saturate sums of products."""
    import logging

    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    logging.disable(logging.WARNING)  # it advises to optimise before what is optimised after

    class Images(CalibrationDataReader):
        def __init__(self):
            self.left = 4

        def get_next(self):
            self.left -= 1
            return {"images": images(batch)} if self.left >= 0 else None

    plain, quantized = folder / f"fp32_{batch}.onnx", folder / f"int8_{batch}.onnx"
    onnx.save(onnx_model(batch), plain)
    quantize_static(
        plain,
        quantized,
        Images(),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=not has_vnni(),
    )
    return quantized
