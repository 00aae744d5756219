from offbook.analysis.learning.rows import MAX_WAYS, Part, Rows, Source, disjoint, joined, paths


def test_rows_that_are_parted_and_joined_again_and_again_keep_few_ways() -> None:
    rows: Rows = joined([Source("a"), Source("b")])
    for number in range(40):
        rows = joined([Part(rows, f"split {number}", "train"), Part(rows, f"split {number}", "test")])
        assert len(list(paths(rows))) <= MAX_WAYS


def test_sides_of_what_was_joined_too_often_stay_apart() -> None:
    many = joined([Source(str(number)) for number in range(MAX_WAYS + 1)])
    assert isinstance(many, Source)
    assert many == joined([Source(str(number)) for number in range(MAX_WAYS + 1)])
    assert disjoint(Part(many, "split 1", "train"), Part(many, "split 1", "test"))
