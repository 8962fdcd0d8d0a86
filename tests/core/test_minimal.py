"""What an author says of themselves is not kept; what they posted is, to the letter."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.minimal import minimal

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "data", "users", "bio", "x"]), inner),
    max_leaves=20,
)


def test_profiles_go_from_an_answer_of_x() -> None:
    user = {
        "id": "12",
        "username": "fan",
        "name": "Fan",
        "description": "mum of two",
        "location": "Skarnby",
        "entities": {"url": 1},
    }
    answer = {"data": {"id": "1", "text": "Well done", "entities": {"hashtags": []}}, "includes": {"users": [user]}}
    assert minimal(answer) == {
        "data": {"id": "1", "text": "Well done", "entities": {"hashtags": []}},
        "includes": {"users": [{"id": "12", "username": "fan", "name": "Fan"}]},
    }


def test_profiles_go_from_a_line_of_a_file() -> None:
    row = {"id": "1", "author": {"handle": "@a", "bio": "runs", "location": "Skarnby"}, "text": "Hello"}
    flat = {"handle": "@a", "bio": "runs", "location": "Skarnby", "description": "the words of a feed"}
    assert minimal({"format": "posts", "row": row, "line": 2}) == {
        "format": "posts",
        "row": {"id": "1", "author": {"handle": "@a"}, "text": "Hello"},
        "line": 2,
    }
    assert minimal({"row": flat}) == {"row": {"handle": "@a", "description": "the words of a feed"}}


@given(value=values)
def test_nothing_else_changes(value: Any) -> None:
    def bare(found: Any) -> Any:
        if isinstance(found, dict):
            return {name: bare(each) for name, each in found.items() if name != "bio"}
        return [bare(each) for each in found] if isinstance(found, list) else found

    assert minimal(value) == bare(value)
    assert minimal(minimal(value)) == minimal(value)
