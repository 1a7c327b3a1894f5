# SPDX-License-Identifier: MIT
"""SmallCNN in PyTorch. Inference: channels-last, inference mode, traced, frozen and optimised for
inference; int8 by static quantisation in eager mode with the x86 engine. Training: channels-last,
fused Adam, batches of 128."""

import platform
import warnings

import torch
import torch.ao.quantization as quantization

import measuring
import small_cnn

warnings.filterwarnings("ignore")  # of deprecation: the settings are those documented for CPUs
options = measuring.arguments(__doc__)
torch.set_num_threads(options.threads)
torch.set_num_interop_threads(1)


class SmallCNN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.quantize = quantization.QuantStub()
        self.conv1 = torch.nn.Conv2d(1, small_cnn.CHANNELS1, 3, padding=1)
        self.relu1 = torch.nn.ReLU()
        self.conv2 = torch.nn.Conv2d(small_cnn.CHANNELS1, small_cnn.CHANNELS2, 3, padding=1)
        self.relu2 = torch.nn.ReLU()
        self.pool = torch.nn.MaxPool2d(2)
        self.linear = torch.nn.Linear(small_cnn.FEATURES, small_cnn.CLASSES)
        self.dequantize = quantization.DeQuantStub()
        with torch.no_grad():
            values = small_cnn.parameters()
            for layer, i in ((self.conv1, 1), (self.conv2, 2), (self.linear, 3)):
                layer.weight.copy_(torch.from_numpy(values[f"weight{i}"]))
                layer.bias.copy_(torch.from_numpy(values[f"bias{i}"]))

    def forward(self, x):
        x = self.pool(self.relu1(self.conv1(self.quantize(x))))
        x = self.pool(self.relu2(self.conv2(x)))
        return self.dequantize(self.linear(torch.flatten(x, 1)))


class Identity(torch.nn.Module):
    def forward(self, x):
        return x


def inference_model(precision, images):
    model = SmallCNN().eval().to(memory_format=torch.channels_last)
    if precision == "int8":
        torch.backends.quantized.engine = "x86" if platform.machine() == "x86_64" else "qnnpack"
        model.qconfig = quantization.get_default_qconfig(torch.backends.quantized.engine)
        model = quantization.fuse_modules(model, [["conv1", "relu1"], ["conv2", "relu2"]])
        model = quantization.prepare(model)
        model(images)
        model = quantization.convert(model)
    traced = torch.jit.freeze(torch.jit.trace(model, images))
    return torch.jit.optimize_for_inference(traced) if precision == "fp32" else traced


def inference_case(precision, batch):
    images = torch.from_numpy(small_cnn.images(batch)).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        model = inference_model(precision, images)
        nothing = torch.jit.freeze(torch.jit.trace(Identity().eval(), images))
        small_cnn.require_same(model(images).numpy(), batch, "PyTorch", precision)

    def call(function):
        def run():
            with torch.inference_mode():
                return function(images)

        return run

    name = f"peer/pytorch/{precision}/16x32/batch:{batch}/threads:{options.threads}"
    return measuring.Case(name, batch, call(model), call(nothing))


def training_case(batch=128):
    model = SmallCNN().to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    images = torch.from_numpy(small_cnn.images(batch)).to(memory_format=torch.channels_last)
    labels = torch.arange(batch) % small_cnn.CLASSES

    def step():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()

    return measuring.Case(f"peer/pytorch/train/16x32/threads:{options.threads}", batch, step)


cases = [training_case()]
for precision in ("fp32", "int8"):
    for batch in small_cnn.BATCHES:
        cases.append(inference_case(precision, batch))

measuring.main(
    options,
    {
        "version": torch.__version__,
        "layout": "channels-last; traced, frozen, optimised for inference; training: fused Adam, batch 128",
        "int8": f"static quantisation, eager mode, engine {torch.backends.quantized.engine}",
    },
    cases,
)
