"""What `import keras_gans` costs beyond `import keras`, each in a process of its own, in turn.

python benchmarks/import_time.py
"""

import statistics
import subprocess
import sys

CODE = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def seconds(module):
    return float(subprocess.run([sys.executable, "-c", CODE.format(module)], capture_output=True, text=True).stdout)


if __name__ == "__main__":
    for module in ("keras", "keras_gans"):
        seconds(module)  # files into memory
    pairs = [(seconds("keras"), seconds("keras_gans")) for _ in range(7)]
    extra = [ours - keras for keras, ours in pairs]
    print(
        f"import keras {statistics.median(p[0] for p in pairs):.2f} s, import keras_gans {statistics.median(p[1] for p in pairs):.2f} s"
    )
    print(f"beyond keras: {statistics.median(extra):.2f} s ({min(extra):.2f} to {max(extra):.2f})")
