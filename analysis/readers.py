"""Which reader reads posts: the one that ships, or a larger model by setting. Made once a process."""

from collections.abc import Sequence
from functools import lru_cache

from analysis.hub import HubTone
from analysis.tone import EncoderTone, Reader


def reader(model: str | None = None, *, languages: Sequence[str] = (), batch_size: int = 16, device: str = "cpu") -> Reader:
    """The reader for these settings. One whose files are missing is looked for again the next time."""
    if model:
        return _larger(model, tuple(languages), batch_size, device)
    shipped = _shipped()
    if shipped.missing:
        _shipped.cache_clear()
    return shipped


@lru_cache(maxsize=1)
def _shipped() -> EncoderTone:
    return EncoderTone()


@lru_cache(maxsize=1)
def _larger(model: str, languages: tuple[str, ...], batch_size: int, device: str) -> HubTone:
    return HubTone(model, languages=languages, batch=batch_size, device=device)
