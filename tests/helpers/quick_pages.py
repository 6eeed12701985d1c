"""A plugin for runs of the suites, whose pages run, show and read frames until their time is up: here after 50 ms."""

from framegate.browser import session
from framegate.pipelines import page

page.BUDGET_S = page.ANIMATE_S = session.READBACKS["budget_s"] = 0.05
