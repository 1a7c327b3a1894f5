# SPDX-License-Identifier: MIT
"""Measuring in slices, and printing what Google Benchmark would.

A script makes a list of cases and calls `main`. Alone it measures each and prints one JSON document:

    python run_onnxruntime.py --threads 1 --filter batch:32 --min-time 0.5

With --serve it stays: it prints its context in one line and then answers each line of the form
{"filter": "...", "min_time": 0.1} with one line of JSON. So libraries are loaded and models compiled
once, and a driver can take turns between several of them.
"""

import argparse
import json
import re
import sys
import time


class Case:
    """One thing to measure: `call()` handles `items` items. `overhead()`, where given, is a call that
    does nothing of the work; its time is taken off."""

    def __init__(self, name, items, call, overhead=None):
        self.name, self.items, self.call, self.overhead = name, items, call, overhead
        self.warm = False

    def measure(self, min_time):
        if not self.warm:
            for _ in range(3):
                self.call()
            self.warm = True
        overhead = seconds_of(self.overhead, min_time / 10) if self.overhead else 0
        seconds = seconds_of(self.call, min_time)
        own = max(seconds - overhead, 0)
        return {
            "name": self.name,
            "run_type": "iteration",
            "real_time": own * 1e9,
            "time_unit": "ns",
            "items_per_second": self.items / own if own > 0 else None,
            "call_overhead": overhead * 1e9,
        }


def seconds_of(call, min_time):
    """Seconds a call takes: many in a row, as many as fill the time."""
    start = time.perf_counter()
    call()
    once = max(time.perf_counter() - start, 1e-7)
    repeats = max(1, int(min_time / once))
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--filter", default="")
    parser.add_argument("--min-time", type=float, default=0.5)
    parser.add_argument("--serve", action="store_true")
    return parser.parse_args()


def main(options, context, cases):
    """`context`: version, threads, layout and what else has to be known of the settings."""
    context = {"threads": options.threads, **context}

    def measured(pattern, min_time):
        return [case.measure(min_time) for case in cases if re.search(pattern, case.name)]

    if not options.serve:
        results = measured(options.filter, options.min_time)
        json.dump({"context": context, "benchmarks": results}, sys.stdout, indent=2)
        print()
        return
    print(json.dumps({"context": context, "names": [case.name for case in cases]}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps({"benchmarks": measured(request["filter"], request["min_time"])}), flush=True)
