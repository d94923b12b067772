import json

from keras_gans.cli.answer import Answer, progress


def test_words_or_one_document(capsys):
    answer = Answer("two words", {"value": float("nan")})
    answer.show(False), answer.show(True), Answer("", {}).show(False)
    words, document = capsys.readouterr().out.split("\n", 1)
    assert words == "two words" and json.loads(document) == {"value": None}


def test_progress_does_not_mix_with_a_document(capsys):
    for as_json in (False, True):
        with progress(as_json):
            print("epoch 1")
    said = capsys.readouterr()
    assert said.out == said.err == "epoch 1\n"
