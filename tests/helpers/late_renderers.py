"""Code of renderers for the conftest of a run: one that is right, and two that show an earlier picture."""

LATE_RENDERERS = """
import numpy as np
from framegate.interfaces import Stage
from framegate.renderers.null import NullRenderer


class Mutant(NullRenderer):
    def __init__(self, context):
        super().__init__(context)
        self.drawn = []

    def _keep(self, rgba):
        self.drawn.append(rgba)
        super()._keep(self.chosen(self.drawn))


class Right(Mutant):
    def chosen(self, drawn):
        return drawn[-1]


class Previous(Mutant):
    def chosen(self, drawn):
        return drawn[-2:][0]


class Once(Mutant):
    def chosen(self, drawn):
        return drawn[0]
"""
