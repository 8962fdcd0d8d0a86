"""The pages of the staff form, as HTML: for a telephone, without a program in them, without anything from elsewhere. Pure.

Whatever somebody typed goes through `escape` here, and nowhere else.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from urllib.parse import urlencode

from casework.sightings import LONGEST_NOTE, STOP, STOP_STEPS, Receipt
from core.taxonomy import PLATFORMS
from core.types import School

GATE, STOPPED, FORM = "/report", "/report/stop", "/report/new"
LABELS = {
    "code": "The code you were given",
    "school": "Which school is it about?",
    "link": "Link",
    "pasted": "What does it say? Paste it here, a whole thread too",
    "screenshot": "Screenshot",
    "platform": "Where did you see it?",
    "place": "Which group, page or account?",
    "seen": "When did you see it?",
    "note": "Why are you telling us?",
    "name": "Your name",
}
"""The fields of the form, in their order."""
_HINTS = {
    "link": "From “Share”, “Copy link”.",
    "screenshot": "PNG, JPEG or HEIC, at most 10 MB.",
    "seen": "UK time. Leave it empty for just now.",
    "name": "Only colleagues who handle it see this; it goes to no platform and no panel.",
}
_AGAIN = "Choose the screenshot again: a page cannot keep a file."


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a report was not taken in, in a sentence, and at which field; `field` is empty where it is none of them."""

    sentence: str
    field: str = ""


def gate(code: str) -> str:
    """The question that stops, before anything can be typed."""
    return _page(
        "Report something seen",
        f"""<h1>Report something seen</h1>
<p class="question" id="question">{escape(STOP)}</p>
<nav aria-labelledby="question">
<a class="button" href="{_address(STOPPED, code)}">Yes, or I am not sure</a>
<a class="button" href="{_address(FORM, code)}">No</a>
</nav>""",
    )


def stopped(code: str) -> str:
    """What to do instead."""
    steps = "\n".join(f"<li>{escape(step)}</li>" for step in STOP_STEPS)
    return _page(
        "Do not report it here",
        f"""<h1>Do not report it here</h1>
<ol>
{steps}
</ol>
<p><a class="step" href="{_address(GATE, code)}">Back to the question</a></p>""",
    )


def form(schools: Sequence[School], typed: Mapping[str, str], problem: Problem | None = None, *, again: bool = False) -> str:
    """The form with what was typed, and why it was refused. `again`: a screenshot was sent, and must be chosen anew."""
    of_these = _Fields(typed, problem)
    about = escape(schools[0].name) if len(schools) == 1 else "one of our schools"
    choices = {"": "Choose one", **{school.id: school.name for school in schools}}
    school = of_these.choice("school", choices, required=True) if len(schools) > 1 else ""
    title = "Not taken in: Report something seen" if problem else "Report something seen"
    return _page(
        title,
        f"""<h1>Report something seen</h1>
<p>Something about {about} that the school should know of. You need no account.</p>
{_alert(problem)}
<form method="post" action="{FORM}" enctype="multipart/form-data" accept-charset="utf-8">
{of_these.line("code", 'autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" required')}
{school}
<fieldset>
<legend>What did you see? One of these three is enough</legend>
{of_these.line("link", 'inputmode="url" autocomplete="off" autocapitalize="none" spellcheck="false"')}
{of_these.area("pasted", 'rows="6"')}
{of_these.file("screenshot", _AGAIN if again else "")}
</fieldset>
{of_these.choice("platform", {"": "The link says it, or I do not know", **PLATFORMS})}
{of_these.line("place", 'maxlength="200" autocomplete="off"')}
{of_these.line("seen", 'autocomplete="off"', kind="datetime-local")}
{of_these.area("note", f'rows="3" maxlength="{LONGEST_NOTE}"')}
{of_these.line("name", 'maxlength="100" autocomplete="name"')}
<button class="button" type="submit">Report</button>
</form>""",
    )


def thanks(receipt: Receipt, code: str) -> str:
    """The reference, and what happens next."""
    number = "one post" if receipt.posts == 1 else f"{receipt.posts:,} posts"
    return _page(
        f"Taken in: {receipt.reference}",
        f"""<h1>Thank you. It was taken in.</h1>
<p>Your reference:</p>
<p class="reference">{escape(receipt.reference)}</p>
<h2>What happens next</h2>
<ul>
<li>It was taken in as {number}. In a few minutes the colleagues who look after this see it.</li>
<li>They decide what is done. Nothing is answered, and nobody is reported, by itself.</li>
<li>If you have a question or know more, give them the reference. Write it down: it is not sent to you.</li>
<li>If a child may be in danger, do not wait: tell the designated safeguarding lead. In an emergency call 999.</li>
</ul>
<p><a class="button" href="{_address(GATE, code)}">Report something else</a></p>""",
    )


def sentence(said: str) -> str:
    """A page that says one thing only."""
    return _page("Report something seen", f"<h1>Report something seen</h1>\n<p>{escape(said)}</p>")


class _Fields:
    """The fields of the form, each under its label, with what was typed into it."""

    def __init__(self, typed: Mapping[str, str], problem: Problem | None) -> None:
        self._typed, self._problem = typed, problem

    def line(self, name: str, more: str, kind: str = "text") -> str:
        value = escape(self._typed.get(name, ""))
        return self._under_its_label(name, f'<input type="{kind}" {self._marks(name)} value="{value}" {more}>')

    def area(self, name: str, more: str) -> str:
        # The parser of a browser drops one line break at the beginning.
        text = escape(self._typed.get(name, ""))
        return self._under_its_label(name, f"<textarea {self._marks(name)} {more}>\n{text}</textarea>")

    def file(self, name: str, again: str) -> str:
        chosen = f'<p class="problem">{again}</p>' if again else ""
        return self._under_its_label(name, f'{chosen}<input type="file" {self._marks(name)} accept="image/*">')

    def choice(self, name: str, choices: Mapping[str, str], *, required: bool = False) -> str:
        chosen = self._typed.get(name, "")
        options = "\n".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
            for value, text in choices.items()
        )
        must = " required" if required else ""
        return self._under_its_label(name, f"<select {self._marks(name)}{must}>\n{options}\n</select>")

    def _marks(self, name: str) -> str:
        wrong = self._is_wrong(name)
        by = [f"{name}-hint"] * (name in _HINTS) + [f"{name}-problem"] * wrong
        described = f' aria-describedby="{" ".join(by)}"' if by else ""
        invalid = ' aria-invalid="true"' if wrong else ""
        return f'id="{name}" name="{name}"{described}{invalid}'

    def _under_its_label(self, name: str, control: str) -> str:
        hint = f'<p class="hint" id="{name}-hint">{escape(_HINTS[name])}</p>\n' if name in _HINTS else ""
        problem = ""
        if self._problem and self._is_wrong(name):
            problem = f'<p class="problem" id="{name}-problem">{escape(self._problem.sentence)}</p>\n'
        label = f'<label for="{name}">{escape(LABELS[name])}</label>'
        return f'<div class="field">\n{label}\n{hint}{problem}{control}\n</div>'

    def _is_wrong(self, name: str) -> bool:
        return self._problem is not None and self._problem.field == name


def _alert(problem: Problem | None) -> str:
    if problem is None:
        return ""
    to_it = ""
    if problem.field:
        to_it = f'\n<p><a class="step" href="#{problem.field}">Go to “{escape(LABELS[problem.field])}”</a></p>'
    return f'<div class="alert" role="alert">\n<p><b>Not taken in.</b> {escape(problem.sentence)}</p>{to_it}\n</div>'


def _address(path: str, code: str) -> str:
    return escape(f"{path}?{urlencode({'code': code})}" if code else path)


def _page(title: str, content: str) -> str:
    return f"""<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
{content}
</main>
</body>
</html>
"""


_STYLE = """
:root { color-scheme: light dark; --text: #1b2430; --quiet: #4a5563; --ground: #fff; --edge: #6b7280; --link: #1f5fa8;
  --press: #1f5fa8; --on-press: #fff; --wrong: #9b1c1c; --wrong-ground: #fdecec; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8ecf2; --quiet: #b4bdc9; --ground: #0e1117; --edge: #8b95a3; --link: #8fc3f7;
    --press: #6fb1f2; --on-press: #0e1117; --wrong: #ffb4a9; --wrong-ground: #3a1614; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--ground); font: 1.0625rem/1.5 system-ui, sans-serif; }
main { max-width: 36rem; margin: 0 auto; padding: 1rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.2rem; margin: 1.5rem 0 .5rem; }
li { margin-bottom: .6rem; }
a { color: var(--link); }
.step { display: inline-block; min-height: 2.75rem; padding: .6rem 0; }
.question { font-size: 1.25rem; font-weight: 600; }
.button { display: block; width: 100%; min-height: 3.5rem; margin: 1rem 0; padding: .9rem 1rem; border: 0; border-radius: .4rem;
  color: var(--on-press); background: var(--press); font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; cursor: pointer; }
.reference { font-size: 2.2rem; font-weight: 700; letter-spacing: .04em; margin: 0 0 1rem; }
.field { margin: 0 0 1.25rem; }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
legend { font-weight: 600; font-size: 1.2rem; margin: .5rem 0 .75rem; padding: 0; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
.hint { margin: 0 0 .35rem; color: var(--quiet); }
.problem { margin: 0 0 .35rem; color: var(--wrong); font-weight: 600; }
input, textarea, select { display: block; width: 100%; max-width: 100%; min-height: 2.75rem; padding: .55rem .65rem;
  border: 1px solid var(--edge); border-radius: .4rem; color: var(--text); background: var(--ground); font: inherit; }
textarea { resize: vertical; }
[aria-invalid] { border: 3px solid var(--wrong); }
.alert { margin: 0 0 1.25rem; padding: .75rem 1rem; border-left: 5px solid var(--wrong); background: var(--wrong-ground); }
.alert p { margin: 0; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
"""

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
"""What a browser may do with these pages: show them. The code may stand in the address, so nothing is told of where one was."""
