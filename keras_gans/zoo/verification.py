"""Every claim of a card, computed again."""

import dataclasses
import statistics
import time

from keras_gans.data import Data
from keras_gans.errors import unknown, whole_number
from keras_gans.types import Path
from keras_gans.zoo import folder, handles, scores
from keras_gans.zoo.entries import load


@dataclasses.dataclass
class Verification:
    """What `verify` found. True where every score was met.

    Attributes:
        name: of the entry.
        rows: [(key, value on the card, value now, tolerance, passed)].
        seconds: that it took.
    """

    name: str
    rows: list
    seconds: float

    @property
    def passed(self) -> bool:
        return all(row[-1] for row in self.rows)

    def __bool__(self):
        return self.passed

    def __str__(self) -> str:
        width = max(len(row[0]) for row in self.rows)
        lines = [f"{self.name}: {'pass' if self.passed else 'FAIL'} ({self.seconds:.0f} s)"]
        for key, card, now, tolerance, passed in self.rows:
            lines.append(
                f"  {key:{width}}  card {card:10.4f}  now {now:10.4f}  within {tolerance:.4f}  {'pass' if passed else 'FAIL'}"
            )
        return "\n".join(lines)


def verify(handle: Path, *, data: Data | None = None, draws: int | None = None) -> Verification:
    """Computes every score of an entry's card again, from its weights and its data, and says whether each is met.

    Args:
        handle: as in `zoo.load`.
        data: that it was measured on, where the card cannot name one to load.
        draws: samplings to repeat, of those that the card is a mean over; by default all. Each is compared with itself.

    Raises:
        ValueError: a damaged entry; one without scores; other data than it was measured on; more draws than there are.
    """
    start = time.perf_counter()
    place = handles.find(handle)
    folder.check(place)
    known = folder.read(place, "scores.json")
    if not known:
        raise ValueError(f"{handle}: has no scores, so that there is nothing to verify.")
    if data is None:
        source = known["data"].get("recipe")
        if not source:
            raise ValueError(f"{handle}: was measured on {known['data']['name']!r}, which has to be loaded. Pass data=.")
        try:
            data = scores.data_of(source)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"{handle}: was measured on {source['data']!r}, which is not here, with fingerprint {known['data']['fingerprint'][:12]}. "
                "Pass data= (on the command line --data)."
            ) from error
    if data.fingerprint != known["data"]["fingerprint"]:
        raise ValueError(
            f"{handle}: was measured on {known['data']['name']!r} with fingerprint {known['data']['fingerprint'][:12]}; these have "
            f"{data.fingerprint[:12]}. Load the same data with the same splits; what is rendered or decoded here, with the same versions of "
            "packages."
        )
    count = len(known["seeds"]) if draws is None else whole_number("draws", draws)
    if count > len(known["seeds"]):
        raise ValueError(f"draws={draws}: the card has {len(known['seeds'])}.")
    extractor = "auto" if known["extractor"] is None else known["extractor"]
    again = scores.measure(load(handle), data, known["metrics"], extractor=extractor, draws=count)
    if again["extractor_sha256"] != known["extractor_sha256"] and known["extractor"] != "raw":
        raise ValueError(f"{handle}: was measured with another extractor {known['extractor']!r} than this version has.")
    rows = []
    for key, score in known["scores"].items():
        if key not in again["scores"]:
            raise ValueError(f"{handle}: the card has {unknown('score', key, again['scores'])}")
        card = statistics.fmean(score["draws"][:count])
        now = again["scores"][key]["value"]
        rows.append((key, card, now, score["tolerance"], abs(now - card) <= score["tolerance"]))
    return Verification(str(handle), rows, time.perf_counter() - start)
