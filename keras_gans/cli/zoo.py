"""`keras-gans list`, `card`, `verify`, `preset`."""

import pathlib

from keras_gans.cli.answer import Answer


def run_list(arguments):
    """`keras-gans list`."""
    from keras_gans import zoo
    from keras_gans.zoo import overview

    names, recipes = zoo.names(), zoo.recipes()
    text = "\n  ".join(["pretrained:", *overview.lines(), ""])
    text = f"{text.rstrip()}\nrecipes, untrained, their data have to be downloaded: {', '.join(recipes)}"
    return Answer(text, {"names": names, "recipes": recipes})


def run_card(arguments):
    """`keras-gans card`."""
    from keras_gans import zoo

    card = zoo.card(arguments.entry)
    text = card.pop("text")
    return Answer(text.rstrip(), card)


def run_verify(arguments):
    """`keras-gans verify`: 0 where every score was met, 1 where one was not."""
    from keras_gans import zoo

    found = []
    for name in arguments.entries or zoo.names():
        found.append(zoo.verify(name, draws=arguments.draws, data=other_data(name, arguments.data)))
        print(found[-1], flush=True)
    passed = all(one.passed for one in found)
    rows = ("score", "card", "now", "tolerance", "passed")
    entries = [
        {
            "name": one.name,
            "passed": one.passed,
            "seconds": one.seconds,
            "scores": [dict(zip(rows, row)) for row in one.rows],
        }
        for one in found
    ]
    return Answer("", {"passed": passed, "entries": entries}, 0 if passed else 1)


def other_data(name, place):
    """What an entry was measured on, from another place than its recipe names; None for none."""
    from keras_gans import zoo

    if place is None:
        return None
    scores = zoo.card(name)["scores"]
    recipe = (scores or {}).get("data", {}).get("recipe") or {}
    return zoo.data_of({**recipe, "data": place})


def run_preset(arguments):
    """`keras-gans preset`."""
    from keras_gans import zoo

    if arguments.folder in zoo.names():
        raise ValueError(
            f"{arguments.folder}: an entry of the package has this name, which would be found in its place. Choose another."
        )
    replaced = (pathlib.Path(arguments.folder) / "manifest.json").exists()
    entry = zoo.from_run(arguments.run, arguments.folder)
    scores = zoo.card(entry)["scores"]
    text = f"entry in {entry}" + (" in place of the one that was there" if replaced else "")
    if scores["split"] == "validation":
        text += "\nIts scores are of the split that chose its epoch, and flatter it: keras-gans train --test 0.5 keeps another apart."
    return Answer(text, {"entry": str(entry), "split": scores["split"]})
