"""What a long search costs in memory: resident memory after each trial.

    python benchmarks/tuning.py                 30 trials of a DCGAN on the digits (about 3 minutes on 2 cores)

A trial builds, trains for two epochs, is measured and thrown away. Memory that grew with the trials would end a long search; printed is
the resident memory after the 5th trial, after the 30th, and their ratio.
"""

import argparse
import os
import pathlib
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command does, see cli/command.py


def resident():
    """Resident memory of this process in MiB."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=30)
    trials = options.parse_args().trials
    import keras_gans
    from keras_gans.tuning import search, tune

    after, line = [], search.Search.line

    def noted(self, result):
        after.append(resident())
        return f"{line(self, result)}; {after[-1]:,.0f} MiB"

    search.Search.line = noted
    with tempfile.TemporaryDirectory() as folder:
        options = {"max_trials": trials, "epochs": 2, "rerun": 0, "directory": f"{folder}/search"}
        tune("dcgan", keras_gans.data.load("digits"), space="practical", **options)
    print(
        f"resident memory: {after[4]:,.0f} MiB after trial 5, {after[-1]:,.0f} MiB after trial {trials}, {after[-1] / after[4]:.3f}"
    )


if __name__ == "__main__":
    main()
