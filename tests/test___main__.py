import subprocess
import sys


def test_the_module_is_the_command_and_lists_without_keras():
    """What Python says that it imported, of a process of its own; nothing is measured."""
    done = subprocess.run([sys.executable, "-X", "importtime", "-m", "keras_gans", "list"], capture_output=True, text=True)
    assert done.returncode == 0 and "dcgan_digits" in done.stdout
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "keras_gans" in imported and not {"keras", "tensorflow", "numpy", "h5py"} & imported


def test_its_exit_code():
    done = subprocess.run([sys.executable, "-m", "keras_gans", "card", "nix"], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("keras-gans: Unknown entry 'nix'")
