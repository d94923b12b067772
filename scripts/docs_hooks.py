"""What the docs site shows that lies elsewhere: the README as its first page, and the zoo's cards and pictures."""

import pathlib
import re

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).parent.parent


def on_files(files, config):
    """Adds them under the names by which pages link to them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=re.sub(r"\]\(docs/", "](", readme)))
    for card in sorted(ROOT.glob("zoo/*/scores.json")):
        name = card.parent.name
        text = (card.parent / "README.md").read_text(encoding="utf-8")
        files.append(File.generated(config, f"zoo/{name}/index.md", content=text))
        files.append(File.generated(config, f"zoo/{name}/samples.png", abs_src_path=str(card.parent / "samples.png")))
    return files
