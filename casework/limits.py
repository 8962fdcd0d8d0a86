"""What Crestwatch will not do. Shown on a page of its own, printed on the signed purpose, held by tests where a test can."""

LIMITS: tuple[tuple[str, str], ...] = (
    (
        "No files on people",
        "There is no page, list or search by author. Nobody is followed. A member of the public has no name on screen.",
    ),
    (
        "No private places",
        "Only what anyone may read, or what a colleague was shown and reports. No log-in to a platform, no false account,"
        " no closed group.",
    ),
    (
        "No search for a person",
        "Sources are asked for the school’s names, never for a parent, a pupil or a colleague.",
    ),
    (
        "Criticism is not risk",
        "Who is unhappy with the school is heard, not handled. Opinions are counted; they raise no alarm by themselves.",
    ),
    (
        "Nothing kept for long",
        "A post that nobody put in a case loses its words and its author after 30 days at the latest. What its"
        " author deletes on a platform that tells us is removed here too.",
    ),
    (
        "Nothing by itself",
        "No reply, no report to a platform, no call to the police, no sanction: a person decides, and it is written down who.",
    ),
    (
        "No picture of a child undressed",
        "Such a picture is never taken in, shown or kept. The form stops, and says whom to call.",
    ),
    (
        "No selling on",
        "Nothing leaves this computer but what you export. No tracking, no advertising.",
    ),
)
"""Heading and sentences, in the order in which people ask."""
