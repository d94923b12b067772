import numpy as np
import pytest

from keras_gans.metrics import Gaussian


@pytest.fixture
def gaussian():
    return Gaussian.from_features(np.random.default_rng(0).normal(size=(50, 6)))


def test_moments_are_those_of_numpy():
    features = np.random.default_rng(0).normal(size=(50, 6)) + 3
    found = Gaussian.from_features(features)
    np.testing.assert_allclose(found.mean, features.mean(0), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(features, rowvar=False), rtol=1e-12)
    few = Gaussian.from_features(features[:4])
    np.testing.assert_allclose(few.covariance, np.cov(features[:4], rowvar=False), rtol=1e-10)
    assert few.centred.shape == (4, 6) and few.trace == pytest.approx(np.trace(few.covariance))
    np.testing.assert_allclose(found.factor @ found.factor.T, found.covariance, atol=1e-12)


def test_files_are_those_of_other_packages(gaussian, tmp_path):
    """mu and sigma in an npz, as pytorch-fid and clean-fid read and write them."""
    gaussian.save(tmp_path / "ours.npz", extractor="toy", mode="clean")
    with np.load(tmp_path / "ours.npz") as stored:
        np.testing.assert_array_equal(stored["mu"][:], gaussian.mean)
        np.testing.assert_array_equal(stored["sigma"][:], gaussian.covariance)
    again = Gaussian.load(tmp_path / "ours.npz", extractor="toy", mode="clean")
    assert (again.count, again.about) == (50, {"extractor": "toy", "mode": "clean"})
    np.savez(tmp_path / "theirs.npz", mu=gaussian.mean, sigma=gaussian.covariance)
    theirs = Gaussian.load(tmp_path / "theirs.npz", extractor="toy")
    assert theirs.count is None and theirs.distance(gaussian) == pytest.approx(0, abs=1e-10)


def test_bad_files(gaussian, tmp_path):
    gaussian.save(tmp_path / "a.npz", mode="clean")
    with pytest.raises(ValueError, match="made with mode='clean', and asked for mode='tensorflow'"):
        Gaussian.load(tmp_path / "a.npz", mode="tensorflow")
    (tmp_path / "b.npz").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="not an npz file of mu and sigma"):
        Gaussian.load(tmp_path / "b.npz")
    np.savez(tmp_path / "c.npz", mu=np.array([{}], dtype=object), sigma=np.eye(2))
    with pytest.raises(ValueError, match="not an npz file"):
        Gaussian.load(tmp_path / "c.npz")
    np.savez(tmp_path / "d.npz", mu=np.zeros(2), sigma=np.array([[1.0, 2.0], [0.0, 1.0]]))
    with pytest.raises(ValueError, match="not symmetric"):
        Gaussian.load(tmp_path / "d.npz")
    np.savez(tmp_path / "e.npz", mu=np.zeros(2), sigma=np.eye(3))
    with pytest.raises(ValueError, match=r"not \(d,\), \(d, d\)"):
        Gaussian.load(tmp_path / "e.npz")
    with pytest.raises(FileNotFoundError):
        Gaussian.load(tmp_path / "f.npz")


def test_a_failed_save_keeps_what_was_there(gaussian, tmp_path, monkeypatch):
    gaussian.save(tmp_path / "a.npz")
    before = (tmp_path / "a.npz").read_bytes()

    def fail(file, **parts):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError):
        gaussian.save(tmp_path / "a.npz")
    assert (tmp_path / "a.npz").read_bytes() == before and len(list(tmp_path.iterdir())) == 1
