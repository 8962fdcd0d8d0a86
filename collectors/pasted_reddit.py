"""Reddit: a thread copied from the new web, the one before it, the old one, or the app. Each post begins with its head.

[–]name[S] 12 points 3 hours ago (2 children)      name · 3h ago      level 1 / name / 12 points · 3 hours ago
"""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from collectors.pasted_lines import NUMBER, Found, Line, Thread, number, text_of
from collectors.pasted_times import TIME, counted_back

_NAME = r"(?:u/)?(?:[A-Za-z0-9_-]{3,20}|\[deleted\]|\[removed\])"
_AGE = rf"(?:Edited )?(?P<age>{TIME})(?: \((?:last )?edited [^()]{{1,40}}\))?\*?"
_SCORE = rf"(?:(?P<score>-?{NUMBER}) points?|\[?[Ss]core hidden\]?)"
_OLD_NAME = re.compile(rf"\[[-–—+−]\] ?(?P<name>{_NAME})(?P<rest>.*)")
_OLD_REST = re.compile(rf"(?P<flair>.{{0,80}}?) ?(?:{_SCORE} ?)?\b{_AGE}(?: ?\(\d{{1,5}} child(?:ren)?\))?")
_OLD_REST_BELOW = re.compile(rf"(?:\[[A-Z](?:,[A-Z])*\] ?)?{_SCORE} ?{_AGE}(?: ?\(\d{{1,5}} child(?:ren)?\))?")
_ON_ONE_LINE = re.compile(
    rf"(?:u/{_NAME} avatar )?(?P<name>{_NAME})(?: (?:OP|MOD|ADMIN)){{0,2}} ?(?:•|·)(?: ?{_SCORE} ?[•·])? ?{_AGE}"
)
_BULLET_AND_AGE = re.compile(rf"[•·] ?{_AGE}")
_SCORE_AND_AGE = re.compile(rf"{_SCORE} ?[•·] ?{_AGE}")
_JUST_AGE = re.compile(_AGE)
_EDITED = re.compile(rf"Edited {TIME}")
_AVATAR = re.compile(rf"(?:u/)?(?P<name>{_NAME})(?: avatar|'s avatar|’s avatar)")
_LEVEL = re.compile(r"level \d{1,2}")
_USER = re.compile(rf"(?P<name>{_NAME})(?: (?:OP|MOD|ADMIN)){{0,2}}")
_BADGE = re.compile(r"OP|MOD|ADMIN|(?:Profile Badge for .{1,60} )?Top \d{1,2}% (?:Commenter|Poster)|Profile Badge for .{1,80}")
_COMMUNITY = re.compile(r"r/[A-Za-z0-9_]{2,21}")
_COMMUNITY_AND_AGE = re.compile(rf"{_COMMUNITY.pattern} ?[•·] ?{_AGE}")
_SUBMITTED = re.compile(rf"submitted {_AGE} by (?P<name>{_NAME}).{{0,40}}")
_TALLY = re.compile(rf"{_SUBMITTED.pattern}|(?:no|{NUMBER}) comments?")

_OLD_FOOT = re.compile(
    r"permalink(?: ?(?:embed|save|unsave|parent|report|give ?award|give ?gold|reply|context|full comments|source))+"
)
_FOOT_ON_ONE_LINE = re.compile(
    rf"Upvote ?(?P<score>-?{NUMBER})? ?Downvote"
    r"(?: ?(?:\d{1,5} )?(?:Reply|reply|Award|Give Award|Share|Report|Save|Follow)){0,8}"
)
_BUTTONS = frozenset(
    ("Upvote", "Downvote", "Vote", "Reply", "reply", "Award", "Give Award", "Share", "Report", "Save", "Follow", "More options")
)
_MORE = re.compile(
    r"(?:load )?more (?:comments|replies)(?: ?\(.{1,20}\))?|\d{1,5} more repl(?:y|ies)|More replies|Continue this thread(?: →)?"
    r"|continue this thread|comment score below threshold|Go to comments|•••|…|\.\.\."
)
_AROUND = frozenset(
    (
        *("Skip to main content", "Log In", "Sign Up", "Sort by:", "Best", "Top", "New", "Old", "Q&A", "Controversial", "best"),
        *("Search Comments", "Expand comment search", "Comments Section", "Add a comment", "Join the conversation"),
        *(
            "Go to comments",
            "share",
            "save",
            "hide",
            "report",
            "Share",
            "sorted by: best",
            "View all comments",
            "Join",
            "•",
            "·",
        ),
    )
)
_GONE = frozenset(
    (
        "[deleted]",
        "[removed]",
        "Comment deleted by user",
        "Comment removed by moderator",
        "[ Removed by Reddit ]",
        "deleted by user",
    )
)


class _Head(NamedTuple):
    """Who wrote a post and when: its lines from `start` up to `end`."""

    start: int
    end: int
    author: str | None
    age: str
    likes: int | None


def reddit(lines: Sequence[Line], now: datetime, *, sure: bool) -> Thread | None:
    """The thread, where at least two posts have a head.

    News pages show “name · 3h ago” too: unless it is `sure` to be Reddit, something that Reddit alone shows must be there.
    """
    if not sure and not any(_is_own(line.bare, below.bare) for line, below in pairwise((*lines, Line("", "", 0)))):
        return None
    heads: list[_Head] = []
    at = 0
    while at < len(lines):
        head = _head(lines, at, heads[-1].end if heads else 0)
        if head:
            heads.append(head)
        at = head.end if head else at + 1
    if len(heads) < 2:
        return None
    posts = _above(lines[: heads[0].start], now)
    for head, end in zip(heads, [each.start for each in heads[1:]] + [len(lines)], strict=True):
        body, likes, rest = _body(lines[head.end : end])
        author = None if head.author in (None, "[deleted]", "[removed]") else head.author
        text = text_of(body)
        likes = head.likes if likes is None else likes
        posts.append(Found("" if text in _GONE else text, author, counted_back(head.age, now), likes))
        posts.append(Found(text_of(rest)))
    said = [post for post in posts if post.text]
    return Thread(heads[0].start, said) if said else None


def _is_own(line: str, below: str) -> bool:
    """Whether a line, with the one below it, is shown by Reddit alone."""
    return (
        line.startswith(("u/", "[–]", "[-]", "[—]", "[+]"))
        or line in ("Upvote", "Downvote", "Award", "OP")
        or (line == "•" and below.endswith("ago"))
        or bool(_LEVEL.fullmatch(line) or _FOOT_ON_ONE_LINE.fullmatch(line) or _OLD_FOOT.fullmatch(line))
    )


def _head(lines: Sequence[Line], at: int, floor: int) -> _Head | None:
    """The head that has its age in this line or begins in it. Nothing above `floor` belongs to it."""
    line = lines[at].bare
    following = lines[at + 1].bare if at + 1 < len(lines) else ""
    if old := _OLD_NAME.fullmatch(line):
        return _old_head(at, old, following)
    if read := _ON_ONE_LINE.fullmatch(line):
        return _Head(_from_level(lines, at, floor), at + 1, _name(read["name"]), read["age"], _likes(read["score"]))
    if read := _COMMUNITY_AND_AGE.fullmatch(line):
        return _of_a_community(lines, at, at + 1, read["age"])
    if line.startswith("u/") and _USER.fullmatch(line) and (read := _JUST_AGE.fullmatch(following)):
        return _Head(_from_level(lines, at, floor), at + 2, _name(line), read["age"], None)
    end = at + 1
    read = _SCORE_AND_AGE.fullmatch(line) or _BULLET_AND_AGE.fullmatch(line)
    if line in ("•", "·"):
        end, read = at + 2, _SCORE_AND_AGE.fullmatch(following) or _JUST_AGE.fullmatch(following)
    return _under_its_name(lines, at, floor, _after_edited(lines, end), read) if read else None


def _after_edited(lines: Sequence[Line], end: int) -> int:
    """Where a head ends that may also say when the post was edited."""
    below = [line.bare for line in lines[end : end + 2]]
    if below[:1] in (["•"], ["·"]) and _EDITED.fullmatch(below[-1]):
        return end + 2
    return end + 1 if below and _EDITED.fullmatch(below[0].lstrip("•· ")) else end


def _old_head(at: int, old: re.Match[str], following: str) -> _Head | None:
    """A head of the old web, on one line or two."""
    rest, end = old["rest"].strip(), at + 1
    read = _OLD_REST.fullmatch(rest)
    if not rest:
        read, end = _OLD_REST_BELOW.fullmatch(following), at + 2
    return _Head(at, end, _name(old["name"]), read["age"], _likes(read["score"])) if read else None


def _under_its_name(lines: Sequence[Line], at: int, floor: int, end: int, read: re.Match[str]) -> _Head | None:
    """The head whose age was read at a line, if a name stands above it: at most five lines up, badges between them."""
    top = max(floor, at - 5)
    border = next((up for up in range(at - 1, top - 1, -1) if _is_border(lines[up].bare)), None)
    nearest = next((up for up in range(at - 1, top - 1, -1) if not _BADGE.fullmatch(lines[up].bare)), None)
    if nearest is None:
        return None
    named = nearest if border is None else _below_border(lines, border, nearest)
    likes = _likes(read.groupdict().get("score"))
    if _COMMUNITY.fullmatch(lines[named].bare):
        return _of_a_community(lines, named, end, read["age"])
    user = _USER.fullmatch(lines[named].bare)
    return _Head(_from_level(lines, named, floor), end, _name(user["name"]), read["age"], likes) if user else None


def _below_border(lines: Sequence[Line], border: int, nearest: int) -> int:
    """Where the name stands: between the last post's buttons and an age are a name, its badges and at most one flair."""
    below = next((at for at in range(border, nearest + 1) if not _is_border(lines[at].bare)), nearest)
    flairs = sum(1 for line in lines[below + 1 : nearest + 1] if not _BADGE.fullmatch(line.bare))
    return below if flairs <= 1 and _USER.fullmatch(lines[below].bare) else nearest


def _of_a_community(lines: Sequence[Line], at: int, end: int, age: str) -> _Head:
    """The head of the post that a thread is about. Its author stands below, taken only where it can be no word."""
    below = lines[end].bare if end < len(lines) else ""
    named = _USER.fullmatch(below) and (below.startswith("u/") or re.search(r"[0-9_]", below))
    return _Head(at, end + 1 if named else end, _name(below) if named else None, age, None)


def _is_border(line: str) -> bool:
    return line in _BUTTONS or bool(_LEVEL.fullmatch(line) or _AVATAR.fullmatch(line) or _MORE.fullmatch(line))


def _from_level(lines: Sequence[Line], at: int, floor: int) -> int:
    """Where a head begins whose name is at a line: above it may stand an avatar and a level."""
    while at > floor and (_LEVEL.fullmatch(lines[at - 1].bare) or _AVATAR.fullmatch(lines[at - 1].bare)):
        at -= 1
    return at


def _name(stated: str) -> str:
    return stated.partition(" ")[0].removeprefix("u/")


def _likes(stated: str | None) -> int | None:
    """A score as a count of likes; none where it is below zero."""
    return number(stated) if stated else None


def _body(lines: Sequence[Line]) -> tuple[Sequence[Line], int | None, Sequence[Line]]:
    """What was written, the score that stands among its buttons, and what follows them that is none."""
    foot = next((at for at in range(len(lines)) if _begins_foot(lines, at)), len(lines))
    likes = None
    end = foot
    while end < len(lines):
        line = lines[end].bare
        on_one_line = _FOOT_ON_ONE_LINE.fullmatch(line)
        score = on_one_line["score"] if on_one_line else line
        if likes is None and score and number(score) is not None:
            likes = number(score)
        elif not (on_one_line or line in _BUTTONS or _counts(line) or _MORE.fullmatch(line) or _OLD_FOOT.fullmatch(line)):
            break
        end += 1
    while foot and _MORE.fullmatch(lines[foot - 1].bare):
        foot -= 1
    return lines[:foot], likes, [line for line in lines[end:] if not _MORE.fullmatch(line.bare)]


def _counts(line: str) -> bool:
    return number(line.removeprefix("-")) is not None


def _begins_foot(lines: Sequence[Line], at: int) -> bool:
    line, *after = (each.bare for each in lines[at : at + 3])
    if _OLD_FOOT.fullmatch(line) or _FOOT_ON_ONE_LINE.fullmatch(line):
        return True
    if line == "Upvote":
        return "Downvote" in after
    buttons = [each for each in after if each in _BUTTONS]
    if line == "Vote" or (at and _counts(line)):
        return after[:1] == ["Reply"] and (len(after) == 1 or len(buttons) == 2)
    return line == "Reply" and (not after or after[0] in _BUTTONS)


def _above(lines: Sequence[Line], now: datetime) -> list[Found]:
    """The post that a thread is about, or what else stands above the first head."""
    submitted = next((read for line in lines if (read := _SUBMITTED.fullmatch(line.bare))), None)
    body, likes, rest = _body([line for line in lines if line.bare not in _AROUND and not _TALLY.fullmatch(line.bare)])
    author, moment = (_name(submitted["name"]), counted_back(submitted["age"], now)) if submitted else (None, None)
    return [Found(text_of(body), author, moment, likes), Found(text_of(rest))]
