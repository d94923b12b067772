"""`keras-gans list`, `card`, `verify`, `preset`."""

import json


def run_list(arguments):
    """`keras-gans list`."""
    from keras_gans import zoo

    if arguments.json:
        print(json.dumps({"names": zoo.names(), "recipes": zoo.recipes()}, indent=2))
        return 0
    print("pretrained: " + ", ".join(zoo.names()))
    print("recipes, untrained, their data have to be downloaded: " + ", ".join(zoo.recipes()))
    return 0


def run_card(arguments):
    """`keras-gans card`."""
    from keras_gans import zoo

    card = zoo.card(arguments.entry)
    text = card.pop("text")
    print(json.dumps(card, indent=2) if arguments.json else text.rstrip())
    return 0


def run_verify(arguments):
    """`keras-gans verify`: 0 where every score was met, 1 where one was not."""
    from keras_gans import zoo

    passed = True
    for name in arguments.entries or zoo.names():
        found = zoo.verify(name, draws=arguments.draws)
        print(found, flush=True)
        passed = passed and found.passed
    return 0 if passed else 1


def run_preset(arguments):
    """`keras-gans preset`."""
    from keras_gans import zoo

    print(f"entry in {zoo.from_run(arguments.run, arguments.folder)}")
    return 0
