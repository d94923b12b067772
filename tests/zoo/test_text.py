from keras_gans import zoo
from keras_gans.zoo.text import card_text, short


def test_a_card_says_what_was_measured_on_what(entry):
    text = zoo.card(entry[0])["text"]
    for part in (
        "![Samples](samples.png)",
        "of the test split",
        "| fid[digits] | min |",
        "CC BY 4.0",
        "keras-gans verify tiny",
    ):
        assert part in text, part


def test_nothing_measured_is_said():
    text = card_text("mine", {"architecture": "dcgan", "keras_gans": "0.1.0"}, None, 1_500_000)
    assert "Nothing was measured" in text and "1.50 MB" in text
    assert short(None) == "" and short(0.123456) == "0.1235"
