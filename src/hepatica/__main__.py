"""Run the command line: `python -m hepatica`."""

import sys

from hepatica.cli import main

sys.exit(main())
