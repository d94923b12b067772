"""Finished runs of a benchmark, kept in a file: a second start goes on from there."""

import json
import pathlib


def add_option(parser):
    """--log FILE, whose value is a `Log`."""
    text = "file that keeps finished runs: a second start goes on from there"
    parser.add_argument("--log", type=Log, default=Log(None), metavar="FILE", help=text)


class Log:
    """{key: result}, a line of JSON each; without a path kept in this process alone."""

    def __init__(self, path):
        self.path = path and pathlib.Path(path)
        lines = self.path.read_text().splitlines() if self.path and self.path.exists() else []
        self.done = {json.dumps(key): result for key, result in map(json.loads, lines)}

    def once(self, key, run):
        """What `run()` gives, or gave when it was first run under this key (anything that JSON holds)."""
        name = json.dumps(key)
        if name not in self.done:
            self.done[name] = run()
            if self.path:
                with open(self.path, "a") as file:
                    file.write(json.dumps([key, self.done[name]]) + "\n")
        return self.done[name]
