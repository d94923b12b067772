import shutil
import subprocess

import pytest

from keras_gans import cli

ASK = """
source {script}
ask() {{ COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); COMPREPLY=(); _shtab_keras_gans 2> /dev/null; echo "${{COMPREPLY[*]}}"; }}
"""
EXPECTED = {  # what was typed -> what it may become
    "keras-gans tr": "train",
    "keras-gans train dc": "dcgan",
    "keras-gans train dcgan --data dig": "digits",
    "keras-gans train dcgan --data digits --self": "--self-supervision",
    "keras-gans train dcgan -m width=4 --loss wass": "wasserstein",
    "keras-gans train --recipe dcgan_mn": "dcgan_mnist",
    "keras-gans tune dcgan --tuner ba": "bayesian",
    "keras-gans generate dcgan_g": "dcgan_glyphs",
    "keras-gans generate dcgan_glyphs -o gri": "grid.png",
    "keras-gans evaluate dcgan_digits --metrics fid ki": "kid",
    "keras-gans verify dcgan_digits dense_gan_w": "dense_gan_wine",
    "keras-gans card sngan_g": "sngan_glyphs",
    "keras-gans report ru": "runs",
    "keras-gans completion z": "zsh",
}


def script(shell, folder, capsys):
    assert cli.main(["completion", shell]) == 0
    path = folder / f"complete.{shell}"
    path.write_text(capsys.readouterr().out)
    return path


def test_bash_completes(tmp_path, capsys):
    """bash itself, with the script and what a reader has typed."""
    asked = ASK.format(script=script("bash", tmp_path, capsys)) + "".join(f"ask {line}\n" for line in EXPECTED)
    (tmp_path / "runs").mkdir()
    (tmp_path / "grid.png").write_text("")
    done = subprocess.run(["bash", "-c", asked], cwd=tmp_path, capture_output=True, text=True)
    assert dict(zip(EXPECTED, done.stdout.splitlines())) == EXPECTED and done.stderr == ""


def test_zsh_has_a_script(tmp_path, capsys):
    path = script("zsh", tmp_path, capsys)
    text = path.read_text()
    assert text.startswith("#compdef keras-gans") and all(
        word in text for word in ("dcgan_digits", "--tuner", "breast_cancer")
    )
    if shutil.which("zsh") is None:
        pytest.skip("no zsh here to try it")
    load = f'autoload -Uz compinit; compinit -u -D; eval "$(cat {path})"; print $_comps[keras-gans]'
    done = subprocess.run(["zsh", "-fc", load], capture_output=True, text=True)
    assert done.stdout == "_shtab_keras_gans\n", done.stderr


def test_a_missing_package_is_named(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "shtab", None)
    assert cli.main(["completion", "bash"]) == 2 and "pip install shtab" in capsys.readouterr().err
