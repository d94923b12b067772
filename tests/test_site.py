"""The docs site: built without a warning, and every page looked at in a browser, as wide as a phone."""

import functools
import http.server
import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import threading

import pytest

ROOT = pathlib.Path(__file__).parent.parent
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PHONE = 390
LOOK = """<!doctype html><meta charset="utf-8"><body><iframe width="%d" height="800" style="border:0"></iframe><script>
const frame = document.querySelector("iframe"), pages = %s, seen = {};
async function look(page) {
  await new Promise(done => { frame.onload = done; frame.src = page });
  const inside = frame.contentDocument, pictures = [...inside.images];
  pictures.forEach(picture => picture.loading = "eager");
  await Promise.allSettled(pictures.map(picture => picture.decode()));
  seen[page] = {title: inside.title, wide: inside.documentElement.scrollWidth, pictures: pictures.length, text: inside.body.innerText.length,
                broken: pictures.filter(picture => !picture.naturalWidth).map(picture => picture.src)};
}
(async () => { for (const page of pages) await look(page); fetch("/", {method: "POST", body: JSON.stringify(seen)}) })()
</script>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site; it was built without a warning, and every link between pages leads somewhere."""
    folder = tmp_path_factory.mktemp("site")
    line = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--site-dir",
        str(folder),
    ]  # --quiet would count no warnings
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # of what may come after this version of the theme
    done = subprocess.run(line, cwd=ROOT, env=quiet, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 0 and not re.findall("(?:WARNING|ERROR).*", said), said[-3000:]
    return folder


def test_it_is_built(site):
    assert (site / "index.html").exists() and (site / "zoo" / "dcgan_digits" / "samples.png").exists()


def test_links_of_pages_lead_somewhere_on_disk_too():
    """Where they are read without the site. (Links to anchors, and of notebooks, are checked by its build.)"""
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            assert "://" in link or (page.parent / link).exists(), f"{page.name}: {link}"
        assert not re.search("^(TABLE|TODO|FIXME)", page.read_text(), re.MULTILINE), page


class Server(http.server.SimpleHTTPRequestHandler):
    """The site's files, silently; what a page posts is kept."""

    posted = queue.Queue()

    def do_POST(self):
        self.posted.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.skipif(BROWSER is None, reason="no chromium, chromium-browser or google-chrome is installed")
def test_every_page_in_a_browser(site, tmp_path):
    """No picture is missing, nothing is said on the console, and no page is wider than a phone."""
    pages = sorted(f"/{path.parent.relative_to(site).as_posix()}/".replace("/./", "/") for path in site.rglob("index.html"))
    assert len(pages) > 40
    (site / "look.html").write_text(LOOK % (PHONE, json.dumps(pages)))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=600,900"]
    options += [f"--user-data-dir={tmp_path / 'browser'}", f"http://127.0.0.1:{server.server_port}/look.html"]
    with open(tmp_path / "said", "w") as said, subprocess.Popen([BROWSER, *options], stderr=said) as browser:
        try:
            seen = Server.posted.get(timeout=180)
        finally:
            browser.terminate()
    server.shutdown()
    server.server_close()
    assert list(seen) == pages and sum(page["pictures"] for page in seen.values()) > 30
    assert not [line for line in (tmp_path / "said").read_text().splitlines() if "CONSOLE" in line]
    assert {name: page["broken"] for name, page in seen.items() if page["broken"]} == {}
    assert {name: page["wide"] for name, page in seen.items() if page["wide"] > PHONE} == {}
    assert {name: page["text"] for name, page in seen.items() if page["text"] < 300} == {}
