"""`keras-gans list`, `card`, `verify`, `preset`."""

from keras_gans.cli.answer import Answer


def run_list(arguments):
    """`keras-gans list`."""
    from keras_gans import zoo

    names, recipes = zoo.names(), zoo.recipes()
    text = f"pretrained: {', '.join(names)}\nrecipes, untrained, their data have to be downloaded: {', '.join(recipes)}"
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
        found.append(zoo.verify(name, draws=arguments.draws))
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


def run_preset(arguments):
    """`keras-gans preset`."""
    from keras_gans import zoo

    entry = zoo.from_run(arguments.run, arguments.folder)
    return Answer(f"entry in {entry}", {"entry": str(entry)})
