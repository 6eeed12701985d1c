"""``python -m framegate`` is the ``framegate`` command."""

import sys

from framegate.cli import main

sys.exit(main())
