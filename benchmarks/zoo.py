"""How long `zoo.load` takes, once Keras itself is imported: each entry in a process of its own, offline.

python benchmarks/zoo.py                three times each
python benchmarks/zoo.py --times 10
"""

import argparse
import statistics
import subprocess
import sys

ONE = """
import sys, time
import keras_gans
start = time.perf_counter()
keras_gans.zoo.load(sys.argv[1])
print("seconds", time.perf_counter() - start)
"""


def seconds(name):
    found = subprocess.run([sys.executable, "-c", ONE, name], capture_output=True, text=True, check=True).stdout
    return float(found.rsplit("seconds", 1)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    times = parser.parse_args().times
    from keras_gans import zoo

    print("| entry | seconds, median | from | to |\n|---|---|---|---|")
    for name in zoo.names():
        found = [seconds(name) for _ in range(times)]
        print(f"| `{name}` | {statistics.median(found):.2f} | {min(found):.2f} | {max(found):.2f} |", flush=True)


if __name__ == "__main__":
    main()
