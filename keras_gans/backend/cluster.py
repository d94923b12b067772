"""The workers that the environment names: who they are, which one this process is, and whether all have come."""

import contextlib
import json
import os
import re
import socket
import time
from typing import NamedTuple

TF_CONFIG = '{"cluster": {"worker": ["HOST:PORT", ...]}, "task": {"type": "worker", "index": 0}}'


class Cluster(NamedTuple):
    """Several workers.

    Attributes:
        addresses: HOST:PORT of all of them.
        own: that of this process.
        is_chief: whether this process is the one that writes files.
    """

    addresses: list
    own: str
    is_chief: bool


def workers():
    """The `Cluster` that TF_CONFIG names, where it has several workers; None otherwise.

    Raises:
        ValueError: TF_CONFIG is no JSON, or this process's task is none of its cluster.
    """
    text = os.environ.get("TF_CONFIG")
    if not text:
        return None
    try:
        found = json.loads(text)
        cluster, task = found.get("cluster", {}), found.get("task", {})
    except (ValueError, AttributeError):
        raise ValueError(f"TF_CONFIG={text!r}: not a JSON object. Expected {TF_CONFIG}.") from None
    if not isinstance(cluster, dict) or not isinstance(task, dict):
        raise ValueError(f"TF_CONFIG={text!r}: cluster and task have to be objects. Expected {TF_CONFIG}.")
    job, index = task.get("type"), task.get("index")
    there = {name: cluster[name] for name in ("chief", "worker") if cluster.get(name)}
    if job not in there or not isinstance(index, int) or not 0 <= index < len(there[job]):
        named = ", ".join(f"{name} 0 to {len(addresses) - 1}" for name, addresses in there.items()) or "none"
        raise ValueError(f"TF_CONFIG: this process is {job!r} {index!r}; the cluster has {named}. Expected {TF_CONFIG}.")
    addresses = [address for job in there.values() for address in job]
    check_addresses(addresses, "TF_CONFIG", TF_CONFIG)
    leads = job == "chief" or ("chief" not in there and index == 0)
    return Cluster(addresses, there[job][index], leads) if len(addresses) > 1 else None


def jobs():
    """The `Cluster` that KERAS_DISTRIBUTION_JOB_ADDRESSES, _NUM_PROCESSES and _PROCESS_ID name, which `keras.distribution.initialize`
    reads; None without several.

    Raises:
        ValueError: they do not fit together.
    """
    names = [f"KERAS_DISTRIBUTION_{name}" for name in ("JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID")]
    text, number, own = (os.environ.get(name, "") for name in names)
    addresses = text.split(",")
    if not text or (len(addresses) == 1 and number == "1"):
        return None
    wanted = f"{names[0]}=HOST:PORT,HOST:PORT,... and {names[2]}=0, 1, ..., each process its own"
    if number not in ("", str(len(addresses))) or not own.isdecimal() or int(own) >= len(addresses):
        raise ValueError(f"{names[0]}={text!r}, {names[1]}={number!r}, {names[2]}={own!r}: expected {wanted}.")
    check_addresses(addresses, names[0], wanted)
    return Cluster(addresses, addresses[int(own)], own == "0")


def check_addresses(addresses, source, wanted):
    """Raises ValueError unless each is a HOST:PORT; `source` is the variable that has them."""
    for address in addresses:
        if not re.fullmatch(r".+:[0-9]+", str(address)):
            raise ValueError(f"{source}: {address!r} is no HOST:PORT. Expected {wanted}.")


def meet(addresses, own, wait):
    """Waits until every worker has reached every other, as far as this one sees; the engines would wait for ever, or not say for whom.

    Raises:
        TimeoutError: one of them was not there within `wait` seconds. OSError: the own port is taken.
    """
    port = int(own.rpartition(":")[2])
    others, end = {*addresses} - {own}, time.monotonic() + wait
    reached, heard = set(), set()
    try:
        server = socket.create_server(("", port), backlog=len(addresses))
    except OSError as error:
        raise OSError(f"This worker is {own}, and cannot listen there ({error}). Choose another port.") from None
    with server:
        server.settimeout(0.1)
        while missing := others - (reached & heard):
            if time.monotonic() > end:
                raise TimeoutError(
                    f"After {wait:g} s there is no worker at {', '.join(sorted(missing))}. Start every one, with the same addresses, "
                    "and see that they reach each other."
                )
            for address in sorted(others - reached):
                host, _, number = address.rpartition(":")
                with contextlib.suppress(OSError), socket.create_connection((host, int(number)), timeout=1) as there:
                    there.sendall(own.encode())
                    reached.add(address)
            with contextlib.suppress(OSError), server.accept()[0] as caller:
                caller.settimeout(1)
                heard.add(caller.recv(1024).decode(errors="replace"))
