"""Models from PyTorch and back: exchange.py <the program exchange>

PyTorch saves SmallCNNs of several sizes as safetensors and .npz; the program reads each, runs it and
saves it; PyTorch has to compute the same logits, and to read the same parameters. Where torch is
missing this is skipped with exit status 77. Without the package safetensors its format is read and
written here: a length of 8 bytes, a JSON header, then the numbers.
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

try:
    import numpy
    import torch
except ImportError as error:
    print(f"skipped: {error} (pip install torch numpy)")
    sys.exit(77)
try:
    import safetensors.torch
except ImportError:
    safetensors = None

sys.dont_write_bytecode = True


class SmallCNN(torch.nn.Module):
    def __init__(self, channels, height, width, conv1, conv2, classes):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(channels, conv1, 3, padding=1)
        self.conv2 = torch.nn.Conv2d(conv1, conv2, 3, padding=1)
        self.classifier = torch.nn.Linear(conv2 * (height // 2 // 2) * (width // 2 // 2), classes)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.classifier(x.flatten(1))


def save_safetensors(state, path):
    if safetensors:
        safetensors.torch.save_file(state, path, metadata={"format": "pt"})
        return
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, value in state.items():
        numbers = value.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape),
                        "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def load_safetensors(path):
    if safetensors:
        return safetensors.torch.load_file(path)
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8:8 + length]), content[8 + length:]
    header.pop("__metadata__", None)
    state = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", entry
        first, last = entry["data_offsets"]
        numbers = numpy.frombuffer(data[first:last], "<f4").reshape(entry["shape"])
        state[name] = torch.from_numpy(numbers.copy())
    return state


def exchange(program, folder, size, batch, seed):
    torch.manual_seed(seed)
    model = SmallCNN(*size)
    state = model.state_dict()
    images = torch.randn(batch, *size[:3])
    numpy.save(folder / "images.npy", images.numpy())
    save_safetensors(state, folder / "theirs.safetensors")
    numpy.savez(folder / "theirs.npz", **{name: value.numpy() for name, value in state.items()})
    with torch.no_grad():
        expected = model(images)
    for saved in ("theirs.safetensors", "theirs.npz"):
        subprocess.run([program, folder / saved, *map(str, size[:3]), folder / "images.npy", folder],
                       check=True)
        logits = torch.from_numpy(numpy.load(folder / "logits.npy"))
        off = ((logits - expected).abs().max() / expected.abs().max()).item()
        assert logits.shape == expected.shape and off < 1e-5, (saved, off)
        with numpy.load(folder / "ours.npz") as arrays:
            ours_npz = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
        for ours in (load_safetensors(folder / "ours.safetensors"), ours_npz):
            again = SmallCNN(*size)
            again.load_state_dict(ours, strict=True)
            for name, value in state.items():
                assert torch.equal(again.state_dict()[name], value), name
        print(f"{size} {saved}: parameters equal both ways, logits off by {off:.2g} of the largest")
        for name in ("logits.npy", "ours.safetensors", "ours.npz"):
            os.remove(folder / name)


def main():
    print(f"torch {torch.__version__}, safetensors "
          f"{safetensors.__version__ if safetensors else 'read and written here'}")
    cases = [((1, 28, 28, 16, 32, 10), 4), ((3, 33, 18, 7, 5, 3), 2), ((2, 4, 5, 1, 1, 1), 1)]
    for seed, (size, batch) in enumerate(cases):
        with tempfile.TemporaryDirectory() as folder:
            exchange(sys.argv[1], pathlib.Path(folder), size, batch, seed)


if __name__ == "__main__":
    main()
