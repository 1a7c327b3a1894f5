# SPDX-License-Identifier: MIT
"""Times the main job, run_pipeline on MNIST, beside the same job in PyTorch, and writes Markdown tables.

Called by scripts/bench --main-job. In every round each of the two runs once on one core and once on two, whole
processes in turn; what is told is the median over the rounds, and of ratios the median of those within a round.
Where run_pipeline's time goes follows from its own latencies and from short runs that leave something out.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import report
from sources import log

PEER = report.ROOT / "benchmarks" / "peers" / "main_job.py"
CORES = {1: "one core", 2: "two cores"}
MUST = {1: 7, 2: 10}  # the other's wall time over ours
PRECISIONS = ("fp32", "fp16", "int8")
UNTIMED = "benchmark_repeats: 1\nbenchmark_warmup: 0\nbenchmark_runs: 1\n"


class Run:
    """A process from its start to its end, with all that it started and waited for."""

    def __init__(self, cores, command, search_path=os.environ["PATH"]):
        command = [shutil.which("taskset"), "-c", cores, *(str(part) for part in command)]
        with tempfile.TemporaryFile("w+") as output:
            begin = time.perf_counter()
            process = subprocess.Popen(command, env=dict(os.environ, PATH=search_path), stdout=output)
            _, status, used = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise SystemExit(f"{' '.join(command)}: ended with {process.returncode}")
            output.seek(0)
            self.output = output.read()
        self.processor = used.ru_utime + used.ru_stime
        self.peak_mb = used.ru_maxrss / 1024


class Jobs:
    """Both jobs, in folders that are gone afterwards."""

    def __init__(self, options, scratch):
        self.options, self.scratch = options, pathlib.Path(scratch)
        allowed = [str(core) for core in sorted(os.sched_getaffinity(0))]
        self.cores = {count: ",".join(allowed[-count:]) for count in CORES if count <= len(allowed)}

    def pipeline(self, threads, settings="", with_charts=True):
        file, folder = self.scratch / "settings.yaml", self.scratch / "edgeopt"
        shutil.rmtree(folder, ignore_errors=True)
        command = [self.options.program.resolve(), "--dataset", "mnist", "--data-dir", self.options.data_dir,
                   "--threads", threads, "--quiet", "--output-dir", folder]
        if settings:
            file.write_text(settings)
            command += ["--config", file]
        without_gnuplot = {} if with_charts else {"search_path": str(self.scratch / "nothing")}
        run = Run(self.cores[threads], command, **without_gnuplot)
        run.manifest = json.loads((folder / "manifest.json").read_text())
        run.summary = json.loads((folder / "summary.json").read_text())
        with open(folder / "sweep_results.csv", newline="") as rows:
            run.rows = list(csv.DictReader(rows))
        return run

    def peer(self, threads):
        command = [self.options.environment / "bin" / "python", PEER, "--data-dir", self.options.data_dir,
                   "--threads", threads, "--output-dir", self.scratch / "pytorch"]
        run = Run(self.cores[threads], command)
        run.result = json.loads(run.output)
        return run


def calls_of_engine(run):
    configuration = run.manifest["configuration"]
    repeats, warmup, runs = (int(configuration[f"benchmark_{key}"]) for key in ("repeats", "warmup", "runs"))
    return repeats * (warmup + runs)


def require_same_work(ours, theirs):
    """Refuses to compare runs that did not train, or did not time the same number of calls."""
    calls = calls_of_engine(ours) * (len(ours.rows) + 1)
    if calls != theirs.result["calls"]:
        raise SystemExit(f"{calls} timed calls here, {theirs.result['calls']} there")
    for accuracy in (ours.summary["baseline"]["accuracy"], theirs.result["baseline_accuracy"]):
        if not accuracy > 0.9:
            raise SystemExit(f"a network of accuracy {accuracy} is not trained")


def timed_seconds(run):
    """Of all calls that are timed or warm up for that, by precision; the baseline counts as fp32."""
    configuration = run.manifest["configuration"]
    seconds_a_ms = calls_of_engine(run) * float(configuration["cpu_frequency_scale"]) / 1000
    latency = dict.fromkeys(PRECISIONS, 0.0)
    latency["fp32"] = run.summary["baseline"]["latency_ms"]
    for row in run.rows:
        latency[row["precision"]] += float(row["latency_ms"])
    return {f"timed calls, {precision}": latency[precision] * seconds_a_ms for precision in PRECISIONS}


def our_split(jobs, run, threads):
    untimed = jobs.pipeline(threads, UNTIMED).wall
    epochs = int(run.manifest["configuration"]["epochs"])
    an_epoch = untimed - jobs.pipeline(threads, f"{UNTIMED}epochs: {epochs - 1}\n").wall
    charts = untimed - jobs.pipeline(threads, UNTIMED, with_charts=False).wall
    return with_rest({**timed_seconds(run), "training": epochs * an_epoch, "charts": charts}, run.wall)


def their_split(run):
    seconds = run.result["seconds"]
    own = {part: seconds[part] for part in (*(f"timed calls, {p}" for p in PRECISIONS), "training", "charts")}
    parts = ("accuracy", "pruning and conversion", "imports")
    return {**with_rest(own, run.wall), **{f"- of it {part}": seconds[part] for part in parts}}


def with_rest(parts, wall):
    return {**parts, "everything else": wall - sum(parts.values())}


def measure(jobs, options):
    """For each number of threads a list of rounds: (our run, their run, our split, their split)."""
    rounds = {threads: [] for threads in jobs.cores}
    for index in range(options.rounds):
        for threads, done in rounds.items():
            log(f"round {index + 1} of {options.rounds}, {CORES[threads]}")
            ours, theirs = jobs.pipeline(threads), jobs.peer(threads)
            require_same_work(ours, theirs)
            done.append((ours, theirs, our_split(jobs, ours, threads), their_split(theirs)))
            log(f"  {ours.wall:.1f} s and {theirs.wall:.1f} s")
    return rounds


def comparison_lines(rounds):
    def row(what, unit, digits, ours, theirs, must=""):
        ratio = statistics.median(b / a for a, b in zip(ours, theirs))
        a, b = (f"{statistics.median(values):.{digits}f} {unit}" for values in (ours, theirs))
        return f"| {what} | {a} | {b} | {ratio:.1f} | {must} |"

    lines = ["| | edgeopt | PyTorch | ratio | must |", "|---|---|---|---|---|"]
    for threads, done in rounds.items():
        name = CORES[threads]
        ours, theirs = [run[0] for run in done], [run[1] for run in done]
        walls, their_walls = [run.wall for run in ours], [run.wall for run in theirs]
        lines += [
            row(f"{name}, wall", "s", 1, walls, their_walls, MUST[threads]),
            row(f"{name}, wall, were its fp16 as fast as its fp32", "s", 1, walls,
                [run.wall - run.result["fp16_excess_seconds"] for run in theirs]),
            row(f"{name}, processor time", "s", 1, [run.processor for run in ours], [run.processor for run in theirs]),
            row(f"{name}, peak resident", "MB", 0, [run.peak_mb for run in ours], [run.peak_mb for run in theirs]),
        ]
    return lines


def split_lines(rounds):
    columns = [(f"{name}, {CORES[threads]}", [run[2 + k] for run in done])
               for threads, done in rounds.items() for k, name in enumerate(("edgeopt", "PyTorch"))]
    parts = max((splits[0] for _, splits in columns), key=len)
    lines = ["| seconds | " + " | ".join(name for name, _ in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for part in parts:
        cells = [f"{statistics.median(split[part] for split in splits):.1f}" if part in splits[0] else ""
                 for _, splits in columns]
        lines.append(f"| {part} | " + " | ".join(cells) + " |")
    return lines


def spread(values):
    return f"{min(values):.1f} .. {max(values):.1f}"


def machine_lines(rounds, options, load):
    fields = report.processor()
    ours, theirs = next(iter(rounds.values()))[0][:2]
    lines = [
        f"- {datetime.date.today()}, version {report.text_of(['git', 'describe', '--always', '--dirty'])}, "
        f"{ours.manifest['compiler']}, -O2; PyTorch {theirs.result['version']}",
        f"- {fields.get('model name', 'unknown')}, family {fields.get('cpu family', '?')} model "
        f"{fields.get('model', '?')}; instruction set of our engines: {ours.manifest['instruction_set']}",
        f"- {options.rounds} rounds; load of the machine before: {load:.1f}",
    ]
    for threads, done in rounds.items():
        lines.append(f"- {CORES[threads]}, wall, least .. most: edgeopt {spread([r[0].wall for r in done])} s, "
                     f"PyTorch {spread([r[1].wall for r in done])} s")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, required=True, help="run_pipeline")
    parser.add_argument("--environment", type=pathlib.Path, required=True, help="of Python, with PyTorch")
    parser.add_argument("--data-dir", type=pathlib.Path, required=True, help="folder of MNIST")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()

    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        rounds = measure(Jobs(options, scratch), options)
    lines = [*machine_lines(rounds, options, load), "", *comparison_lines(rounds), "", *split_lines(rounds)]
    options.output.write_text("\n".join(lines) + "\n")
    print(options.output.read_text())


if __name__ == "__main__":
    main()
