"""How long the command takes to answer, each in a process of its own, in turn; beside it what `import keras_gans` takes.

python benchmarks/startup.py [--rounds 9]
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "keras-gans --help": ["--help"],
    "keras-gans --version": ["--version"],
    "keras-gans list": ["list"],
    "keras-gans card dcgan_digits": ["card", "dcgan_digits"],
    "keras-gans completion bash": ["completion", "bash"],
}


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    rows = {name: [sys.executable, "-m", "keras_gans", *words] for name, words in COMMANDS.items()}
    rows["import keras_gans"] = [sys.executable, "-c", "import keras_gans"]
    found = {name: [] for name in rows}
    for command in rows.values():
        seconds(command)  # files into memory
    for _ in range(rounds):
        for name, command in rows.items():
            found[name].append(seconds(command))
    print("| command | seconds |\n|---|---|")
    for name, times in found.items():
        print(f"| `{name}` | {statistics.median(times):.2f} ({min(times):.2f} to {max(times):.2f}) |")


if __name__ == "__main__":
    main()
