"""`python -m keras_gans`: the command."""

from keras_gans.cli import main

raise SystemExit(main())
