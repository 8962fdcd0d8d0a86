"""Texts that nobody expects, for everything that must never raise."""

from hypothesis import strategies as st

STRANGE = {
    "nothing": "",
    "spaces": " \n\t ",
    "50,000 letters": "a" * 50_000,
    "50,000 capitals": "A" * 50_000,
    "50,000 words": "Maya Thornley, " * 3_400,
    "emoji": "😡😭👩‍👩‍👧🏽" * 40,
    "links": "https://a.example http://[ www. https://xn-- " * 20,
    "numbers": "07 " * 5_000,
    "Urdu": "یہ اسکول بہت اچھا ہے",
    "Japanese": "この学校はとてもいい",
    "right to left": "\u202eschool\u202c \u200f",
    "NUL": "a\x00b" * 10,
    "lone surrogates": "\ud83d and \ude21",
    "combining": "e" + "\u0301" * 5_000,
    "braces": "{what} {0} %s \\g<0>",
}
ANY_TEXT = st.text(st.characters(), max_size=200) | st.text("A a9B,.()@/:-’'£#07+", max_size=200)
"""Lone surrogates and NUL among the characters, and what patterns are made of."""
