"""``python -m framegate`` is the ``framegate`` command."""

import sys

from framegate.commands.cli import main

sys.exit(main())
