# SPDX-License-Identifier: GPL-3.0-or-later
"""The same work in Python's own pools, for the benches: each way prints one number.

peer.py noop pool|executor TASKS CHUNK   tasks a second of an empty task in 2 workers; chunk 0: the pool's own default
peer.py integral TASKS POINTS METHOD     tasks a second of numpy's integral in multiprocessing.Pool(2)
peer.py whole TASKS                      a whole program: Pool(2), TASKS empty tasks, and the end (prints nothing)
"""
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def noop(_):
    return 0.0


def integral(args):
    """Right-hand sum of 1/(1+x^2) over sorted uniform points, as in the workload integral-average."""
    import numpy as np
    task, points, method = args
    random = np.random.Generator(np.random.Philox(key=[507, task]))
    if method == "sort":
        x = np.sort(random.random(points))
    else:  # spacings: sums of exponentials are sorted already
        x = np.cumsum(random.standard_exponential(points + 1))
        x = x[:-1] / x[-1]
    return float(np.sum((1 / (1 + x[1:] * x[1:])) * (x[1:] - x[:-1])))


def pool_rate(function, tasks, chunk):
    with multiprocessing.Pool(2) as pool:
        pool.map(function, tasks[:2], 1)
        begin = time.perf_counter()
        results = pool.map(function, tasks, chunk or None)
        seconds = time.perf_counter() - begin
    assert len(results) == len(tasks)
    return len(tasks) / seconds


def executor_rate(function, tasks, chunk):
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(function, tasks[:2]))
        begin = time.perf_counter()
        results = list(pool.map(function, tasks, chunksize=chunk or 1))
        seconds = time.perf_counter() - begin
    assert len(results) == len(tasks)
    return len(tasks) / seconds


def main(words):
    if words[0] == "noop":
        rate = pool_rate if words[1] == "pool" else executor_rate
        print(f"{rate(noop, range(int(words[2])), int(words[3])):.1f}")
    elif words[0] == "integral":
        tasks = [(i, int(words[2]), words[3]) for i in range(int(words[1]))]
        print(f"{pool_rate(integral, tasks, 0):.1f}")
    elif words[0] == "whole":
        with multiprocessing.Pool(2) as pool:
            pool.map(noop, range(int(words[1])))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
