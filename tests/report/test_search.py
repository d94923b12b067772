import json

import keras_gans
from keras_gans import tuning
from keras_gans.report import report


def test_a_search_is_a_page(tmp_path):
    """One trial that finishes and one that does not; the page's numbers are the search's."""
    wine, folder = keras_gans.data.load("wine"), tmp_path / "a <b>"
    options = {"tuner": "grid", "arguments": {"widths": [4]}, "epochs": 1, "rerun": 1, "seeds": 2, "directory": folder}
    command = "keras-gans tune dense_gan <i>"
    space = {"learning_rate": [1e-3, 1e38]}
    found = tuning.tune("dense_gan", wine, space=space, command=command, verbose=False, **options)
    text = report(folder).read_text()
    assert f'title="score 0" value="{found.ranked()[0]["score"]!r}"' in text
    assert f'title="mean default" value="{found.default.mean!r}"' in text
    assert "nan: " in text and text.count("<img ") == 1 and "<i>" not in text and "<b>" not in text
    assert found.verdict().split(":")[0] in text and "keras-gans train --recipe" in text
    (folder / "reruns.json").unlink()
    (folder / "best.json").unlink()
    for path in (folder / "trials").glob("trial_*"):
        (path / "result.json").write_text(json.dumps({}))
    text = report(folder).read_text()
    assert "0 of 20 trials" in text and "<img" not in text and "--recipe" not in text
