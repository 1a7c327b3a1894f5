# SPDX-License-Identifier: MIT
"""Non-dominated sets by paretoset and moocore, hypervolumes by moocore, of the points that
benchmarks/frontiers.cpp draws."""

import importlib.metadata

import moocore
import numpy as np
import paretoset

import measuring

options = measuring.arguments(__doc__)


def uniform_points(count, objectives):
    """Numbers of SplitMix64 by position, as multiples of 2^-53 in [0, 1)."""
    with np.errstate(over="ignore"):
        mixed = np.arange(1, count * objectives + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    numbers = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(float) * 2.0**-53
    return numbers.reshape(count, objectives)


def front_points(count, objectives):
    points = -np.log(1 - uniform_points(count, objectives))
    return points / points.sum(axis=1, keepdims=True)


one = np.zeros((1, 2))
nothing = {
    "paretoset": lambda: paretoset.paretoset(one, distinct=False),
    "moocore": lambda: moocore.is_nondominated(one, keep_weakly=True),
}
searches = {
    "paretoset": lambda points: paretoset.paretoset(points, distinct=False),
    "moocore": lambda points: moocore.is_nondominated(points, keep_weakly=True),
}
million = 1_000_000
cases = []
for objectives in (2, 3):
    clouds = {"uniform": uniform_points(million, objectives), "front": front_points(million, objectives)}
    for shape, points in clouds.items():
        for library, search in searches.items():
            if (library, shape) == ("paretoset", "front"):
                continue  # compares each point with the whole front: hours
            name = f"peer/{library}/pareto/{objectives}d/{shape}/{million}"
            cases.append(
                measuring.Case(
                    name, million, lambda search=search, points=points: search(points), nothing[library]
                )
            )
    few = front_points(100_000, objectives)
    reference = np.full(objectives, 2.0)
    cases.append(
        measuring.Case(
            f"peer/moocore/hypervolume/{objectives}d/100000",
            100_000,
            lambda few=few, reference=reference: moocore.hypervolume(few, ref=reference),
            lambda reference=reference: moocore.hypervolume(np.ones((1, len(reference))), ref=reference),
        )
    )

for objectives in (2, 3):  # both find the same
    points = uniform_points(100_000, objectives)
    if (searches["paretoset"](points) != searches["moocore"](points)).any():
        raise SystemExit("paretoset and moocore disagree")

measuring.main(
    options,
    {
        "version": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("paretoset", "moocore", "numba")),
        "layout": "float64 arrays; paretoset compiled by numba",
    },
    cases,
)
