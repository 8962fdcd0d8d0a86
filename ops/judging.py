"""`crestwatch judge posts`: labelled lines out for post lines in (docs/formats.md). No database, no network."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from analysis.judge import Judge
from analysis.tone import Reader
from collectors.file_posts import platform_called
from core.errors import BadInput
from core.profile import read_schools
from core.taxonomy import ASKS, Mark, Outcome, Risk, Severity
from core.text import storable
from core.types import Author, JudgedMention, Mention, Post, School
from core.weeks import utc_now

BATCH = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: the pair to judge, or why it cannot be."""

    number: int
    id: str | int | None
    mention: Mention | None = None
    error: str | None = None


def judge_file(file: Path, schools_file: Path, out: Path, reader: Reader | None = None) -> list[tuple[int, str]]:
    """Judge every line; writes one line for each, in order. Returns the lines that failed, by number, with the reason."""
    schools = read_schools(schools_file)
    if out.exists() and any(out.samefile(each) for each in (file, schools_file) if each.exists()):
        raise BadInput(f"{out} is what is to be judged. Give --out another name, so that nothing is overwritten.")
    judge = Judge(schools, reader)
    failed: list[tuple[int, str]] = []
    try:
        with (
            file.open(encoding="utf-8-sig", errors="replace") as lines,
            # Half a surrogate pair, which UTF-8 cannot hold, goes out as the JSON escape it came as.
            out.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as written,
        ):
            read = _lines(lines, {school.id: school for school in schools})
            while part := list(islice(read, BATCH)):
                judged = iter(judge.judge_mentions([each.mention for each in part if each.mention]))
                for line in part:
                    answer = _judged(line, next(judged)) if line.mention else _failed(line)
                    written.write(json.dumps(answer, ensure_ascii=False) + "\n")
                failed += [(line.number, line.error) for line in part if line.error]
    except OSError as problem:
        raise BadInput(
            f"{problem.filename} cannot be read or written ({problem.strerror}). Check the name and the folder."
        ) from None
    return failed


def _lines(lines: Any, schools: dict[str, School]) -> Iterator[Line]:
    now = utc_now()
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        row = _object(text)
        if row is None:
            yield Line(number, None, error="not a JSON object; mend or remove the line")
            continue
        given = row.get("id")
        name = given if isinstance(given, str | int) else None
        school = schools.get(str(row.get("school_id")))
        if school is None:
            asked = storable(str(row.get("school_id")))[:60]
            yield Line(number, name, error=f"its school_id {asked!r} is not in the schools file")
        elif not isinstance(row.get("text"), str):
            yield Line(number, name, error="it has no text; give one, which may be empty")
        else:
            yield Line(number, name, mention=Mention(post=_post(row, now), school=school))


def _post(row: Mapping[str, Any], now: datetime) -> Post:
    """A line as a post. Unlike an import it may have no words, no platform and no time: what is there is judged."""
    given = row.get("author")
    author = given if isinstance(given, Mapping) else {"handle": given}
    return Post(
        platform=platform_called(_text(row, "platform") or ""),
        native_id=str(row.get("id")),
        text=storable(row["text"]),
        retrieved_at=now,
        author=Author(
            handle=_text(author, "handle"),
            name=_text(author, "name"),
            bio=_text(author, "bio"),
            location=_text(author, "location"),
        ),
        community=_text(row, "community"),
        reply_to=_text(row, "reply_to"),
        url=_text(row, "url"),
    )


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return storable(value).strip() or None if isinstance(value, str) else None


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _judged(line: Line, said: JudgedMention) -> dict[str, Any]:
    """A line of the output. Risks and severity describe content that is ours or may be; a post that is not has none."""
    about = said.outcome is not Outcome.NOT_OURS
    return {
        "id": line.id,
        "outcome": said.outcome,
        "relevant": said.relevance >= 0.5,
        "relevance": round(said.relevance, 4),
        "abstained": said.abstained,
        "sentiment": said.sentiment,
        "sentiment_scores": {label: round(score, 4) for label, score in said.sentiment_scores.items()},
        "risks": list(said.risks) if about else [],
        "risk_scores": {risk: round(said.risk_scores.get(risk, 0.0), 4) for risk in Risk},
        "severity": said.severity if about else Severity.NONE,
        "asks": [mark for mark in said.marks if mark in ASKS] if about else [],
        "whistleblowing": about and Mark.WHISTLEBLOWING in said.marks,
        "language": said.language,
        "lane": said.lane,
        "reasons": [{"feature": each.feature, "score": each.score, "sentence": each.sentence} for each in said.reasons],
        "model": said.model,
    }


def _failed(line: Line) -> dict[str, Any]:
    return {**({"id": line.id} if line.id is not None else {}), "line": line.number, "error": line.error}
