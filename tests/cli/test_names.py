from keras_gans import data, losses, models, zoo
from keras_gans.cli import names
from keras_gans.metrics import embedded_extractors, scores
from keras_gans.training import policies, self_supervision


def test_they_are_the_librarys():
    assert names.architectures() == sorted(models.ARCHITECTURES)
    assert set(names.DATA) == set(data.EMBEDDED)
    assert set(names.LOSSES) == set(losses.REGISTRY)
    assert set(names.METRICS) == set(scores.GROUPS)
    assert set(names.POLICIES) == set(policies.POLICIES)
    assert set(names.TASKS) == set(self_supervision.TASKS)
    assert set(names.extractors()) == {"auto", "raw", "inception", *embedded_extractors()}
    assert names.entries() == zoo.names() and set(names.recipes()) == {*zoo.names(), *zoo.recipes()}


def test_those_of_tuning():
    from keras_gans.tuning import hypermodel, search, space

    assert set(names.TUNERS) == set(search.OPTIONS) and set(names.BUDGETS) == set(hypermodel.BUDGETS)
    assert set(names.SPACES) == set(space.READY)


def test_stages_are_those_there_are(small):
    from keras_gans.training import ready_stages

    for name in names.STAGES:
        if name != "length":  # for sequences
            assert ready_stages(name, small, 4)
