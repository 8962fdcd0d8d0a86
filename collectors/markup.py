"""The words in a piece of HTML. Its mark-up is dropped, never run: what is left is text and is shown as text.

The standard library's parser is not used: in releases still about, 50 kB made for the purpose keep it busy for 20 seconds, and
some input makes it raise. Each pattern here reads its input once, whatever stands in it.
"""

import html
import re

# Each ends at its mark or at the end of the input, so it always matches and nothing is read twice.
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|template)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"</?(?:p|div|br|hr|li|ul|ol|tr|td|th|h[1-6]|blockquote|pre|figcaption)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!?][^<>]*>", re.IGNORECASE)


def plain_text(markup: str) -> str:
    """The text a reader would see: one line a paragraph, no tags, scripts, styles or comments, entities as characters."""
    seen = _TAG.sub("", _BREAK.sub("\n", _UNSEEN.sub("", markup)))
    lines = (" ".join(line.split()) for line in html.unescape(seen).splitlines())
    return "\n".join(line for line in lines if line)
