"""The parts that a page is made of: text goes in as it is and comes out escaped."""

import base64
import html
import pathlib

STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --soft: #5f6670; --line: #d9dde2; --card: #f5f6f8; --alarm: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --paper: #15171a; --soft: #a0a7b0; --line: #353a41; --card: #1f2226; --alarm: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-top: .8rem; border-top: 1px solid var(--line); }
p { margin: .4rem 0; max-width: 46rem; }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
.alarm { color: var(--alarm); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem .3rem 0; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 0; }
.pictures { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); align-items: start; }
img { display: block; width: 100%; height: auto; border-radius: 4px; background: #fff; }
.pictures img { max-width: 44rem; }
.wide img { min-width: 34rem; }
pre { background: var(--card); padding: .7rem; border-radius: 4px; overflow-x: auto; font-size: .85rem; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .2rem 1rem; font-size: .9rem; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
"""


def page(title, parts):
    """The whole document; `parts` are HTML, empty ones are left out."""
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def section(title, *parts):
    """A heading and what belongs to it; nothing where there is nothing."""
    body = "\n".join(part for part in parts if part)
    return f"<section>\n<h2>{html.escape(title)}</h2>\n{body}\n</section>" if body else ""


def paragraph(text, kind=""):
    """A paragraph, of class `kind`."""
    return f"<p{attribute(kind)}>{html.escape(text)}</p>"


def attribute(kind):
    return f' class="{kind}"' if kind else ""


def number(name, value, text):
    """A number with its name and its full value."""
    return f'<data title="{html.escape(name)}" value="{float(value)!r}">{html.escape(text)}</data>'


def table(heads, rows):
    """A table that scrolls inside itself. Cells are text, or HTML where they begin with `<data`."""

    def line(tag, cells):
        inside = (cell if cell.startswith("<data ") else html.escape(cell) for cell in cells)
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in inside) + "</tr>"

    body = "\n".join(line("td", row) for row in rows)
    return f'<div class="scroll" tabindex="0">\n<table>\n{line("th", heads)}\n{body}\n</table>\n</div>' if rows else ""


def pairs(found):
    """{name: text} as a list of names and their values."""
    inside = "\n".join(f"<dt>{html.escape(str(name))}</dt><dd>{html.escape(str(text))}</dd>" for name, text in found.items())
    return f"<dl>\n{inside}\n</dl>" if found else ""


def commands(*lines):
    """Commands to copy."""
    return f'<pre tabindex="0">{html.escape(chr(10).join(lines))}</pre>'


def figure(path, words, narrow=None, wide=False):
    """A picture inside the page with its description below it; `narrow` is what a narrow window shows instead; there a `wide` one
    scrolls inside itself."""
    text = html.escape(words)
    source = f'<source media="(max-width: 640px)" srcset="{data_uri(narrow)}">' if narrow else ""
    picture = f'<picture>{source}<img src="{data_uri(path)}" alt="{text}"></picture>'
    if wide:
        picture = f'<div class="scroll wide" tabindex="0">{picture}</div>'
    return f"<figure>\n{picture}\n<figcaption>{text}</figcaption>\n</figure>"


def data_uri(path):
    """A picture file as an address that holds it."""
    path = pathlib.Path(path)
    kind = {".gif": "gif", ".png": "png"}[path.suffix]
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
