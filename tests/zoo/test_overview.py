from keras_gans import zoo


def test_a_row_for_every_entry():
    lines = zoo.table().splitlines()
    assert len(lines) == 2 + len(zoo.names()) and all(f"| `{name}` |" in zoo.table() for name in zoo.names())
    assert {line.count("|") for line in lines} == {lines[0].count("|")}
    assert " reverse_kl " in next(line for line in lines if "`dense_gan_ring`" in line), (
        "a Fréchet distance does not see modes"
    )
