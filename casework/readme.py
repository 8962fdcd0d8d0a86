"""The page that lies on top of an evidence file: what it is, what it is not, and how to check it without our software."""

from datetime import datetime
from textwrap import fill

from casework.bag import MANIFEST, one_line
from casework.evidence import CaseFile
from casework.presets import Preset
from core.weeks import on_screen

_READ_BEFORE_SENDING = """
READ IT BEFORE YOU SEND IT
Software masked the names, and software misses some: first names alone,
nicknames, initials, "the head of Year 9". A person must read every text in
this folder before it is sent. The words themselves stay, and anybody can
search the web for them.
"""

_LIMITS = """
WHAT IT IS NOT
Captured from the public web by school staff; it is not a forensic image.
The police may acquire the posts again from the platform. The file shows what
our computer received, and when. It cannot show that a platform's clock is
right or that an author is who the account says.
"""

_CONTENTS = """
WHAT IS IN IT
data/evidence.xlsx    the items, one a row, to read and to print
data/evidence.csv     the same rows; an empty cell is a fact nobody recorded
data/records.jsonl    {records}
data/technical.csv    the same records as a table, with nothing cut
On paper a row shows some 2,000 characters of a text, on screen 8,000.

MARKS IN THE SHEETS THAT ARE OURS
“ ”        stand around the words of a post
'          stands before what a spreadsheet would run as a formula or turn into
           a number or a date
⟦U+202E⟧   is a character nobody could see, by its Unicode number
⏎          is a line break
id:        stands before a platform's id, which a spreadsheet would round
What stands in the sheets without these marks is in data/records.jsonl. The
sha256 of an item is that of its line there, without the line break. Times are
UK time (GMT or BST) unless the column says UTC.
"""

_HOW_TO_CHECK = f"""
HOW TO CHECK THAT NOTHING HAS CHANGED
In this folder:
  Linux     sha256sum -c {MANIFEST}
            sha256sum -c tag{MANIFEST}
  macOS     shasum -a 256 -c {MANIFEST}
            shasum -a 256 -c tag{MANIFEST}
  Windows   Get-FileHash -Algorithm SHA256 data\\*   (PowerShell; compare with
            the lines of {MANIFEST})
Every line must say OK, and no file may lie in data/ that the list does not
name. Whoever can change a file can write a new list too: ask the school for
the SHA-256 of {MANIFEST} in its own log and compare that as well.
The folder is a BagIt 1.0 bag (RFC 8493); any BagIt tool checks it.
"""


def readme(case: CaseFile, preset: Preset, *, by_role: str, why: str, now: datetime) -> str:
    """The text of README.txt, for whoever opens the folder years from now. `case` is the case as this reader may see it."""
    count = len(case.exhibits)
    top = [
        f"EVIDENCE FILE: {preset.title}",
        f"{one_line(case.school)}, case {one_line(case.ref)}",
        *([one_line(case.title), f"Made because: {one_line(why)}"] if preset.internal else []),
        f"{count} saved item{'' if count == 1 else 's'}. Made {on_screen(now)} (UK time) by: {one_line(by_role)}",
        "",
        fill(preset.told, width=76),
    ]
    return "".join(
        (
            "\n".join(top) + "\n",
            _READ_BEFORE_SENDING if preset.masked else "",
            _LIMITS,
            _CONTENTS.format(records=_records(preset)),
            _HOW_TO_CHECK,
        )
    )


def _records(preset: Preset) -> str:
    if preset.masked:
        return "the items in full length, masked like the sheets"
    if preset.one_account:
        return "the exact text of each item of this account"
    return "the exact and complete record of each item"
