# SPDX-License-Identifier: MIT
"""Measures our benchmarks and other libraries in turns, and writes a Markdown table of ratios.

Called by scripts/bench. In every round each group of things that are compared gets one short slice
after another, on the same core; what is told is the median over the rounds, and of ratios the median
of those within a round. So what the machine does beside hits both sides alike.
"""

import argparse
import collections
import datetime
import os
import pathlib
import platform
import re
import statistics
import subprocess

import targets
from sources import Program, Script, log

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON_PEERS = ("onnxruntime", "openvino", "litert", "pytorch")


class Measurements:
    """For each name, one value a round; None where a round has none."""

    def __init__(self, rounds):
        self.rounds = rounds
        self.rates = {}  # items a second
        self.counters = {}  # (name, counter)

    def add(self, round_index, results, prefix=""):
        for result in results:
            name = prefix + result["name"].removesuffix("/real_time")
            self._put(self.rates, name, round_index, result.get("items_per_second"))
            for counter in ("MAC/s", "p99_over_p50", "real_time"):
                if counter in result:
                    self._put(self.counters, (name, counter), round_index, result[counter])

    def _put(self, table, key, round_index, value):
        table.setdefault(key, [None] * self.rounds)[round_index] = value

    def median(self, values):
        present = [value for value in values or [] if value is not None]
        return statistics.median(present) if present else None

    def rate(self, name):
        return self.median(self.rates.get(name))

    def counter(self, name, counter):
        return self.median(self.counters.get((name, counter)))

    def ratio(self, ours, theirs):
        """Median of ratios within a round, of two lists of values."""
        pairs = zip(ours or [], theirs or [])
        return self.median([a / b for a, b in pairs if a is not None and b])


class Plan:
    """Groups of slices that are compared, with what could not be had."""

    def __init__(self, options):
        self.options = options
        self.programs = options.build / "benchmarks"
        allowed = sorted(os.sched_getaffinity(0))
        self.core = str(allowed[-1])
        self.cores = ",".join(str(core) for core in allowed[-2:])
        self.two_cores = len(allowed) > 1
        self.groups = []  # of lists of (source, filter, prefix)
        self.left_out = []
        self.contexts = {}
        self.scripts = []

    def program(self, name, cores=None, build=None, **more):
        path = (build / "benchmarks" if build else self.programs) / f"bench_{name}"
        if not path.exists():
            return None
        return Program(path, cores or self.core, **more)

    def peer_scripts(self, names, threads):
        python = self.options.environment / "bin" / "python"
        started = []
        if not python.exists():
            return started
        for name in names:
            path = ROOT / "benchmarks" / "peers" / f"run_{name}.py"
            script = Script(python, path, self.core if threads == 1 else self.cores, threads)
            self.scripts.append(script)
            started.append(script)
        ready = []
        for script in started:
            try:
                script.start()
                self.contexts[script.name] = script.context
                ready.append(script)
            except RuntimeError as error:
                self.leave_out(str(error))
        return ready

    def leave_out(self, reason):
        if reason not in self.left_out:
            log(f"left out: {reason}")
            self.left_out.append(reason)

    def group(self, *slices):
        self.groups.append([piece for piece in slices if piece[0] is not None])


def make_plan(options):
    plan = Plan(options)
    inference, peak = plan.program("inference"), plan.program("peak")
    eigen, onednn = plan.program("peer_eigen"), plan.program("peer_onednn")
    for program, name in ((peak, "peak"), (eigen, "peer_eigen"), (onednn, "peer_onednn")):
        if program is None:
            plan.leave_out(f"bench_{name} was not built")
    if not (options.environment / "bin" / "python").exists():
        plan.leave_out("libraries used from Python: scripts/bench --peers installs them")

    peers = plan.peer_scripts(PYTHON_PEERS, 1)
    slower_sets = slower_instruction_sets(plan)
    for batch in (1, 32, 128):
        for precision, ours in (("fp32", "fp(16|32)"), ("int8", "int8")):
            ending = f"16x32/batch:{batch}/threads:1(/real_time)?$"
            in_process = (eigen, onednn) if precision == "fp32" else (onednn,)
            plan.group(
                (peak, f"^peak/{precision}/", ""),
                (inference, f"^inference/{ours}/{ending}", ""),
                *((peer, f"^peer/.*/{precision}/{ending}", "") for peer in (*in_process, *peers)),
                *((program, f"^inference/{precision}/{ending}", f"{name}:") for name, program in slower_sets),
            )
    plan.group((inference, "^inference/fp32/.*/batch:32/threads:1/real_time$", "other widths:"))

    if plan.two_cores:
        both = plan.peer_scripts(PYTHON_PEERS, 2)
        ending = "/16x32/batch:128/threads:2(/real_time)?$"
        on_both = [plan.program(name, plan.cores) for name in ("inference", "peer_eigen", "peer_onednn")]
        plan.group(
            (inference, "^inference/.*/16x32/batch:128/threads:1/real_time$", "beside two:"),
            *((source, ending, "") for source in (*on_both, *both)),
        )
        plan.group((plan.program("latency", plan.cores, plain=True), "", ""))
    else:
        both = []
        plan.leave_out("two threads, and latency beside work: one core may be used")

    for threads, scripts in ((1, peers), (2, both)):
        training = plan.program("training", plan.core if threads == 1 else plan.cores)
        if training is None:
            plan.leave_out("bench_training was not built")
        ending = f"train/16x32/threads:{threads}(/real_time)?$"
        pytorch = [script for script in scripts if script.name == "pytorch"]
        plan.group((training, "^" + ending, ""), *((script, ending, "") for script in pytorch))

    frontiers = plan.program("frontiers")
    others = plan.peer_scripts(["frontiers"], 1)
    for objectives in ("2d", "3d"):
        for ending in (f"pareto/{objectives}/uniform/1000000", f"pareto/{objectives}/front/1000000",
                       f"hypervolume/{objectives}/100000"):
            pattern = ending + "(/real_time)?$"
            plan.group((frontiers, "^" + pattern, ""), *((script, pattern, "") for script in others))

    for compiler, build in (("gcc", options.build), ("clang", options.clang_build)):
        pattern = "^inference/fp32/16x32/batch:32/threads:1/real_time$"
        optimised = plan.program("inference", build=build)
        plain = plan.program("inference_unoptimized", build=build)
        if plain is None:
            plan.leave_out(f"the build without optimisation by {compiler} is not there")
        plan.group((optimised, pattern, f"{compiler} optimised:"), (plain, pattern, f"{compiler} plain:"))
    return plan


def slower_instruction_sets(plan):
    """The inference benchmark with each instruction set of this machine but the fastest."""
    inference = plan.program("inference")
    if inference is None:
        return []
    inference.measure("^inference/fp32/16x32/batch:1/threads:1/real_time$", 0.01)
    plan.contexts["inference"] = inference.context
    fastest = inference.context["instruction_set"]
    names = [name for name in inference.context["supported_instruction_sets"].split() if name != fastest]
    return [(name, plan.program("inference", environment={"EDGEOPT_INSTRUCTION_SET": name})) for name in names]


def run(plan, options):
    measured = Measurements(options.rounds)
    start = datetime.datetime.now()
    for round_index in range(options.rounds):
        log(f"round {round_index + 1} of {options.rounds}, {(datetime.datetime.now() - start).seconds} s")
        for group in plan.groups:
            for source, pattern, prefix in group:
                try:
                    measured.add(round_index, source.measure(pattern, options.slice), prefix)
                except RuntimeError as error:
                    plan.leave_out(str(error))
                if isinstance(source, Program):
                    plan.contexts.setdefault(source.path.name.removeprefix("bench_"), source.context)
    for script in plan.scripts:
        script.stop()
    return measured


def text_of(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.splitlines()[0].strip()
    except (OSError, IndexError):
        return "unknown"


def processor():
    fields = collections.OrderedDict()
    with open("/proc/cpuinfo") as file:
        for line in file:
            name, _, value = line.partition(":")
            fields.setdefault(name.strip(), value.strip())
    return fields


def machine_lines(plan, options, load):
    fields = processor()
    wanted = ("fma", "avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimd", "asimddp", "fphp")
    flags = (fields.get("flags") or fields.get("Features") or "").split()
    caches = plan.contexts.get("inference", {}).get("caches", [])
    sizes = ", ".join(f"L{c['level']} {c['type'].lower()} {c['size'] // 1024} KiB" for c in caches)
    return [
        f"- {datetime.date.today()}, version {text_of(['git', 'describe', '--always', '--dirty'])}",
        f"- {fields.get('model name', platform.machine())}, family {fields.get('cpu family', '?')} model "
        f"{fields.get('model', '?')}, {len(os.sched_getaffinity(0))} cores; of interest: "
        + (", ".join(flag for flag in wanted if flag in flags) or "nothing"),
        f"- {sizes}" if sizes else "- caches unknown",
        f"- {platform.system()} {'.'.join(platform.release().split('.')[:2])}; {text_of(['c++', '--version'])}, -O2",
        f"- instruction set of our engines: {plan.contexts.get('inference', {}).get('instruction_set', 'unknown')}",
        f"- {options.rounds} rounds, slices of {options.slice} s; load of the machine before: {load:.1f}",
    ]


def peer_lines(plan):
    names = {"peer_eigen": "Eigen", "peer_onednn": "oneDNN", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO",
             "litert": "LiteRT", "pytorch": "PyTorch", "frontiers": "Frontiers"}
    lines = []
    for key, name in names.items():
        context = plan.contexts.get(key, {})
        if "version" in context:
            lines.append(f"| {name} | {context['version']} | {context.get('layout', '')} | {context.get('int8', '')} |")
    if not lines:
        return []
    return ["", "| library | version | layout and settings | int8 |", "|---|---|---|---|", *lines]


def readable(value):
    if value is None:
        return ""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def figure_lines(measured):
    """Every figure, with its spread over the rounds and its share of the ceiling."""
    lines = ["", "| name | items/s | least .. most | MAC/s | share of peak |", "|---|---|---|---|---|"]
    for name in sorted(measured.rates):
        values = [value for value in measured.rates[name] if value is not None]
        if not values:
            continue
        macs = measured.counter(name, "MAC/s")
        share = targets.share_of_peak(measured, name)
        lines.append(
            f"| `{name}` | {readable(statistics.median(values))} | {readable(min(values))} .. {readable(max(values))} "
            f"| {readable(macs)} | {'' if share is None else f'{share:.2f}'} |"
        )
    for name, counter in sorted(measured.counters):
        if counter == "p99_over_p50":
            rate = readable(1e9 / measured.counter(name, "real_time"))
            lines.append(f"| `{name}` | {rate} | p99 over p50 {measured.counter(name, counter):.2f} | | |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--clang-build", type=pathlib.Path, required=True)
    parser.add_argument("--environment", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slice", type=float, default=0.1)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()

    load = os.getloadavg()[0]
    plan = make_plan(options)
    measured = run(plan, options)
    targets.instruction_set = plan.contexts.get("inference", {}).get("instruction_set", "")
    lines = [
        *machine_lines(plan, options, load),
        *peer_lines(plan),
        "",
        "| | ours | beside | ratio | must | goal |",
        "|---|---|---|---|---|---|",
        *(row.markdown() for row in targets.rows(measured, processor())),
        *(["", "Left out:", "", *(f"- {re.sub('[|]', '/', reason)}" for reason in plan.left_out)] if plan.left_out else []),
        "",
        "<details><summary>All figures</summary>",
        *figure_lines(measured),
        "",
        "</details>",
    ]
    options.output.write_text("\n".join(lines) + "\n")
    print(options.output.read_text())


if __name__ == "__main__":
    main()
