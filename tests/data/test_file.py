import numpy as np
import pytest

from keras_gans import data
from keras_gans.data import file

RNG = np.random.default_rng(0)
TABLE = RNG.normal(0, 1, (40, 2))


def write(path, rows, header="", delimiter=","):
    np.savetxt(path, rows, delimiter=delimiter, header=header, comments="", fmt="%.17g")
    return path


@pytest.mark.parametrize("name, delimiter", [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("A.CSV", ",")])
@pytest.mark.parametrize("header", [("height", "weight"), ()])
def test_a_table(name, delimiter, header, tmp_path):
    path = write(tmp_path / name, TABLE, delimiter.join(header), delimiter)
    if not header:
        path.write_text(path.read_text().lstrip("\n"))
    found = data.from_file(path, batch_size=4)
    assert found.feature_names == (header or None) and found.name == path.stem and found.shape == (2,)
    np.testing.assert_array_equal(
        np.sort(np.concatenate([found.train_samples, found.validation_samples])[:, 0]),
        np.sort(TABLE[:, 0].astype("float32")),
    )
    same = data.from_samples(TABLE, batch_size=4)
    assert same.fingerprint == found.fingerprint


@pytest.mark.parametrize(
    "text, names, rows",
    [
        ('\ufeff"size, cm","weight"\r\n1, 2\r\n\r\n3,4\r\n,\r\n', ("size, cm", "weight"), [[1, 2], [3, 4]]),
        ("sep=;\r\na;b\r\n1;2\r\n", ("a", "b"), [[1, 2]]),
        ("\na;b\n1;2\n", ("a", "b"), [[1, 2]]),
        ("size (m;cm;mm),b\n1,2\n", ("size (m;cm;mm)", "b"), [[1, 2]]),
        ('"two\nlines","line\u2028end"\n1,2\n', ("two\nlines", "line\u2028end"), [[1, 2]]),
        ("0,1,2\n5,6,7\n", None, [[5, 6, 7]]),  # pandas, of columns without names
        ("0,1\n1,0\n", None, [[0, 1], [1, 0]]),
        ("a\n1\n2\n", ("a",), [[1], [2]]),
        ("1\n2\n", None, [[1], [2]]),
        ("1e-3,-2\n", None, [[0.001, -2]]),
    ],
)
def test_what_is_written_as_a_table(text, names, rows, tmp_path):
    (tmp_path / "a.csv").write_bytes(text.encode())
    array, found = file.read_table(tmp_path / "a.csv")
    assert found == names == file.table_names(tmp_path / "a.csv") and array.tolist() == rows


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "no rows"),
        ("a,b\n", "names and no rows"),
        ("a,b\n1,2\n3,red\n", "line 3, column b: 'red' is not a number. Encode it"),
        ("a,b\n1,2\n,4\n", "line 3, column a: no value. Fill it"),
        ("1,2\n3,4,5\n", "line 2: 3 cells, expected 2"),
        ("1,2\n3,x\n", "line 2, column 2: 'x'"),
        (",a\n0,1\n", r"column 1 has no name.*to_csv\(path, index=False\)"),
        ("a,a\n1,2\n3,4\n", "names a, a; expected one name for each, all different"),
        ("0.1,NA\n1,2\n", "line 1, column 2: 'NA' beside numbers"),
        ("a,b\nNA,1\n", "line 2, column a: 'NA' is no value. Fill it"),
        ("a;b\n1,5;2\n", "line 2, column a: '1,5' has a comma. Write a decimal point"),
        ("a,b\n1_000,2\n", "'1_000' is not a number"),
        ('a,"b\n' + 200_000 * "x", "line 2: not a table .field larger"),
        ("a,b\n1,nan\n3,4\n", "1 values are NaN or infinite in features b"),
        ("a,b\n1,2\n1,4\n", "feature a has one value everywhere"),
    ],
)
def test_a_table_that_is_none(text, message, tmp_path):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        data.from_file(tmp_path / "a.csv", batch_size=1)


def test_a_table_in_another_encoding(tmp_path):
    (tmp_path / "a.csv").write_bytes("größe,b\n1,2\n".encode("latin-1"))
    with pytest.raises(ValueError, match="not UTF-8 text.*Save the table"):
        data.from_file(tmp_path / "a.csv")


def test_the_rows_of_a_series_are_cut_into_windows(tmp_path):
    path = write(tmp_path / "days.csv", TABLE, "open,close")
    found = data.from_file(path, steps=8, batch_size=4, in_order=True, gap=3)
    assert found.shape == (8, 2) and found.feature_names == ("open", "close")
    np.testing.assert_array_equal(found.train_samples, data.windows(TABLE, 8)[: len(found.train_samples)].astype("float32"))
    apart = data.from_file(path, steps=8, batch_size=4, in_order=True, validation=0.5)
    assert len(apart.train_samples) == 17 and len(apart.validation_samples) == 16 - 7, "less those that share times"
    assert len(data.from_file(path, steps=8, stride=4, batch_size=2).train_samples) == 7  # of 9, 2 held out


def test_arrays(tmp_path):
    images = RNG.integers(0, 256, (40, 8, 8, 3), "uint8")
    np.save(tmp_path / "images.npy", images)
    np.savez(tmp_path / "labelled.npz", images=images, labels=np.arange(40) % 3)
    np.savez(tmp_path / "one.npz", TABLE)
    assert data.from_file(tmp_path / "images.npy", batch_size=8, image_size=4).shape == (4, 4, 3)
    labelled = data.from_file(tmp_path / "labelled.npz", batch_size=8, with_labels=True)
    assert set(labelled.train_labels) == {0, 1, 2} and labelled.train_labels.dtype == np.int32
    assert data.from_file(tmp_path / "one.npz", batch_size=8).shape == (2,)


@pytest.mark.parametrize(
    "name, options, message",
    [
        ("images.npy", {"steps": 4}, "steps=4 is for a series"),
        ("sequences.npy", {"steps": 4}, r"steps=4 is for a series \(times, features\), and this has shape \(9, 4, 2\)"),
        ("sequences.npy", {"stride": 2}, "stride=2 without steps="),
        (
            "grey.npy",
            {},
            r"uint8 values of shape \(9, 8, 8\). Grey images need an axis of channels: save images\[..., None\]",
        ),
        ("two.npz", {}, "holds a, b; expected one array, or images and labels"),
        ("damaged.npy", {}, "not a readable array file"),
        ("notes.txt", {}, "expected one of .csv, .tsv, .npy, .npz"),
    ],
)
def test_arrays_that_are_none(name, options, message, tmp_path):
    np.save(tmp_path / "images.npy", RNG.integers(0, 256, (9, 8, 8, 3), "uint8"))
    np.save(tmp_path / "sequences.npy", RNG.normal(size=(9, 4, 2)))
    np.savez(tmp_path / "two.npz", a=TABLE, b=TABLE)
    np.save(tmp_path / "grey.npy", RNG.integers(0, 256, (9, 8, 8), "uint8"))
    (tmp_path / "damaged.npy").write_bytes(b"\x93NUMPY")
    (tmp_path / "notes.txt").write_text("all of it")
    with pytest.raises(ValueError, match=message):
        data.from_file(tmp_path / name, batch_size=2, **options)


@pytest.mark.parametrize(
    "option, message",
    [("labels", "Did you mean 'with_labels'"), ("step", "Did you mean 'steps'"), ("name_", "Did you mean")],
)
def test_an_unknown_option(option, message, tmp_path):
    np.save(tmp_path / "images.npy", RNG.integers(0, 256, (9, 8, 8, 3), "uint8"))
    with pytest.raises(TypeError, match=f"from_file.*Unknown option '{option}'. {message}"):
        data.from_file(tmp_path / "images.npy", **{option: 4})


@pytest.mark.parametrize("name", ["a.npy", "a.csv"])
def test_no_file(name, tmp_path):
    with pytest.raises(FileNotFoundError, match=name):
        data.from_file(tmp_path / name)


def test_objects_are_not_unpickled(tmp_path):
    np.save(tmp_path / "a.npy", np.array([print], object), allow_pickle=True)
    with pytest.raises(ValueError, match="not a readable array file"):
        data.from_file(tmp_path / "a.npy")


def test_columns_to_drop(tmp_path):
    (tmp_path / "a.csv").write_text("id,a,b\nx,1,2\ny,3,4\n")
    for drop in (["id"], ["id", "b"]):
        array, names = file.read_table(tmp_path / "a.csv", drop)
        assert names == (("a",) if "b" in drop else ("a", "b")) and array[:, 0].tolist() == [1, 3]
    for drop, message in (("id,a,b", "leaves no column"), ("c", "Unknown column 'c'"), ("x", "Unknown column 'x'")):
        with pytest.raises(ValueError, match=message):
            data.from_file(tmp_path / "a.csv", drop=drop)
    np.save(tmp_path / "a.npy", TABLE)
    with pytest.raises(ValueError, match="only columns of a table have names"):
        data.from_file(tmp_path / "a.npy", drop="id")


def test_a_column_that_counts_the_rows_is_said(tmp_path):
    rows = np.column_stack([np.arange(1000, 1040), TABLE])
    path = write(tmp_path / "a.csv", rows, "id,a,b")
    with pytest.warns(UserWarning, match="id counts the rows in equal steps.*-d drop=id"):
        data.from_file(path, batch_size=4)
    with pytest.warns(UserWarning, match="id counts the rows"):
        data.from_file(path, batch_size=4, steps=4)
    assert data.from_file(path, batch_size=4, drop="id").feature_names == ("a", "b")  # a warning would be an error here
