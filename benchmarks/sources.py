# SPDX-License-Identifier: MIT
"""What can be measured in slices: our benchmark programs, and scripts that wait in between."""

import json
import os
import select
import subprocess
import sys


def log(text):
    print(text, file=sys.stderr, flush=True)


class Program:
    """A program of Google Benchmark (or one that prints as it does), started anew for each slice."""

    def __init__(self, path, cores, environment=None, plain=False):
        self.path, self.cores, self.plain = path, cores, plain
        self.environment = dict(os.environ, **(environment or {}))
        self.context = {}

    def names(self):
        """Names of the benchmarks it has; none when it cannot say."""
        done = self._run(["--benchmark_list_tests"])
        return [line.removesuffix("/real_time") for line in done.stdout.split()] if done.returncode == 0 else []

    def measure(self, pattern, seconds):
        arguments = [] if self.plain else [
            f"--benchmark_filter={pattern}",
            f"--benchmark_min_time={seconds}",
            "--benchmark_format=json",
        ]
        done = self._run(arguments)
        if done.returncode != 0 or not done.stdout.lstrip().startswith("{"):
            raise RuntimeError(f"{self.path.name}: {done.stderr.strip() or 'no result'}")
        document = json.loads(done.stdout)
        self.context = document["context"]
        return document["benchmarks"]

    def _run(self, arguments):
        command = ["taskset", "-c", self.cores, str(self.path), *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True)


class Script:
    """A script of benchmarks/peers that has loaded its library and waits for requests."""

    def __init__(self, python, path, cores, threads):
        self.name = path.stem.removeprefix("run_")
        command = ["taskset", "-c", cores, str(python), str(path), "--serve", "--threads", str(threads)]
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def start(self):
        """Waits until it is ready; throws when it does not become so."""
        first = self._answer(180)
        self.context, self.cases = first["context"], first["names"]

    def names(self):
        return self.cases

    def measure(self, pattern, seconds):
        request = json.dumps({"filter": pattern, "min_time": seconds})
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return self._answer(120)["benchmarks"]

    def stop(self):
        self.process.kill()
        self.process.wait()

    def _answer(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise RuntimeError(f"{self.name}: no answer in {seconds} s")
        line = self.process.stdout.readline()
        if not line.startswith("{"):
            self.process.kill()
            complaint = (line + self.process.stderr.read()).strip().splitlines() or ["ended"]
            raise RuntimeError(f"{self.name}: {complaint[-1]}")
        return json.loads(line)
