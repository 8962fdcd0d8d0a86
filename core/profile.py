"""Reading a school's profile from `schools.json` (docs/formats.md). Only `id` and `name` are required."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, TypeAdapter, ValidationError

from core.errors import BadInput
from core.text import storable
from core.types import School


def _given(value: Any) -> Any:
    """JSON null means "nothing said"."""
    return {name: each for name, each in value.items() if each is not None} if isinstance(value, dict) else value


def _agreed(value: Any) -> Any:
    """A leader's name is personal data, so it is read only beside the day on which they agreed."""
    leaders = value.get("leaders") if isinstance(value, dict) else None
    for leader in leaders if isinstance(leaders, list | tuple) else ():
        if isinstance(leader, dict) and not str(leader.get("agreed_on") or "").strip():
            raise ValueError("each of `leaders` needs `agreed_on`, the day they agreed in writing; leave out who did not")
    return value


def _sound(school: School) -> School:
    if not school.id.strip() or not school.name.strip():
        raise ValueError("`id` and `name` must not be empty")
    if storable(school.id + school.name) != school.id + school.name:
        raise ValueError("`id` and `name` must not hold NUL or half a character")
    return school


_ADAPTER = TypeAdapter(Annotated[School, BeforeValidator(_agreed), BeforeValidator(_given), AfterValidator(_sound)])


def read_school(profile: Mapping[str, Any]) -> School:
    """One profile. Raises BadInput naming the field that cannot be read; unknown fields are left out."""
    try:
        return _ADAPTER.validate_python(dict(profile))
    except ValidationError as problem:
        first = problem.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the profile"
        name = storable(str(profile.get("name") or profile.get("id") or "a school without a name"))
        raise BadInput(
            f"The profile of {name} cannot be read: {place}: {first['msg'].removeprefix('Value error, ')}."
        ) from None


def read_schools(file: Path) -> list[School]:
    """All profiles of a `schools.json`. Raises BadInput when it is missing or is not what `parse_schools` reads."""
    try:
        return parse_schools(file.read_bytes(), str(file))
    except OSError as problem:
        raise BadInput(f"{file} cannot be read ({problem.strerror}). Check the name.") from None


def parse_schools(content: bytes, name: str) -> list[School]:
    """All profiles in the content of a `schools.json`. Raises BadInput when it is no JSON, empty, or names one id twice."""
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput(f"{name} is not a list of schools in JSON. Save it as JSON in UTF-8.") from None
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise BadInput(f"{name} holds no list of schools. It must be a JSON list of objects with at least `id` and `name`.")
    schools = [read_school(each) for each in found]
    ids = [school.id for school in schools]
    if twice := {each for each in ids if ids.count(each) > 1}:
        raise BadInput(f"{name} has more than one school with the id {storable(', '.join(sorted(twice)))}. Each needs its own.")
    return schools
