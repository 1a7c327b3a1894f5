"""Writes the files of this folder with PyTorch: a small SmallCNN's state as PyTorch saves it, some
images, and what PyTorch makes of them. Needs torch, numpy and safetensors:

    python3 make.py
"""
import pathlib

import numpy
import safetensors.torch
import torch

from exchange import SmallCNN

folder = pathlib.Path(__file__).parent


if __name__ == "__main__":
    torch.manual_seed(20)
    model = SmallCNN(1, 8, 8, 2, 3, 4)
    images = torch.rand(5, 1, 8, 8) * 2 - 1
    state = model.state_dict()
    with torch.no_grad():
        logits = model(images)
    safetensors.torch.save_file(state, folder / "f32.safetensors", metadata={"format": "pt"})
    numpy.savez(folder / "f32.npz", **{name: value.numpy() for name, value in state.items()})
    numpy.savez_compressed(
        folder / "f32_compressed.npz", **{name: value.numpy() for name, value in state.items()})
    for name, kind in (("f64", torch.float64), ("f16", torch.float16)):
        safetensors.torch.save_file(
            {key: value.to(kind) for key, value in state.items()}, folder / f"{name}.safetensors")
    numpy.save(folder / "images.npy", images.numpy())
    numpy.save(folder / "logits.npy", logits.numpy())
