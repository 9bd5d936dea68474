"""`python -m micrograd_sq` is the command `micrograd-sq`."""

from micrograd_sq.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
