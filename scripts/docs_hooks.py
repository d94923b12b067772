"""What the docs site shows that lies elsewhere: README, CONTRIBUTING and CHANGELOG as pages, the zoo's cards and pictures. The site's root is
docs/, with the rest of the repository as if it lay there; links in the files are those on disk."""

import pathlib

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).parent.parent


def on_files(files, config):
    """Adds them under their own names."""
    for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / page).read_text(encoding="utf-8").replace("](docs/", "](")
        files.append(File.generated(config, page, content=text))
    for card in sorted(ROOT.glob("zoo/*/scores.json")):
        for name in ("README.md", "samples.png"):
            source = card.parent / name
            files.append(File.generated(config, source.relative_to(ROOT).as_posix(), abs_src_path=str(source)))
    return files


def on_page_markdown(markdown, page, **_):
    """A page's links out of docs/ are one folder shorter here."""
    out = "../" * (page.file.src_uri.count("/") + 1)
    return markdown.replace(f"]({out}", f"]({out[3:]}")
