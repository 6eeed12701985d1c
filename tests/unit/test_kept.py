from framegate.kept import KeptOpen


def kept(most: int, most_bytes: float = 100) -> tuple[KeptOpen[str, str], list[str]]:
    closed: list[str] = []
    return KeptOpen(closed.append, most, most_bytes), closed


def put(opened: KeptOpen[str, str], key: str, size: int = 1) -> None:
    opened.make_room(size)
    opened.add(key, key.upper(), size)


def test_what_was_used_longest_ago_is_closed_first() -> None:
    opened, closed = kept(2)
    for key in "ab":
        put(opened, key)
    assert opened.get("a") == "A"
    put(opened, "c")
    assert closed == ["B"]
    assert opened.values() == ["A", "C"]
    assert "a" in opened
    assert "b" not in opened
    assert opened.get("b") is None


def test_what_is_too_large_together_is_closed_but_for_what_was_used_last() -> None:
    opened, closed = kept(9, most_bytes=10)
    for key, size in (("a", 4), ("b", 4), ("c", 4)):
        put(opened, key, size)
    assert closed == ["A"]
    put(opened, "d", 11)
    assert closed == ["A", "B"]
    assert opened.values() == ["C", "D"]


def test_one_alone_makes_room_before_the_next() -> None:
    opened, closed = kept(1)
    put(opened, "a")
    opened.make_room(1)
    assert closed == ["A"]


def test_what_takes_a_key_over_closes_what_was_there() -> None:
    opened, closed = kept(2)
    opened.add("a", "first", 1)
    opened.add("a", "second", 1)
    assert closed == ["first"]
    opened.close()
    assert closed == ["first", "second"]
    opened.drop("a")
    assert closed == ["first", "second"]
