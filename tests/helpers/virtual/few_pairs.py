"""``framegate``, with one pair of launches in the first stage of ``ab``: in virtual time more pairs say the same."""

import sys
from functools import partial

from framegate.commands import cli
from framegate.gate import decide

decide.measure = partial(decide.measure, first=1)  # type: ignore[attr-defined]  # imported there, for its own use

sys.exit(cli.main())
