import pytest


def test_compile_rejects_what_it_does_not_know(small):
    with pytest.raises(TypeError, match="each player has its own"):
        small.compile(optimizer="adam")
    with pytest.raises(TypeError, match="GenerativeMetrics"):
        small.compile(metrics=["accuracy"])
    with pytest.raises(TypeError, match="Did you mean 'g_optimizer'"):
        small.compile(g_optimiser="adam")
    with pytest.raises(ValueError, match="Did you mean 'minimax'"):
        small.compile(loss="minmax")
