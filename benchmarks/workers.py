"""Contestants in processes of their own, timed in turn: one works while the others wait."""

import json
import resource
import statistics
import subprocess
import sys
import time


class Worker:
    """A subprocess that runs `python SCRIPT --worker NAME` and answers each line with the seconds its work took."""

    def __init__(self, script, name, python=sys.executable, environment=None, wait=True):
        self.name = name
        command = [python, script, "--worker", name]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = subprocess.Popen(command, env=environment, text=True, **pipes)
        if wait:
            self.answer()  # ready: built, traced, warm

    def answer(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"{self.name} ended: {self.process.stderr.read()[-2000:]}")

    def start(self):
        self.process.stdin.write("run\n")
        self.process.stdin.flush()

    def run(self):
        self.start()
        return self.answer()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def serve(work):
    """The worker's side: `work()` does a fixed amount and returns it (steps, images ...)."""
    work()
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        amount = work()
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"amount": amount, "seconds": seconds, "peak_mib": peak}), flush=True)


def race(workers, rounds):
    """Each worker once a round, in turn. Returns {name: [rate, ...]} and {name: peak MiB}."""
    rates, peaks = {worker.name: [] for worker in workers}, {}
    for _ in range(rounds):
        for worker in workers:
            answer = worker.run()
            rates[worker.name].append(answer["amount"] / answer["seconds"])
            peaks[worker.name] = answer["peak_mib"]
    for worker in workers:
        worker.stop()
    return rates, peaks


def ratio(ours, theirs):
    """Median of the round-by-round ratios, with the smallest and the largest."""
    each = [a / b for a, b in zip(ours, theirs)]
    return f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})"
