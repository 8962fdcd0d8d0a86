"""Where each page lies. Streamlit resolves paths from the main script, so they are whole."""

from pathlib import Path

_PAGES = Path(__file__).resolve().parent.parent

WEEK = _PAGES / "watch" / "week.py"
POSTS = _PAGES / "watch" / "posts.py"
CASES = _PAGES / "cases" / "cases.py"
SCHOOL = _PAGES / "setup" / "school.py"
SOURCES = _PAGES / "setup" / "sources.py"
ACCURACY = _PAGES / "setup" / "accuracy.py"
PURPOSE = _PAGES / "setup" / "purpose.py"
LIMITS = _PAGES / "setup" / "limits.py"
SIGHTING = _PAGES / "watch" / "sighting.py"
