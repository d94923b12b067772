import html
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

import keras_gans
from keras_gans import runs
from keras_gans.callbacks.run_folder import read_history
from keras_gans.report import report

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LOOK = """<script>addEventListener("load", () => {
  const seen = {
    pictures: [...document.images].map(i => [i.complete, i.naturalWidth]),
    wide: document.documentElement.scrollWidth, window: innerWidth,
    numbers: Object.fromEntries([...document.querySelectorAll("data")].map(d => [d.title, d.value])),
    text: document.body.innerText,
  };
  const pre = document.createElement("pre"); pre.id = "seen"; pre.textContent = JSON.stringify(seen);
  document.body.replaceChildren(pre);
})</script>"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of images with scores, an alarm and a name that is HTML."""
    folder = tmp_path_factory.mktemp("report") / "run <b>"
    data = keras_gans.data.load("digits", batch_size=64)
    gan = keras_gans.DCGAN((8, 8, 1), 4, width=4, seed=0)
    gan.compile()
    runs.train(gan, data, folder, epochs=3, every=2, verbose=0, command="keras-gans train dcgan")
    alarm = {"epoch": 2, "kind": "spike", "message": "spike: d_loss is 9 <i>; nothing was done.", "action": "warn"}
    (folder / "alarms.json").write_text(json.dumps([alarm]))
    return folder


def test_a_finished_run(finished, tmp_path):
    path = report(finished)
    text, summary = path.read_text(), json.loads((finished / "summary.json").read_text())
    assert path == finished / "report.html" and "has not finished" not in text
    for key, value in summary["scores"].items():
        assert f'title="score {key}" value="{value!r}"' in text
        assert f'title="real {key}" value="{summary["real_scores"][key]!r}"' in text
    assert f'title="best fid[digits]" value="{summary["best"]["fid[digits]"]["value"]!r}"' in text
    assert "Epoch 2: spike: d_loss is 9 &lt;i&gt;; nothing was done." in text and "<i>" not in text and "<b>" not in text
    settings = json.loads((finished / "run.json").read_text())
    assert (
        settings["data"]["fingerprint"] in text
        and "Adam(learning_rate=0.0002" in text
        and summary["versions"]["keras"] in text
    )
    assert "--resume" in text and "keras-gans generate" in text and "Fréchet distance" in text
    assert text.count("<img ") == 5 and text.count('src="data:image/') == 5 and not re.search(r'(src|href)="(?!data:)', text)
    assert report(finished, tmp_path / "other" / "page.html").read_text() == text


def test_a_killed_run_gets_what_there_is(finished, tmp_path):
    killed = tmp_path / "killed"
    shutil.copytree(finished, killed)
    for name in (
        "summary.json",
        "samples.png",
        "curves.png",
        "interpolation.png",
        "nearest.png",
        "samples.gif",
        "alarms.json",
    ):
        (killed / name).unlink()
    text = report(killed).read_text()
    last = read_history(killed / "history.csv")[-1]["val_fid[digits]"]
    assert "has not finished" in text and f'title="score fid[digits]" value="{last!r}"' in text
    assert "Samples after epoch 3." in text and text.count("<img ") == 3 and "Alarms" not in text
    for path in (killed / "samples").iterdir():
        path.unlink()
    for name in ("history.csv", "model.keras"):
        (killed / name).unlink()
    text = report(killed).read_text()
    assert "0 of 3 epochs" in text and "<img" not in text and "keras-gans generate" not in text


def test_vectors_have_their_comparison(tmp_path):
    gan = keras_gans.DenseGAN(13, widths=(8,), seed=0)
    gan.compile()
    runs.train(gan, keras_gans.data.load("wine"), tmp_path / "run", epochs=1, verbose=0)
    assert "Generated samples against real ones." in report(tmp_path / "run").read_text()


def test_what_is_no_run_raises(tmp_path):
    with pytest.raises(FileNotFoundError, match="not a run folder"):
        report(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(FileNotFoundError, match="no readable run.json"):
        report(tmp_path)


@pytest.mark.skipif(BROWSER is None, reason="no chromium, chromium-browser or google-chrome is installed")
@pytest.mark.parametrize("width, height", [(360, 800), (1280, 900)])
def test_in_a_browser(finished, tmp_path, width, height):
    page = tmp_path / "page.html"
    # a headless window is at least 500 wide: a frame is as narrow as a phone
    inside = html.escape(report(finished).read_text().replace("</body>", f"{LOOK}</body>"))
    out = """<script>addEventListener("load", () => setTimeout(() => document.body.append(
        Object.assign(document.createElement("pre"), {id: "out", textContent:
        document.querySelector("iframe").contentDocument.getElementById("seen").textContent})), 500))</script>"""
    frame = f'<iframe style="border:0" width="{width}" height="{height}" srcdoc="{inside}"></iframe>'
    page.write_text(f'<!doctype html><meta charset="utf-8"><body>{frame}{out}</body>')
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=3000",
        f"--user-data-dir={tmp_path / 'browser'}",
    ]
    command = [BROWSER, *options, f"--window-size={max(width, 500) + 40},{height}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    seen = json.loads(html.unescape(found[1]))
    assert len(seen["pictures"]) == 5 and all(complete and natural > 0 for complete, natural in seen["pictures"])
    assert seen["wide"] <= seen["window"] == width
    summary = json.loads((finished / "summary.json").read_text())
    numbers = {name: float(value) for name, value in seen["numbers"].items()}
    for key, value in summary["scores"].items():
        assert numbers[f"score {key}"] == value and numbers[f"real {key}"] == summary["real_scores"][key]
    assert [numbers[f"class {name}"] for name in summary["class_counts"]] == list(summary["class_counts"].values())
    assert numbers["epoch fid[digits]"] == summary["best"]["fid[digits]"]["epoch"]
    np.testing.assert_equal(numbers["best fid[digits]"], summary["best"]["fid[digits]"]["value"])
    assert "3 of 3 epochs" in seen["text"]
