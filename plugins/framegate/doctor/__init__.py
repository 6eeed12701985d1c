"""Try every backend on this machine, in processes of their own: what crashes is a row of the table."""

from framegate.doctor.children import examine
from framegate.doctor.probes import Diagnosis

__all__ = ["Diagnosis", "examine"]
