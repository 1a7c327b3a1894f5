# SPDX-License-Identifier: MIT
"""The main job in PyTorch: a rebuilding of the original's main job for timing, not the original itself.

SmallCNN is trained on MNIST, pruned to every level, brought to fp32, fp16 and int8, and every candidate is
measured, with the settings that `run_pipeline` has by default: the same images, epochs, batches and levels and
the same number of timed calls. It is written as a user of PyTorch writes it, and spares what the original does
without need: images are decoded once and kept as normalised tensors (the original passes each one through
torchvision whenever it is used), batches of calibration and of timing are taken once, workers of loaders stay,
tables go through the csv module instead of pandas, inference mode replaces no_grad.

fp32: the module as it is, contiguous NCHW. fp16: `model.half()` on half inputs, as in the original; where oneDNN
does not take halves, PyTorch's own kernels compute them, several times slower than fp32. int8: static
quantisation in eager mode (the original's graph mode quantises once more before the classifier), convolutions fused
with ReLU, FBGEMM's default observers (histogram, per-channel weights) and PyTorch's default engine, which computes
by FBGEMM where the processor has no VNNI.

    python main_job.py --data-dir data --threads 1 --output-dir outputs

prints one JSON document: seconds of each part, accuracies and latencies. Two threads come with two workers a loader,
as in the original; one with none.
"""

import time

start = time.perf_counter()

import argparse
import contextlib
import copy
import csv
import gzip
import json
import pathlib
import statistics
import warnings

import numpy as np
import torch
import torch.ao.quantization as quantization
from matplotlib.figure import Figure
from torch.utils.data import DataLoader, TensorDataset

SEED, BATCH, EPOCHS, LEARNING_RATE = 7, 128, 2, 1e-3
TRAINING_IMAGES, VALIDATION_IMAGES = 12_000, 3_000
LEVELS, PRECISIONS = (0, 0.25, 0.5, 0.7), ("fp32", "fp16", "int8")
CALIBRATION_BATCHES = 8
REPEATS, WARMUP, RUNS = 5, 10, 100
POWER_WATTS, BUDGETS_MB, ACTIVE_BUDGET_MB = 5.0, (1.0, 2.0, 4.0), 2.0
FREQUENCY_SCALE, BANDWIDTH_GBPS, PEAK_GMACS = 0.7, 12.8, 64.0
SIZE, CLASSES = 28, 10


class Split:
    """Seconds of each part of the job."""

    def __init__(self):
        self.seconds = {}

    def add(self, part, seconds):
        self.seconds[part] = self.seconds.get(part, 0) + seconds

    @contextlib.contextmanager
    def part(self, name):
        begin = time.perf_counter()
        yield
        self.add(name, time.perf_counter() - begin)


class SmallCNN(torch.nn.Module):
    def __init__(self, channels1=16, channels2=32):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, channels1, 3, padding=1)
        self.relu1 = torch.nn.ReLU(inplace=True)
        self.conv2 = torch.nn.Conv2d(channels1, channels2, 3, padding=1)
        self.relu2 = torch.nn.ReLU(inplace=True)
        self.pool = torch.nn.MaxPool2d(2)
        self.classifier = torch.nn.Linear(channels2 * (SIZE // 4) ** 2, CLASSES)

    def forward(self, x):
        x = self.pool(self.relu1(self.conv1(x)))
        x = self.pool(self.relu2(self.conv2(x)))
        return self.classifier(torch.flatten(x, 1))


def idx_values(folder, name, header, count):
    """The first bytes after an IDX file's header; the file may be compressed."""
    for path in (folder / name, folder / "mnist" / name):
        for candidate, opener in ((path, open), (path.with_name(name + ".gz"), gzip.open)):
            if candidate.exists():
                with opener(candidate, "rb") as file:
                    return np.frombuffer(file.read(header + count), np.uint8, offset=header)
    raise SystemExit(f"{folder}: no {name}, nor {name}.gz")


def dataset(folder, prefix, count):
    pixels = idx_values(folder, f"{prefix}-images-idx3-ubyte", 16, count * SIZE * SIZE)
    labels = idx_values(folder, f"{prefix}-labels-idx1-ubyte", 8, count)
    images = (torch.from_numpy(pixels.astype(np.float32)) / 255 - 0.5) / 0.5
    return TensorDataset(images.reshape(count, 1, SIZE, SIZE), torch.from_numpy(labels.astype(np.int64)))


def loaders(folder, workers):
    common = {"batch_size": BATCH, "num_workers": workers, "persistent_workers": workers > 0}
    generator = torch.Generator().manual_seed(SEED)
    training = DataLoader(dataset(folder, "train", TRAINING_IMAGES), shuffle=True, generator=generator, **common)
    return training, DataLoader(dataset(folder, "t10k", VALIDATION_IMAGES), **common)


def train(model, loader):
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    model.train()
    for _ in range(EPOCHS):
        for images, labels in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
    return model.eval()


def kept_channels(convolution, level):
    scores = convolution.weight.abs().sum(dim=(1, 2, 3))
    count = max(1, round(len(scores) * (1 - level)))
    return scores.topk(count).indices.sort().values


@torch.no_grad()
def pruned(model, level):
    keep1, keep2 = kept_channels(model.conv1, level), kept_channels(model.conv2, level)
    small = SmallCNN(len(keep1), len(keep2))
    small.conv1.weight.copy_(model.conv1.weight[keep1])
    small.conv1.bias.copy_(model.conv1.bias[keep1])
    small.conv2.weight.copy_(model.conv2.weight[keep2][:, keep1])
    small.conv2.bias.copy_(model.conv2.bias[keep2])
    features = model.classifier.weight.unflatten(1, (model.conv2.out_channels, -1))
    small.classifier.weight.copy_(features[:, keep2].flatten(1))
    small.classifier.bias.copy_(model.classifier.bias)
    return small.eval()


@torch.inference_mode()
def quantized(model, calibration):
    fused = quantization.fuse_modules(model, [["conv1", "relu1"], ["conv2", "relu2"]])
    wrapped = quantization.QuantWrapper(fused).eval()
    wrapped.qconfig = quantization.get_default_qconfig("fbgemm")
    prepared = quantization.prepare(wrapped)
    for images in calibration:
        prepared(images)
    return quantization.convert(prepared)


def variant(model, precision, calibration):
    if precision == "int8":
        return quantized(model, calibration)
    return copy.deepcopy(model).half() if precision == "fp16" else model


@torch.inference_mode()
def accuracy_of(model, loader, dtype):
    right = sum((model(images.to(dtype)).argmax(1) == labels).sum().item() for images, labels in loader)
    return right / VALIDATION_IMAGES


@torch.inference_mode()
def latencies_ms(model, images):
    """Means of the calls of each repeat."""
    means = []
    for _ in range(REPEATS):
        for _ in range(WARMUP):
            model(images)
        begin = time.perf_counter()
        for _ in range(RUNS):
            model(images)
        means.append((time.perf_counter() - begin) / RUNS * 1000 / FREQUENCY_SCALE)
    return means


def memory_mb(model):
    def tensors(values):
        for value in values:
            if isinstance(value, torch.Tensor):
                yield value
            elif isinstance(value, tuple):  # of a packed layer
                yield from tensors(value)

    return sum(t.numel() * t.element_size() for t in tensors(model.state_dict().values())) / 2**20


def measured(model, precision, loader, sample, split):
    dtype = torch.float16 if precision == "fp16" else torch.float32
    with split.part("accuracy"):
        accuracy = accuracy_of(model, loader, dtype)
    with split.part(f"timed calls, {precision}"):
        latencies = latencies_ms(model, sample.to(dtype))
    latency, memory = statistics.fmean(latencies), memory_mb(model)
    return {
        "accuracy": accuracy,
        "latency_ms": latency,
        "latency_std_ms": statistics.pstdev(latencies),
        "latency_p95_ms": float(np.percentile(latencies, 95)),
        "throughput_sps": BATCH / (latency / 1000),
        "memory_mb": memory,
        "energy_proxy_j": latency / 1000 * POWER_WATTS,
        **{f"violates_{budget}mb": memory > budget for budget in BUDGETS_MB},
    }


def frontier(rows, x):
    best, kept = -1, []
    for row in sorted((row for row in rows if row["accepted"]), key=lambda row: (row[x], -row["accuracy"])):
        if row["accuracy"] > best:
            kept.append(row)
            best = row["accuracy"]
    return kept


@torch.inference_mode()
def deployment(model, sample):
    begin = time.perf_counter()
    model(sample)
    batch = (time.perf_counter() - begin) / FREQUENCY_SCALE
    begin = time.perf_counter()
    for image in sample:
        model(image.unsqueeze(0))
    stream = (time.perf_counter() - begin) / FREQUENCY_SCALE / len(sample)
    return {
        "batch_latency_ms": batch * 1000,
        "batch_throughput_sps": len(sample) / batch,
        "stream_avg_latency_ms": stream * 1000,
        "stream_throughput_sps": 1 / stream,
    }


def layer_estimates(model):
    layers, size = [], SIZE
    for name, layer in model.named_children():
        if isinstance(layer, torch.nn.Conv2d):
            elements, reads = BATCH * layer.out_channels * size**2, layer.weight[0].numel()
            size //= 2
        elif isinstance(layer, torch.nn.Linear):
            elements, reads = BATCH * layer.out_features, layer.in_features
        else:
            continue
        parameters = sum(p.numel() * p.element_size() for p in layer.parameters())
        layers.append(
            {"layer": name, "output_elements": elements, "parameter_bytes": parameters,
             "activation_bytes": elements * 4, "macs": elements * reads}
        )
    return layers


def hardware_summary(layers, latency_ms):
    total = sum(layer["parameter_bytes"] + layer["activation_bytes"] for layer in layers)
    macs, seconds = sum(layer["macs"] for layer in layers), latency_ms / 1000
    knee = PEAK_GMACS / BANDWIDTH_GBPS
    return {
        "estimated_total_bytes": total,
        "estimated_total_macs": macs,
        "achieved_bandwidth_gbps": total / seconds / 1e9,
        "bandwidth_utilization": total / seconds / 1e9 / BANDWIDTH_GBPS,
        "achieved_gmacs": macs / seconds / 1e9,
        "arithmetic_intensity_macs_per_byte": macs / total,
        "bound_regime": "memory-bound" if macs / total < knee else "compute-bound",
    }


def fp16_excess_seconds(rows):
    """What the calls of fp16 took longer than those of fp32."""
    latency = {precision: sum(row["latency_ms"] for row in rows if row["precision"] == precision)
               for precision in PRECISIONS}
    calls = REPEATS * (WARMUP + RUNS) + VALIDATION_IMAGES / BATCH
    return calls * (latency["fp16"] - latency["fp32"]) / 1000 * FREQUENCY_SCALE


def precision_tradeoffs(rows):
    table = []
    for precision in PRECISIONS:
        own = [row for row in rows if row["precision"] == precision]
        means = {f"{name}_mean": statistics.fmean(row[name] for row in own)
                 for name in ("accuracy", "latency_ms", "memory_mb", "energy_proxy_j")}
        accepted = statistics.fmean(row["accepted"] for row in own)
        table.append({"precision": precision, **means, "accepted_ratio": accepted})
    return sorted(table, key=lambda row: row["latency_ms_mean"])


def save_chart(path, draw):
    figure = Figure(figsize=(7, 5))
    draw(figure.subplots())
    figure.tight_layout()
    figure.savefig(path, dpi=180)


def save_charts(folder, rows, frontiers, layers):
    def scatter(axes, x, label):
        for accepted, name, marker in ((True, "Accepted", "o"), (False, "Rejected", "x")):
            own = [row for row in rows if row["accepted"] == accepted]
            if own:
                axes.scatter([r[x] for r in own], [r["accuracy"] for r in own], marker=marker, label=name)
        if x in frontiers:
            axes.plot([r[x] for r in frontiers[x]], [r["accuracy"] for r in frontiers[x]], "r", label="Frontier")
        axes.set(xlabel=label, ylabel="Accuracy")
        axes.legend()

    def bars(axes, column, scale, label):
        axes.bar([layer["layer"] for layer in layers], [layer[column] / scale for layer in layers])
        axes.set(ylabel=label)

    for x, name, label in (("latency_ms", "latency", "Latency (ms)"), ("energy_proxy_j", "energy", "Energy proxy (J)"),
                           ("memory_mb", "memory", "Parameters (MB)")):
        save_chart(folder / f"accuracy_vs_{name}.png", lambda axes, x=x, label=label: scatter(axes, x, label))
    save_chart(folder / "layerwise_activation_memory.png",
               lambda axes: bars(axes, "activation_bytes", 2**20, "Activations (MB)"))
    save_chart(folder / "layerwise_macs.png", lambda axes: bars(axes, "macs", 1e6, "MACs (millions)"))


def save_table(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys() if rows else [])
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", type=pathlib.Path, required=True)
    parser.add_argument("--output-dir", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()

    warnings.filterwarnings("ignore")  # of deprecation: eager quantisation still is what runs on CPUs
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    split = Split()
    split.add("imports", time.perf_counter() - start)

    with split.part("data"):
        training, validation = loaders(options.data_dir, options.threads if options.threads > 1 else 0)
        sample = validation.dataset.tensors[0][:BATCH]
    with split.part("training"):
        model = train(SmallCNN(), training)
    baseline = measured(model, "fp32", validation, sample, split)

    with split.part("pruning and conversion"):
        calibration = [images for (images, _), _ in zip(training, range(CALIBRATION_BATCHES))]
    rows = []
    for level in LEVELS:
        with split.part("pruning and conversion"):
            network = pruned(model, level)
        for precision in PRECISIONS:
            with split.part("pruning and conversion"):
                candidate = variant(network, precision, calibration)
            metrics = measured(candidate, precision, validation, sample, split)
            rows.append({"pruning_level": level, "precision": precision,
                         "accepted": metrics["memory_mb"] <= ACTIVE_BUDGET_MB, **metrics})

    with split.part("tables"):
        frontiers = {x: frontier(rows, x) for x in ("latency_ms", "energy_proxy_j")}
        layers = layer_estimates(model)
        hardware = hardware_summary(layers, baseline["latency_ms"])
        summary = {"baseline": baseline, "study_rows": len(rows),
                   "accepted_rows": sum(row["accepted"] for row in rows),
                   "deployment": {**deployment(model, sample), **hardware}}
        options.output_dir.mkdir(parents=True, exist_ok=True)
        for name, table in (("sweep_results", rows), ("pareto_frontier_latency", frontiers["latency_ms"]),
                            ("pareto_frontier_energy", frontiers["energy_proxy_j"]), ("layerwise_breakdown", layers),
                            ("precision_tradeoffs", precision_tradeoffs(rows)), ("hardware_summary", [hardware])):
            save_table(options.output_dir / f"{name}.csv", table)
        (options.output_dir / "summary.json").write_text(json.dumps(summary, indent=2))
    with split.part("charts"):
        save_charts(options.output_dir, rows, frontiers, layers)

    print(json.dumps({
        "version": torch.__version__,
        "threads": options.threads,
        "int8_engine": torch.backends.quantized.engine,
        "calls": (len(rows) + 1) * REPEATS * (WARMUP + RUNS),
        "seconds": {**split.seconds, "in process": time.perf_counter() - start},
        "fp16_excess_seconds": fp16_excess_seconds(rows),
        "baseline_accuracy": baseline["accuracy"],
        "candidates": [{key: row[key] for key in ("pruning_level", "precision", "accuracy", "latency_ms")}
                       for row in rows],
    }, indent=2))


if __name__ == "__main__":
    main()
