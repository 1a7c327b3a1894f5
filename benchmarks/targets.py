# SPDX-License-Identifier: MIT
"""What is compared with what, which ratio it must have, and which is the goal."""

BATCHES = (1, 32, 128)
RUNTIMES = ("onnxruntime", "openvino", "litert")  # whose fp32 inference ours is held against
INT8_PEERS = (*RUNTIMES, "onednn", "pytorch")
instruction_set = ""  # of our engines, unless a name says otherwise


class Row:
    """One line of the table: a ratio, or why there is none."""

    def __init__(self, what, must, goal, ours=None, beside="", ratio=None, reason="", digits=2):
        self.what, self.must, self.goal = what, must, goal
        self.ours, self.beside, self.ratio, self.reason, self.digits = ours, beside, ratio, reason, digits

    def markdown(self):
        if self.ratio is None:
            return f"| {self.what} | not measured: {self.reason} | | | {self.must} | {self.goal} |"
        return (
            f"| {self.what} | {rate_text(self.ours)} | {self.beside} | {self.ratio:.{self.digits}f} "
            f"| {self.must} | {self.goal} |"
        )


def rate_text(value):
    if value is None:
        return ""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {unit}/s"
    return f"{value:.3g}/s"


def inference(precision, batch, network="16x32", threads=1, prefix=""):
    return f"{prefix}inference/{precision}/{network}/batch:{batch}/threads:{threads}"


def plain(text):
    return text.lower().replace("_", "").replace("-", "")


def peak_name(measured, precision, isa):
    """The ceiling for an instruction set; of several that it begins, the highest."""
    kind = "int8" if precision == "int8" else "fp32"
    found = [name for name in measured.rates if name.startswith(f"peak/{kind}/")]
    found = [name for name in found if plain(name.split("/")[2]).startswith(plain(isa))] if isa else []
    return max(found, key=lambda name: peak_rate(measured, name) or 0, default=None)


def peak_values(measured, name):
    return measured.counters.get((name, "MAC/s")) or measured.rates.get(name)


def peak_rate(measured, name):
    return measured.median(peak_values(measured, name))


def share_of_peak(measured, name):
    """MAC/s of an inference benchmark over the ceiling of its instruction set and precision."""
    prefix, _, own = name.rpartition(":inference/") if ":inference/" in name else ("", "", name)
    own = own if own.startswith("inference/") else "inference/" + own
    values = measured.counters.get((name, "MAC/s"))
    if not values or not (name.startswith("inference/") or prefix):
        return None
    isa = prefix if prefix and " " not in prefix else instruction_set
    ceiling = peak_name(measured, own.split("/")[1], isa)
    return measured.ratio(values, peak_values(measured, ceiling)) if ceiling else None


def against(measured, what, must, goal, ours, theirs, missing):
    """Our rate over the best of others' that were measured."""
    present = [name for name in theirs if measured.rate(name)]
    if not measured.rate(ours):
        return Row(what, must, goal, reason=f"no {ours}")
    if not present:
        return Row(what, must, goal, reason=missing)
    best = max(present, key=measured.rate)
    label = best.split("/")[1] if best.startswith("peer/") else best.split(":inference/")[-1].removeprefix("inference/").split("/threads")[0]
    return Row(
        what, must, goal, measured.rate(ours), f"{label} {rate_text(measured.rate(best))}",
        measured.ratio(measured.rates[ours], measured.rates[best]),
    )


def over_peak(measured, what, must, goal, precision, batch, isa, missing):
    """Of an engine that uses an instruction set (or, of vector instructions, one that includes it)."""
    wanted = {"avx2": ("avx2",), "avx512": ("avx512", "amx"), "avx512_vnni": ("avx512vnni", "avx512")}[isa]
    names = [inference(precision, batch)] if plain(instruction_set).startswith(wanted) else []
    names += [name for name in measured.rates if name.endswith(":" + inference(precision, batch))
              and plain(name.split(":")[0]).startswith(wanted) and " " not in name]
    names = [name for name in names if measured.rate(name)]
    if not names:
        return Row(what, must, goal, reason=missing)
    name = names[0]
    ceiling = peak_name(measured, precision, isa)
    if ceiling is None:
        return Row(what, must, goal, reason=f"no peak/{'int8' if precision == 'int8' else 'fp32'}/{isa} in this run")
    ratio = measured.ratio(measured.counters[(name, "MAC/s")], peak_values(measured, ceiling))
    return Row(what, must, goal, measured.counter(name, "MAC/s"),
               f"peak {rate_text(peak_rate(measured, ceiling))}", ratio)


def rows(measured, processor):
    flags = (processor.get("flags") or processor.get("Features") or "").split()

    def lacking(flag, what):
        return f"this machine has no {what}" if flag not in flags else f"our engines do not use {what} in this version"

    no_peers = "scripts/bench --peers was not run"
    result = []
    for batch in BATCHES:
        result.append(over_peak(measured, f"fp32 16x32, AVX-512, batch {batch}: MAC/s over peak", 0.80, 1.05,
                                "fp32", batch, "avx512", lacking("avx512f", "AVX-512")))
    for batch in BATCHES:
        result.append(over_peak(measured, f"fp32 16x32, AVX2, batch {batch}: MAC/s over peak", 1.10, 1.35,
                                "fp32", batch, "avx2", lacking("avx2", "AVX2")))
    for batch, must, goal in ((1, 1.6, 2.0), (32, 1.3, 1.8), (128, 1.4, 1.9)):
        result.append(against(measured, f"fp32 16x32, batch {batch}, against the best runtime", must, goal,
                              inference("fp32", batch),
                              [f"peer/{name}/fp32/16x32/batch:{batch}/threads:1" for name in RUNTIMES], no_peers))
    for batch in BATCHES:
        result.append(over_peak(measured, f"int8 16x32, AVX-512 VNNI, batch {batch}: MAC/s over peak", 0.62, 0.80,
                                "int8", batch, "avx512_vnni", lacking("avx512_vnni", "AVX-512 VNNI")))
    amx = lacking("amx_int8", "AMX tiles")
    for batch in BATCHES:
        on_amx = "amx" in plain(instruction_set)
        vnni = [name for name in measured.rates
                if "vnni" in plain(name.split(":")[0]) and name.endswith(":" + inference("int8", batch))]
        result.append(against(measured, f"int8 on AMX, batch {batch}, against our VNNI engine", 2.0, 3.0,
                              inference("int8", batch), vnni, amx) if on_amx
                      else Row(f"int8 on AMX, batch {batch}, against our VNNI engine", 2.0, 3.0, reason=amx))
    must, goal = (5, 7) if "amx" in plain(instruction_set) else (2.5, 3.5)
    for batch in BATCHES:
        result.append(against(measured, f"int8 16x32, batch {batch}, against the best at int8", must, goal,
                              inference("int8", batch),
                              [f"peer/{name}/int8/16x32/batch:{batch}/threads:1" for name in INT8_PEERS], no_peers))
    for batch in BATCHES:
        result.append(against(measured, f"fp16 against our fp32, batch {batch}", 0.85, 1.0,
                              inference("fp16", batch), [inference("fp32", batch)], ""))
    for network, must, goal in (("8x16", 1.7, 2), ("5x10", 3, 4)):
        result.append(against(measured, f"pruned {network} against 16x32, fp32 images/s", must, goal,
                              inference("fp32", 32, network, prefix="other widths:"),
                              [inference("fp32", 32, prefix="other widths:")], ""))
    for network in ("32x64", "64x128"):
        what = f"{network} against 16x32, fp32: share of peak"
        ours, theirs = ((inference("fp32", 32, n, prefix="other widths:"), "MAC/s") for n in (network, "16x32"))
        ratio = measured.ratio(measured.counters.get(ours), measured.counters.get(theirs))
        result.append(Row(what, 0.85, 1.0, measured.counter(*ours), rate_text(measured.counter(*theirs)), ratio,
                          reason="not in this run"))
    result.append(against(measured, "two threads against one, fp32, batch 128", 1.85, 1.97,
                          inference("fp32", 128, threads=2), [inference("fp32", 128, prefix="beside two:")],
                          "one core may be used"))
    for precision in ("fp32", "int8"):
        name = f"latency/{precision}/16x32/batch:1/other_core_busy"
        ratio = measured.counter(name, "p99_over_p50")
        time = measured.counter(name, "real_time")
        result.append(Row(f"batch 1 {precision}, p99 over p50, other core busy (at most)", 1.3, 1.1,
                          1e9 / time if time else None, "its own median", ratio, reason="two cores are needed"))
    for threads, must, goal in ((1, 2.2, 3), (2, 2.5, 3.2)):
        result.append(against(measured, f"training 16x32 against PyTorch, threads {threads}", must, goal,
                              f"train/16x32/threads:{threads}", [f"peer/pytorch/train/16x32/threads:{threads}"],
                              no_peers))
    for objectives, uniform, front in (("2d", (2.5, 4), (3.3, 5)), ("3d", (1.7, 2.5), (2.7, 4))):
        for shape, library, (must, goal) in (("uniform", "paretoset", uniform), ("front", "moocore", front)):
            name = f"pareto/{objectives}/{shape}/1000000"
            result.append(against(measured, f"{objectives} frontier of 1e6 points, {shape}, against {library}",
                                  must, goal, name, [f"peer/{library}/{name}"], no_peers))
    for objectives in ("2d", "3d"):
        name = f"hypervolume/{objectives}/100000"
        result.append(against(measured, f"{objectives} hypervolume of 1e5 points against moocore", 1, 2, name,
                              [f"peer/moocore/{name}"], no_peers))
    for compiler, level in (("gcc", "-O0"), ("clang", "-O1")):
        name = inference("fp32", 32)
        result.append(against(measured, f"fp32 16x32, batch 32, compiled by {compiler} {level} against -O2", 0.85, 0.95,
                              f"{compiler} plain:{name}", [f"{compiler} optimised:{name}"], "not built"))
    return result
