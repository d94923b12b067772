import math

from keras_gans.tuning import words


def test_short():
    assert words.short(1234.567) == "1234.57" and words.short(0.000123456) == "0.000123" and words.short(3) == "3"
    assert words.short(True) == "True" and words.short(math.inf) == "inf" and words.short([1]) == "[1]"


def test_reasons_of_one_kind_are_grouped():
    failed = [{"trial": "03", "reason": "nan: d_loss became NaN in epoch 2"}, {"trial": "11", "reason": "nan: g_loss"}]
    failed += [{"trial": "4", "reason": "KeyError: 'a'"}]
    assert words.grouped(failed) == {"nan": ["3", "11"], "KeyError: 'a'": ["4"]}


def test_a_line():
    trial = {"trial": "07", "status": "COMPLETED", "score": 3.0, "seconds": 2.4, "drawn": {"a": 1, "tuner/round": 2}}
    assert words.line(trial, "fid", trial, 8, 20) == "[8/20] trial 7: fid 3; best 3, trial 7; 2 s; a 1"
    failed = {**trial, "status": "FAILED", "reason": "out of\nmemory"}
    assert words.line(failed, "fid", None, 1, None) == "[1] trial 7: failed: out of memory; 2 s; a 1"
