"""A source for tests: made-up posts in pages, with whatever fault a test asks for. A fake, not a mock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from collectors.base import Collector, Policy
from core.errors import ItemSkipped, SourceStopped
from core.types import Author, Batch, Json, Post, Query, Raw

BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class FakeSource(Collector):
    """Numbered posts, `size` a page, from the cursor on (with one post of overlap); stops before page `stop_at` if told."""

    name = "fake"
    label = "Fake"
    policy = Policy(every_minutes=15)

    def __init__(self, total: int = 10, size: int = 4, stop_at: int | None = None, tombstones: tuple[str, ...] = ()) -> None:
        super().__init__({})
        self.total, self.size, self.stop_at, self.tombstones = total, size, stop_at, tombstones

    def ready(self) -> None:
        """Always."""

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """Pages from the cursor on."""
        first = max(0, (cursor or {}).get("next", 0) - 1)
        for page, start in enumerate(range(first, self.total, self.size)):
            if page == self.stop_at:
                raise SourceStopped("The fake platform asks us to wait.", retry_at=BEGAN + timedelta(hours=1))
            numbers = range(start, min(self.total, start + self.size))
            yield Batch(
                items=[raw(number) for number in numbers],
                cursor={"next": numbers[-1] + 1},
                tombstones=self.tombstones if page == 0 else (),
                cost=0.01 * len(numbers),
            )

    @staticmethod
    def to_post(raw: Raw) -> Post:
        """A post; every hundredth number is none."""
        number = raw.payload["id"]
        if number % 100 == 99:
            raise ItemSkipped("deleted by its author")
        return Post(
            platform="fake",
            native_id=f"n{number}",
            text=raw.payload["text"],
            created_at=BEGAN + timedelta(minutes=number),
            retrieved_at=raw.retrieved_at,
            author=Author(handle=f"@person{number % 7}", name=f"Person {number % 7}", bio="a bio", location="Wetherholt"),
        )


def raw(number: int, text: str | None = None) -> Raw:
    """One item as the fake platform answers it."""
    said = text or f"Post {number}: lovely morning at Skarnby Vale Academy, Skarnby"
    return Raw(payload={"id": number, "text": said}, retrieved_at=BEGAN + timedelta(days=10), tool="fake 1")
