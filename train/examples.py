"""All posts of the project's own that teach tone and risk: those about the schools of `corpus/` and those of `voices/`."""

import json
from dataclasses import dataclass
from pathlib import Path

from core.taxonomy import Mark, Risk, Sentiment, Severity
from train import reading

VOICES = Path(__file__).with_name("voices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A post and what it is: `group` is the school, so that a school may be left out. `own`: the school wrote it itself."""

    id: str
    group: str
    platform: str
    text: str
    relevant: bool
    sentiment: Sentiment
    risks: tuple[Risk, ...]
    severity: Severity
    marks: tuple[Mark, ...]
    language: str
    own: bool


def told(corpus: Path = reading.CORPUS, voices: Path = VOICES) -> list[Told]:
    """Every labelled post, corpus first."""
    found = [_told(each.line, school.id) for school in reading.schools(corpus) for each in reading.posts(school, corpus)]
    for file in sorted(voices.glob("*.jsonl")):
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
        found += [_told({"relevant": True, **line}, line["school"]) for line in lines]
    return found


def _told(line: reading.Line, group: str) -> Told:
    return Told(
        id=line["id"],
        group=group,
        platform=line["platform"],
        text=line["text"],
        relevant=bool(line["relevant"]),
        sentiment=Sentiment(line["sentiment"]),
        risks=tuple(Risk(each) for each in line["risks"]),
        severity=Severity(line["severity"]),
        marks=tuple(Mark(each) for each in line.get("marks", ())),
        language=line.get("language", "en"),
        own=bool(line.get("own", False)),
    )
