"""What the docs site shows that lies elsewhere: README, CONTRIBUTING and CHANGELOG as pages, the zoo's cards and pictures."""

import pathlib

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).parent.parent


def on_files(files, config):
    """Adds them under the names by which pages link to them."""
    for source, page in (
        ("README.md", "index.md"),
        ("CONTRIBUTING.md", "CONTRIBUTING.md"),
        ("CHANGELOG.md", "CHANGELOG.md"),
    ):
        text = (ROOT / source).read_text(encoding="utf-8")
        text = text.replace("](docs/", "](").replace("](README.md", "](index.md")
        files.append(File.generated(config, page, content=text))
    for card in sorted(ROOT.glob("zoo/*/scores.json")):
        name = card.parent.name
        text = (card.parent / "README.md").read_text(encoding="utf-8")
        files.append(File.generated(config, f"zoo/{name}/index.md", content=text))
        files.append(File.generated(config, f"zoo/{name}/samples.png", abs_src_path=str(card.parent / "samples.png")))
    return files
