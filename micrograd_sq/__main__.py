"""`python -m micrograd_sq` is the command `micrograd-sq`."""

import sys

from micrograd_sq.cli import main

if __name__ == "__main__":
    sys.exit(main())
