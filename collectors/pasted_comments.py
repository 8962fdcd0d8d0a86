"""Facebook and TikTok: comments copied from the web or the app. Each ends with its foot, and the next begins with a name.

Name / text / Like · Reply · 2 h      Name / text / 3d ago / Reply / 12
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from collectors.pasted_lines import NUMBER, Found, Line, Thread, number, text_of
from collectors.pasted_times import SHORT_DATE, TIME, counted_back

LONGEST_NAME = 80  # characters
_BETWEEN = r" ?[·•]? ?"
_TIME = re.compile(TIME)
_TIKTOK_TIME = re.compile(rf"{TIME}|{SHORT_DATE}")
_REACTIONS = ("Like", "Love", "Care", "Haha", "Wow", "Sad", "Angry")
_FACEBOOK_FOOT = re.compile(
    rf"(?:(?P<before>{TIME}){_BETWEEN})?(?P<like>{'|'.join(_REACTIONS)}){_BETWEEN}(?P<reply>Reply)"
    rf"(?:{_BETWEEN}(?:Share|Hide|See translation))*(?:{_BETWEEN}(?P<age>{TIME}))?(?:{_BETWEEN}Edited)?"
    rf"(?:{_BETWEEN}(?P<count>{NUMBER}))?"
)
_TIKTOK_FOOT = re.compile(
    rf"(?P<age>{TIME}|{SHORT_DATE})(?: [·•]? ?(?P<count>{NUMBER}))?{_BETWEEN}(?P<reply>Reply)"
    rf"(?:{_BETWEEN}(?P<after>{NUMBER}))?"
)
_FACEBOOK_BUTTONS = frozenset(("Share", "Hide", "Edited", "Send message", "Send", "Copy", "See translation", "See original"))
_FACEBOOK_MORE = re.compile(
    r"(?:View|See) (?:all )?(?:\d{1,6} )?(?:more |previous )?(?:repl(?:y|ies)|comments?)|\d{1,6} repl(?:y|ies)"
    r"|Hide(?: all)? replies|.{1,60} replied(?: ?· ?\d{1,6} repl(?:y|ies))?"
    r"|Write a (?:public )?(?:comment|reply|answer)(?:…|\.\.\.)"
    r"|Reply to .{1,60}(?:…|\.\.\.)|(?:Comment|Reply) as .{1,60}|Press Enter to post\.?|View more|See more"
)
_FACEBOOK_BADGES = frozenset(
    (
        *("Author", "Top fan", "Admin", "Moderator", "Group expert", "Rising contributor", "Top contributor", "New member"),
        *("All-star contributor", "Verified account", "Verified", "Conversation starter", "Visual storyteller"),
        *("Online status indicator", "Active"),
    )
)
_FACEBOOK_BORDERS = frozenset(
    ("Most relevant", "All comments", "Newest", "Newest first", "Oldest", "Top comments", "Comments", "Most recent")
)
_UNDER_NAME = re.compile(rf"(?P<age>{TIME})(?: ?· ?(?:Shared with Public|Public))?")
_LAST = ("See more", "See less", "See translation", "See original", "Liked by creator")
_TALLY = re.compile(rf"All reactions:|{NUMBER}(?: (?:comments?|shares?|views|reactions?))?")
_TIKTOK_MORE = re.compile(
    r"View (?:all )?(?:\d{1,6} )?(?:more )?repl(?:y|ies)(?: ?\(\d{1,6}\))?|View (?:\d{1,6} )?more"
    r"|Hide(?: replies)?|Liked by creator"
)
_TIKTOK_BADGES = frozenset(("Creator", "Author", "Pinned", "Friend", "Follows you", "Verified"))
_TIKTOK_BORDERS = re.compile(rf"(?:{NUMBER} )?[Cc]omments?(?: ?\({NUMBER}\))?|You may like|Add comment(?:…|\.\.\.)")
_TIKTOK_OWN = re.compile(
    rf"(?:· )?Creator|Liked by creator|.{{1,80}} · Creator|(?:{TIME}(?<=ago)|{SHORT_DATE})(?: ?·? ?Reply)?"
)


class _Foot(NamedTuple):
    """What stands below a comment: its lines from `start` up to `end`."""

    start: int
    end: int
    age: str | None
    likes: int | None
    under_post: bool = False  # below the post that the comments answer


class _Site(NamedTuple):
    """How a site shows comments."""

    foot: Callable[[Sequence[Line], int, int], _Foot | None]
    badges: frozenset[str]
    border: Callable[[str], bool]
    more: re.Pattern[str]


def facebook(lines: Sequence[Line], now: datetime) -> Thread | None:
    """The thread, where at least two comments end with Like, Reply and an age."""
    return _thread(_apart(lines, _FACEBOOK_FOOT), _FACEBOOK, now)


def tiktok(lines: Sequence[Line], now: datetime, *, sure: bool) -> Thread | None:
    """The thread, where at least two comments end with an age and Reply.

    Other sites show these too: unless it is `sure` to be TikTok, something that TikTok alone shows must be there.
    """
    if not sure and not any(_TIKTOK_OWN.fullmatch(line.bare) for line in lines):
        return None
    return _thread(_apart(lines, _TIKTOK_FOOT), _TIKTOK, now)


def _apart(lines: Sequence[Line], foot: re.Pattern[str]) -> list[Line]:
    """The lines, each button and age of a foot on its own, without the dots between them."""
    apart: list[Line] = []
    for line in lines:
        if read := foot.fullmatch(line.bare):
            parts = sorted((read.start(name), part) for name, part in read.groupdict().items() if part)
            apart += [Line(part, part, 0) for _, part in parts]
        elif sign := line.bare.strip("·• ") if line.bare else line.said:
            apart.append(line._replace(bare=sign if line.bare else ""))
    return apart


def _thread(lines: Sequence[Line], site: _Site, now: datetime) -> Thread | None:
    feet = list(_feet(lines, site))
    starts = [0, *(foot.end for foot in feet)]
    posts: list[Found] = []
    signed = 0
    for start, foot in zip(starts, feet, strict=False):
        above, comment = _from_border(lines[start : foot.start], site) if start == 0 else ((), lines[start : foot.start])
        post = _post(comment, foot, site, now, certain=start > 0 or len(comment) < foot.start)
        posts += [Found(text_of(above)), post]
        signed += bool(post.text and (foot.age or foot.under_post))
    if signed < 2:
        return None
    left = [line for line in lines[starts[-1] :] if not (_is_around(line, site) or site.more.fullmatch(line.bare))]
    return Thread(0, [post for post in (*posts, Found(text_of(left))) if post.text])


def _feet(lines: Sequence[Line], site: _Site) -> Iterator[_Foot]:
    at = floor = 0
    while at < len(lines):
        foot = site.foot(lines, at, floor)
        if foot:
            yield foot
            floor = foot.end
        at = foot.end if foot else at + 1


def _from_border(lines: Sequence[Line], site: _Site) -> tuple[Sequence[Line], Sequence[Line]]:
    """What stands above “Most relevant” and the like, and what below."""
    border = next((at for at in range(len(lines) - 1, -1, -1) if site.border(lines[at].bare)), None)
    return ((), lines) if border is None else (lines[:border], lines[border + 1 :])


def _post(lines: Sequence[Line], foot: _Foot, site: _Site, now: datetime, *, certain: bool) -> Found:
    """The post above a foot. `certain`: it is known to begin here, so that its first line is a name."""
    top = next((at for at, line in enumerate(lines) if not _is_around(line, site)), len(lines))
    lines = _without_tallies(lines[top:]) if foot.under_post else lines[top:]
    author, age, body = None, foot.age, lines
    if lines and _is_name(lines[0].bare, certain):
        author = lines[0].bare.removesuffix(" · Creator")
        below = next((at for at in range(1, len(lines)) if not _is_beside_name(lines, at, site)), len(lines))
        if age is None and below + 1 < len(lines) and (read := _UNDER_NAME.fullmatch(lines[below].bare)):
            age, below = read["age"], below + 1
        body = lines[below:]
        if not body and not (certain and _is_person(author)):
            author, body = None, lines
    last = next((at for at in range(len(body), 1, -1) if body[at - 1].bare not in _LAST), min(len(body), 1))
    return Found(text_of(body[:last]), author, counted_back(age, now) if age else None, foot.likes)


def _is_beside_name(lines: Sequence[Line], at: int, site: _Site) -> bool:
    """Whether a line under a name is a badge. “Follow” with nothing below it is what somebody wrote."""
    return lines[at].bare in site.badges or (lines[at].bare == "Follow" and at + 1 < len(lines))


def _is_around(line: Line, site: _Site) -> bool:
    return line.bare in site.badges or site.border(line.bare)


def _without_tallies(lines: Sequence[Line]) -> Sequence[Line]:
    """A post without how many reacted, commented and shared."""
    end = len(lines)
    while end and _TALLY.fullmatch(lines[end - 1].bare):
        end -= 1
    # A number alone is a tally under “All reactions:” only; else somebody may have written it.
    while end < len(lines) and number(lines[end].bare) is not None:
        end += 1
    return lines[:end]


def _is_name(line: str, certain: bool) -> bool:
    """Whether a line can be a name: any short line where one must stand, elsewhere what does not read as a sentence."""
    if not line or len(line) > LONGEST_NAME:
        return False
    return certain or (line[-1] not in ".!?…,:;" and (len(line.split()) <= 3 or _is_person(line)))


def _is_person(line: str) -> bool:
    """Whether it reads as “Jane Doe”, “Friends of Oakfield School”: two words at least, the long ones with a capital."""
    words = line.split()
    return 2 <= len(words) <= 8 and all(word[0].isupper() or (len(word) <= 3 and at > 0) for at, word in enumerate(words))


def _facebook_foot(lines: Sequence[Line], at: int, floor: int) -> _Foot | None:
    """The foot whose Like stands at a line."""
    following = lines[at + 1].bare if at + 1 < len(lines) else ""
    if lines[at].bare not in _REACTIONS or following not in ("Reply", "Comment"):
        return None
    start, end, age, likes = at, at + 2, None, None
    while end < len(lines):
        line = lines[end].bare
        if age is None and _TIME.fullmatch(line):
            age = line
        elif likes is None and number(line) is not None:
            likes = number(line)
        elif not (line in _FACEBOOK_BUTTONS or _FACEBOOK_MORE.fullmatch(line)):
            break
        end += 1
    edited = lines[at - 1].bare == "Edited" if at > floor else False
    before = at - 2 if edited else at - 1
    if age is None and before >= floor and _TIME.fullmatch(lines[before].bare):
        start, age = before, lines[before].bare
    return _Foot(start, end, age, likes, following == "Comment")


def _tiktok_foot(lines: Sequence[Line], at: int, _: int) -> _Foot | None:
    """The foot whose age stands at a line: then Reply, likes before or after it."""
    if not _TIKTOK_TIME.fullmatch(lines[at].bare):
        return None
    end, likes, replied = at + 1, None, False
    while end < len(lines):
        line = lines[end].bare
        if line == "Reply" and not replied:
            replied = True
        elif likes is None and number(line) is not None:
            likes = number(line)
        elif not (line == "Liked by creator" or (replied and _TIKTOK_MORE.fullmatch(line))):
            break
        end += 1
    return _Foot(at, end, lines[at].bare, likes) if replied else None


_FACEBOOK = _Site(_facebook_foot, _FACEBOOK_BADGES, _FACEBOOK_BORDERS.__contains__, _FACEBOOK_MORE)
_TIKTOK = _Site(_tiktok_foot, _TIKTOK_BADGES, lambda line: bool(_TIKTOK_BORDERS.fullmatch(line)), _TIKTOK_MORE)
