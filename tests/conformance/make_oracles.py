"""Makes a folder of the layout of the reference numbers, of other sizes and seeds than those at hand:

    python3 make_oracles.py <folder> [<seed>] [<folder of MNIST>]
    EDGEOPT_ORACLES=<folder> ctest -L conformance

Needs torch, numpy and scipy. Everything is computed by PyTorch or by plain NumPy, nothing by us. The
folders made are smallcnn, half, histogram_observer, pareto, pruning, statistics and int8 (this with
MNIST only); the others hold nothing but tables of formulas, see the README of the reference numbers.
"""
import csv
import json
import math
import pathlib
import sys
import warnings

import numpy as np
import scipy.stats
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent / "pytorch_model"))
from exchange import SmallCNN  # noqa: E402

PARAMETERS = ["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "classifier.weight",
              "classifier.bias"]


def file_name(parameter):
    return parameter.replace(".", "_")


def save(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(array, torch.Tensor):
        array = array.detach().contiguous().numpy()
    np.save(path, np.ascontiguousarray(array))


def save_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1))


def save_csv(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


# ---- smallcnn ----

def passes(folder, model, images, labels, adam_steps):
    for name, parameter in model.named_parameters():
        save(folder / f"{file_name(name)}.npy", parameter)
    model.zero_grad()
    x = images.clone().requires_grad_()
    logits = model(x)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    save(folder / "input.npy", images)
    save(folder / "logits.npy", logits)
    save(folder / "loss.npy", loss.reshape(1))
    save(folder / "grad_input.npy", x.grad)
    for name, parameter in model.named_parameters():
        save(folder / f"grad_{file_name(name)}.npy", parameter.grad)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(1, max(adam_steps, default=0) + 1):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
        if step in adam_steps:
            for name, parameter in model.named_parameters():
                save(folder / f"adam_step{step}_{file_name(name)}.npy", parameter)


def make_smallcnn(root, generator):
    cases = []
    for size, batch, suffix in [((3, 17, 22, 5, 9, 7), 3, ""), ((1, 28, 28, 3, 4, 10), 1, ""),
                                ((2, 31, 8, 11, 6, 3), 5, ""), ((4, 9, 13, 2, 17, 12), 2, "_large100")]:
        channels, height, width, conv1, conv2, classes = size
        name = f"c{channels}x{height}x{width}_{conv1}x{conv2}_k{classes}_b{batch}{suffix}"
        cases.append((name, size))
        folder = root / "smallcnn" / name
        torch.manual_seed(generator.integers(2**31))
        model = SmallCNN(*size)
        images = torch.randn(batch, channels, height, width) * (100 if suffix else 1)
        labels = torch.randint(0, classes, (batch,))
        save(folder / "labels.npy", labels)
        state = {key: value.clone() for key, value in model.state_dict().items()}
        passes(folder / "f32", model, images, labels, ())
        model.load_state_dict(state)
        passes(folder / "f64", model.double(), images.double(), labels,
               () if suffix else (1, 2, 10))
    return cases


# ---- half ----

def half_of(array):
    return array.astype(np.float16).astype(np.float32)


def convolve_half(x, weight, bias, sums):
    """Sums of type `sums`, one rounding to half, ReLU, pooling."""
    y = torch.nn.functional.conv2d(*(torch.from_numpy(a.astype(sums)) for a in (x, weight, bias)),
                                   padding=1).numpy()
    y = np.maximum(y.astype(np.float16), np.float16(0))
    height, width = y.shape[2] // 2 * 2, y.shape[3] // 2 * 2
    y = y[:, :, :height, :width].reshape(*y.shape[:2], height // 2, 2, width // 2, 2)
    return y.max(axis=(3, 5))


def storage_half(parameters, x, sums):
    p1 = convolve_half(half_of(x), *(half_of(parameters[i]) for i in (0, 1)), sums)
    p2 = convolve_half(p1.astype(np.float32), *(half_of(parameters[i]) for i in (2, 3)), sums)
    flat = p2.reshape(len(x), -1).astype(sums)
    logits = flat @ half_of(parameters[4]).astype(sums).T + half_of(parameters[5]).astype(sums)
    return p1, p2, logits.astype(np.float16)


def make_half(root, generator, cases):
    bits = np.concatenate([generator.integers(0, 2**32, 20000, dtype=np.uint32),
                           generator.uniform(-70000, 70000, 5000).astype(np.float32).view(np.uint32),
                           np.arange(0x33000000 - 50, 0x33000000 + 50, dtype=np.uint32)])
    with np.errstate(all="ignore"):
        halves = bits.view(np.float32).astype(np.float16).view(np.uint16)
    save(root / "half" / "float_bits.npy", bits)
    save(root / "half" / "half_bits.npy", halves)
    every = np.arange(65536, dtype=np.uint32).astype(np.uint16).view(np.float16)
    save(root / "half" / "all_half_to_float_bits.npy", every.astype(np.float32).view(np.uint32))
    for name, size in cases[:2]:
        source = root / "smallcnn" / name / "f32"
        parameters = [np.load(source / f"{file_name(p)}.npy") for p in PARAMETERS]
        x = np.load(source / "input.npy")
        folder = root / "half" / "logits" / name
        p1, p2, logits = storage_half(parameters, x, np.float32)
        save(folder / "pool1_storage_half.npy", p1.view(np.uint16))
        save(folder / "pool2_storage_half.npy", p2.view(np.uint16))
        save(folder / "logits_storage_half.npy", logits.view(np.uint16))
        save(folder / "logits_storage_half_acc64.npy",
             storage_half(parameters, x, np.float64)[2].view(np.uint16))
        model = SmallCNN(*size)
        model.load_state_dict({p: torch.from_numpy(a) for p, a in zip(PARAMETERS, parameters)})
        with torch.no_grad():
            torch_half = model.half()(torch.from_numpy(x).half())
        save(folder / "logits_torch_half.npy", torch_half.numpy().view(np.uint16))


# ---- histogram_observer ----

def make_observers(root, generator):
    from torch.ao.quantization.observer import HistogramObserver, MinMaxObserver
    g = generator

    def f32(values):
        return np.asarray(values, dtype=np.float32)

    sequences = {
        "gaussian": [f32(g.normal(0, 2, 3000)) for _ in range(3)],
        "growing": [f32(g.normal(0, 1.5**k, 900)) for k in range(6)],
        "relu": [f32(np.maximum(g.normal(-0.3, 1, 2500), 0)) for _ in range(4)],
        "shifting": [f32(g.uniform(-1 + k, k, 700)) for k in range(5)],
        "one_value_then_more": [f32([3.5] * 40), f32(g.exponential(1, 800))],
        "tiny": [f32(g.normal(0, 1e-9, 500)) for _ in range(2)],
        "with_infinities": [f32([*g.normal(0, 1, 300), np.inf, -np.inf]), f32(g.normal(0, 3, 300))],
    }
    rows = []
    for name, batches in sequences.items():
        folder = root / "histogram_observer" / name
        seven = HistogramObserver(reduce_range=True)
        eight = HistogramObserver(reduce_range=False)
        plain = MinMaxObserver(reduce_range=True)
        histograms, ranges = [], []
        for k, batch in enumerate(batches):
            save(folder / f"batch{k}.npy", batch)
            for observer in (seven, eight, plain):
                observer(torch.from_numpy(batch))
            histograms.append(seven.histogram.numpy().copy())
            ranges.append([float(seven.min_val), float(seven.max_val)])
        save(folder / "histogram.npy", np.array(histograms, dtype=np.float32))
        save(folder / "min_max.npy", np.array(ranges, dtype=np.float32))
        low, high = seven._non_linear_param_search()
        values = []
        for observer in (seven, eight, plain):
            scale, zero_point = observer.calculate_qparams()
            values += [float(scale), int(zero_point)]
        if not math.isfinite(values[4]) or "infinities" in name:
            values[4:] = ["", ""]
        rows.append([name, len(batches), float(low), float(high), *values])
    save_csv(root / "histogram_observer" / "qparams.csv",
             ["name", "batches", "new_min", "new_max", "scale_7bit", "zero_point_7bit", "scale_8bit",
              "zero_point_8bit", "minmax_scale_7bit", "minmax_zero_point_7bit"], rows)


# ---- pareto ----

def hypervolume(points, reference):
    """By slices along the last objective; exponential in the objectives, which are few."""
    points = points[(points < reference).all(axis=1)]
    if len(points) == 0:
        return 0.0
    if points.shape[1] == 1:
        return float(reference[0] - points.min())
    order = points[points[:, -1].argsort(kind="stable")]
    ends = np.append(order[1:, -1], reference[-1])
    slices = [(ends[i] - order[i, -1]) * hypervolume(order[:i + 1, :-1], reference[:-1])
              for i in range(len(order)) if ends[i] > order[i, -1]]
    return math.fsum(slices)


def make_pareto(root, generator):
    sets = {"mixed_2d": generator.random((301, 2)),
            "lattice_2d": generator.integers(0, 9, (257, 2)) / 8,
            "mixed_3d": generator.random((150, 3)), "lattice_3d": generator.integers(0, 5, (200, 3)) / 4,
            "lattice_4d": generator.integers(0, 4, (120, 4)) / 4, "single_5d": generator.random((1, 5))}
    results = {}
    for name, points in sets.items():
        n = len(points)
        dominated = np.array([any((points[j] <= points[i]).all() and (points[j] < points[i]).any()
                                  for j in range(n)) for i in range(n)])
        first = np.array([not any((points[j] == points[i]).all() for j in range(i))
                          for i in range(n)])
        folder = root / "pareto" / name
        save(folder / "points.npy", points)
        save(folder / "nondominated.npy", (~dominated).astype(np.uint8))
        save(folder / "nondominated_first_of_duplicates.npy", (~dominated & first).astype(np.uint8))
        front = points[~dominated & first]
        volumes = [{"reference": list(map(float, reference)), "value": hypervolume(front, reference)}
                   for reference in (np.full(points.shape[1], 1.1), np.full(points.shape[1], 0.5))]
        results[name] = {"points": n, "dimensions": points.shape[1],
                         "nondominated": int((~dominated).sum()),
                         "nondominated_distinct": int((~dominated & first).sum()),
                         "hypervolume": volumes}
    save_json(root / "pareto" / "result.json", results)


# ---- pruning ----

def make_pruning(root, generator):
    torch.manual_seed(generator.integers(2**31))
    conv1, conv2 = 11, 23
    model = SmallCNN(3, 20, 13, conv1, conv2, 6)
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    folder = root / "pruning"
    scores = [np.abs(state[f"conv{i}.weight"]).sum(axis=(1, 2, 3), dtype=np.float32) for i in (1, 2)]
    for name, value in state.items():
        save(folder / "model" / f"{file_name(name)}.npy", value)
    for i in (1, 2):
        save(folder / "model" / f"conv{i}_scores.npy", scores[i - 1])

    def kept(of, level):
        count = max(1, round(len(of) * (1 - level)))
        return np.sort(torch.topk(torch.from_numpy(of), count).indices.numpy())

    levels = [0.0, 0.15, 0.5, 0.8]
    for level in levels:
        keep1, keep2 = (kept(of, level) for of in scores)
        pixels = state["classifier.weight"].shape[1] // conv2
        columns = (keep2[:, None] * pixels + np.arange(pixels)).ravel()
        pruned = {"conv1.weight": state["conv1.weight"][keep1], "conv1.bias": state["conv1.bias"][keep1],
                  "conv2.weight": state["conv2.weight"][keep2][:, keep1],
                  "conv2.bias": state["conv2.bias"][keep2],
                  "classifier.weight": state["classifier.weight"][:, columns],
                  "classifier.bias": state["classifier.bias"]}
        for name, value in pruned.items():
            save(folder / f"level_{level:g}" / f"{file_name(name)}.npy", value)
        save(folder / f"level_{level:g}" / "keep1.npy", keep1)
        save(folder / f"level_{level:g}" / "keep2.npy", keep2)
    save_json(folder / "levels.json", {"levels": levels, "directories": [f"level_{v:g}" for v in levels]})
    save_csv(folder / "keep_counts.csv", ["n", "level", "keep"],
             [[n, level, max(1, round(n * (1 - level)))]
              for n in (1, 2, 5, 26, 37, 101) for level in (0.0, 0.1, 0.3, 0.5, 0.9, 0.97)])
    save_json(folder / "rejects.json", {"reference_verdict": {"-0.5": "rejected", "2.0": "rejected",
                                                              "nan": "rejected"},
                                        "negative_zero_is_accepted": True})
    ties = {f"conv{i}": generator.integers(1, 4, (n, 1, 1, 1)) * np.ones((1, 2, 3, 3))
            for i, n in ((1, 9), (2, 14))}
    entries = []
    for level in (0.2, 0.4, 0.75):
        entry = {"level": level}
        for layer, weight in ties.items():
            of = np.abs(weight).sum(axis=(1, 2, 3)).astype(np.float32)
            count = max(1, round(len(of) * (1 - level)))
            entry[f"{layer}_torch_topk"] = kept(of, level).tolist()
            entry[f"{layer}_lowest_index_first"] = sorted(np.argsort(-of, kind="stable")[:count].tolist())
        entries.append(entry)
    for layer, weight in ties.items():
        save(folder / "ties" / f"{layer}_weight.npy", weight.astype(np.float32))
    save_json(folder / "ties" / "kept.json", {"levels": entries})


# ---- statistics ----

def make_statistics(root, generator):
    samples = {"single": [7.5], "pair": [-1.0, 4.0], "normal_12": generator.normal(5, 2, 12),
               "skewed_333": generator.exponential(3, 333), "negative_64": -generator.random(64) * 9}
    rows = []
    for name, values in samples.items():
        values = np.asarray(values, dtype=np.float64)
        save(root / "statistics" / f"{name}.npy", values)
        n = len(values)
        row = [name, n, repr(float(values.mean())), repr(float(values.std())), "",
               repr(float(np.median(values))), repr(float(np.percentile(values, 95))), "", "", ""]
        if n > 1:
            t = float(scipy.stats.t.ppf(0.975, n - 1))
            half = t * values.std(ddof=1) / math.sqrt(n)
            row[4], row[7] = repr(float(values.std(ddof=1))), repr(t)
            row[8:] = [repr(float(values.mean() - half)), repr(float(values.mean() + half))]
        rows.append(row)
    save_csv(root / "statistics" / "summary.csv",
             ["name", "n", "mean", "population_std", "sample_std", "median", "p95", "t_975",
              "ci95_low", "ci95_high"], rows)
    save_csv(root / "statistics" / "t_quantiles.csv", ["degrees_of_freedom", "t_975"],
             [[n, repr(float(scipy.stats.t.ppf(0.975, n)))] for n in (1, 6, 17, 250)])


# ---- int8 ----

def mnist(folder, kind, count):
    import gzip
    images = gzip.open(folder / f"{kind}-images-idx3-ubyte.gz").read()[16:16 + count * 784]
    labels = gzip.open(folder / f"{kind}-labels-idx1-ubyte.gz").read()[8:8 + count]
    return (np.frombuffer(images, np.uint8).reshape(-1, 28, 28),
            np.frombuffer(labels, np.uint8).astype(np.int64))


def normalized(pixels):
    x = (pixels.astype(np.float32) / np.float32(255) - np.float32(0.5)) / np.float32(0.5)
    return torch.from_numpy(x[:, None])


class Modular(torch.nn.Module):
    """The same network of modules only, which is what quantization knows how to fuse."""

    def __init__(self, model):
        super().__init__()
        self.conv1, self.conv2, self.classifier = model.conv1, model.conv2, model.classifier
        self.relu1, self.relu2 = torch.nn.ReLU(), torch.nn.ReLU()
        self.pool1, self.pool2 = torch.nn.MaxPool2d(2), torch.nn.MaxPool2d(2)
        self.flatten = torch.nn.Flatten()

    def forward(self, x):
        x = self.pool1(self.relu1(self.conv1(x)))
        x = self.pool2(self.relu2(self.conv2(x)))
        return self.classifier(self.flatten(x))


class Recorder(torch.fx.Interpreter):
    def __init__(self, module):
        super().__init__(module)
        self.values = {}

    def run_node(self, node):
        self.values[node.name] = value = super().run_node(node)
        return value


def make_int8(root, generator, data):
    from torch.ao.quantization import get_default_qconfig_mapping
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx
    train, train_labels = mnist(data, "train", 2000)
    test, test_labels = mnist(data, "t10k", 3000)
    for conv1, conv2, engines in ((7, 9, ("fbgemm", "qnnpack")), (3, 13, ("fbgemm",))):
        folder = root / "int8" / f"{conv1}x{conv2}"
        torch.manual_seed(generator.integers(2**31))
        model = SmallCNN(1, 28, 28, conv1, conv2, 10)
        optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
        for first in range(0, 2000, 50):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(normalized(train[first:first + 50])),
                                              torch.from_numpy(train_labels[first:first + 50])).backward()
            optimizer.step()
        model.eval()
        for name, value in model.state_dict().items():
            save(folder / "float" / f"{file_name(name)}.npy", value)
        save(folder / "float" / "logits.npy", model(normalized(test[:16])))
        save(folder / "test_images.npy", test[:16])
        save(folder / "test_labels.npy", test_labels[:16])
        weights = sum(v.numel() for k, v in model.state_dict().items() if k.endswith("weight"))
        biases = 4 * sum(v.numel() for k, v in model.state_dict().items() if k.endswith("bias"))
        report = {"conv1": conv1, "conv2": conv2, "test_image_first_index": 0,
                  "calibration": "train images 0..299 in order, 3 batches of 100",
                  "accuracy_images": "test images 0..2999",
                  "model_memory_bytes": {
                      "int8_weights_and_biases": weights + biases,
                      "int8_with_channel_scales_and_5_activation_pairs":
                          weights + biases + 4 * (conv1 + conv2 + 10) + 40}}
        for engine in engines:
            report[f"accuracy_int8_{engine}"] = quantized(folder, model, engine, train, test, test_labels,
                                                          prepare_fx, convert_fx,
                                                          get_default_qconfig_mapping)
        save_json(folder / "report.json", report)


def quantized(folder, model, engine, train, test, test_labels, prepare_fx, convert_fx, mapping):
    torch.backends.quantized.engine = engine
    prepared = prepare_fx(Modular(model).eval(), mapping(engine), normalized(test[:1]))
    names, observers = ("input", "conv1", "conv2", "flatten", "classifier"), {}
    for node in prepared.graph.nodes:
        if "activation_post_process" in str(node.target):
            source = "input" if node.args[0].name == "x" else node.args[0].name
            observers.setdefault(source, prepared.get_submodule(node.target))
    history = {name: ([], []) for name in names}

    def record(name):
        def hook(observer, _inputs, _output):
            history[name][0].append(observer.histogram.numpy().copy())
            history[name][1].append([float(observer.min_val), float(observer.max_val)])
        return hook

    for name in names:
        observers[name].register_forward_hook(record(name))
    with torch.no_grad():
        for first in range(0, 300, 100):
            prepared(normalized(train[first:first + 100]))
    found = {}
    for name in names:
        observer = observers[name]
        save(folder / "observers" / f"{name}_histogram.npy", np.array(history[name][0], np.float32))
        save(folder / "observers" / f"{name}_min_max.npy", np.array(history[name][1], np.float32))
        low, high = observer._non_linear_param_search()
        scale, zero_point = observer.calculate_qparams()
        plain = observer._calculate_qparams(observer.min_val, observer.max_val)
        found[name] = {"updates": len(history[name][0]), "min_val": float(observer.min_val),
                       "max_val": float(observer.max_val), "new_min": float(low),
                       "new_max": float(high), "scale": float(scale), "zero_point": int(zero_point),
                       "minmax_scale": float(plain[0]), "minmax_zero_point": int(plain[1])}
    save_json(folder / engine / "observers.json", found)
    save_json(folder / engine / "scales.json", {name: {key: found[name][key] for key in
                                                       ("scale", "zero_point")} for name in names})
    converted = convert_fx(prepared)
    for layer in ("conv1", "conv2", "classifier"):
        module = converted.get_submodule(layer)
        weight = module.weight()
        save(folder / engine / f"{layer}_weight_int8.npy", weight.int_repr())
        scales = (weight.q_per_channel_scales() if engine == "fbgemm"
                  else torch.tensor([weight.q_scale()], dtype=torch.float64))
        save(folder / engine / f"{layer}_weight_scale.npy", scales)
        save(folder / engine / f"{layer}_bias.npy", module.bias())

    def run(images):
        recorder = Recorder(converted)
        with torch.no_grad():
            logits = recorder.run(normalized(images))
        levels = [v.int_repr().numpy() for v in recorder.values.values()
                  if isinstance(v, torch.Tensor) and v.is_quantized]
        return levels, logits

    levels, logits = run(test[:16])
    for name, value in zip(("input", "conv1", "pool1", "conv2", "pool2", "flatten", "classifier"), levels):
        save(folder / engine / f"{name}_u8.npy", value)
    save(folder / engine / "logits.npy", logits)
    many, logits = run(test)
    save(folder / engine / f"classifier_u8_first{len(test)}.npy", many[-1])
    return float((logits.argmax(1).numpy() == test_labels).mean())


def main():
    warnings.filterwarnings("ignore", module=".*")  # that quantization will move to another package
    root = pathlib.Path(sys.argv[1])
    torch.set_num_threads(1)
    generator = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    cases = make_smallcnn(root, generator)
    make_half(root, generator, cases)
    make_observers(root, generator)
    make_pareto(root, generator)
    make_pruning(root, generator)
    make_statistics(root, generator)
    if len(sys.argv) > 3:
        make_int8(root, generator, pathlib.Path(sys.argv[3]))


if __name__ == "__main__":
    main()
