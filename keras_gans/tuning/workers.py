"""KerasTuner's chief and its workers as processes on one machine."""

import contextlib
import os
import pathlib
import socket
import subprocess
import threading
import time

from keras_gans.errors import SearchFailed

ROLE, PARENT, FOLDER = "KERASTUNER_TUNER_ID", "KERAS_GANS_PARENT", "KERAS_GANS_SEARCH"


def role():
    """ "chief", "worker" or None: what the environment makes of this process (KerasTuner's own variables)."""
    name = os.environ.get(ROLE) if "KERASTUNER_ORACLE_IP" in os.environ else None
    return None if name is None else "chief" if "chief" in name else "worker"


def is_for(folder):
    """Whether this process is no worker, or one for the search in this folder: a script may have several searches, and its workers go
    through it from the top."""
    wanted = os.environ.get(FOLDER)
    return wanted is None or wanted == str(pathlib.Path(folder).resolve())


def end_with_parent():
    """Lets a worker end when the process that started it has gone, however that ended. Returns the thread that watches, or None."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return None

    def watch():
        while os.getppid() == int(parent):
            time.sleep(1)
        os._exit(1)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    return watcher


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def as_chief(port):
    """This process as the chief, within the block."""
    names = {ROLE: "chief", "KERASTUNER_ORACLE_IP": "127.0.0.1", "KERASTUNER_ORACLE_PORT": str(port)}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


class Workers:
    """Worker processes of a chief.

    Args:
        command: list of words that calls `tune` with the same arguments in another process.
        count: how many.
        folder: of the search.
        port: of the chief.
    """

    def __init__(self, command, count, folder, port):
        self.command, self.folder, self.port = command, str(pathlib.Path(folder).resolve()), port
        self.names = [f"tuner{i}" for i in range(count)]
        self.processes: dict[str, subprocess.Popen] = {}  # those that were started

    def start(self, name):
        names = {ROLE: name, "KERASTUNER_ORACLE_IP": "127.0.0.1", "KERASTUNER_ORACLE_PORT": str(self.port)}
        names |= {PARENT: str(os.getpid()), FOLDER: self.folder}
        self.processes[name] = subprocess.Popen(self.command, env={**os.environ, **names}, stdin=subprocess.DEVNULL)

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            process.wait()

    def serve(self, oracle, failed):
        """Answers the workers until each of them has ended. One that dies in a trial fails that trial, and is started again; so is one
        that dies after a trial.

        Args:
            oracle: of the search.
            failed: function of (trial, reason), called for a trial whose process died.

        Raises:
            SearchFailed: a worker ends at once, without a trial.
        """
        import concurrent.futures

        import grpc
        from keras_tuner.src import protos
        from keras_tuner.src.distribute.oracle_chief import OracleServicer

        server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=1))
        protos.get_service_grpc().add_OracleServicer_to_server(OracleServicer(oracle), server)
        server.add_insecure_port(f"127.0.0.1:{self.port}")
        server.start()
        try:
            for name in self.names:
                self.start(name)
            running, worked = set(self.names), set()
            while running:
                time.sleep(0.2)
                worked |= set(oracle.ongoing_trials)
                for name in sorted(running):
                    code = self.processes[name].poll()
                    if code is None:
                        continue
                    trial = oracle.ongoing_trials.get(name)
                    if trial is not None:
                        failed(trial, f"its process ended with code {code}" + (" (out of memory?)" if code == -9 else ""))
                        self.start(name)
                    elif code == 0:
                        running.discard(name)
                    elif name in worked:
                        worked.discard(name)
                        self.start(name)
                    else:
                        raise SearchFailed(
                            f"Worker {name} ended with code {code} before it had a trial; its message stands above."
                        )
        finally:
            self.stop()
            server.stop(0)
