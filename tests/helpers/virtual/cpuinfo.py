"""The processor of processes in virtual time. py-cpuinfo starts two processes each time that it describes a real one.

Python finds this first in a process whose ``PYTHONPATH`` names the folder.
"""


def get_cpu_info() -> dict[str, object]:
    """What a fingerprint has of it."""
    return {"brand_raw": "A virtual CPU", "count": 1}
