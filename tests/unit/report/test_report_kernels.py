"""The table of kernels, and what speaks against it."""

from dataclasses import replace

from framegate.report.kernels import TOP, KernelRun, KernelTime, kernel_tables


def kernel(name: str, time_s: float | None) -> KernelTime:
    return KernelTime(name, time_s, [[1, 2]])


RUN = KernelRun("cell", [kernel("Conv", 0.03), kernel("Add", 0.01), kernel("Conv", 0.04)], 0.08, None, None)


def test_the_table_in_full() -> None:
    (table,) = kernel_tables([RUN])
    assert table.splitlines() == [
        "cell: kernels of one run, 80.000 ms together, of an inference that takes 80.000 ms",
        "",
        "         calls       ms   share",
        " -------------------------------",
        "  Conv       2   70.000     88%",
        "  Add        1   10.000     12%",
    ]


def test_what_does_not_fit_shares_a_row() -> None:
    many = [kernel(f"Kernel{index}", 0.02 - index / 1000) for index in range(TOP + 2)]
    (table,) = kernel_tables([replace(RUN, kernels=many)])
    *_, last, rest, doubt = table.splitlines()
    assert last.split()[:1] == [f"Kernel{TOP - 1}"]
    assert rest.split()[:4] == ["2", "others", "2", "27.000"]
    assert "not to be trusted" in doubt


def test_what_speaks_against_the_times_is_said() -> None:
    assert RUN.doubts() == []
    assert replace(RUN, has_timer=True, is_software=False).doubts() == []
    assert replace(RUN, has_timer=False).doubts() == [
        "the device has no timer, so that waiting for each kernel, or handing it over only, is in its time"
    ]
    assert replace(RUN, is_software=True).doubts() == [
        "a software GPU computed them, on cores that it shares with the page"
    ]
    assert replace(RUN, inference_s=0.2).doubts() == [
        "together they are 40% of the inference that was measured without timing them"
    ]
    untold = replace(RUN, kernels=[*RUN.kernels, kernel("Pad", None)])
    assert untold.doubts() == ["1 of 4 kernels have no time"]
    (table,) = kernel_tables([untold])
    assert table.splitlines()[-1] == "(not to be trusted: 1 of 4 kernels have no time)"
