"""The labels and the words on screen for them. One word for one thing, in code and on every page."""

from enum import StrEnum


class Outcome(StrEnum):
    """Whether a post is about the school: only *ours* counts in charts; *ambiguous* is counted apart and never alerted."""

    OURS = "ours"
    AMBIGUOUS = "ambiguous"
    NOT_OURS = "not_ours"


class Sentiment(StrEnum):
    """Attitude toward the school and its people, as expressed."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Severity(StrEnum):
    """How soon somebody must look. Severity sets the clock; the label picks the person."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Risk(StrEnum):
    """What kind of harm a post may do; a post carries any number of them."""

    THREAT = "threat"
    SAFEGUARDING = "safeguarding"
    HATE = "hate"
    HARASSMENT = "harassment"
    PRIVACY = "privacy"
    CONFIDENTIALITY = "confidentiality"
    ALLEGATION = "allegation"
    DISORDER = "disorder"
    MISINFORMATION = "misinformation"
    SCAM = "scam"
    BRAND = "brand"
    COMPLAINT = "complaint"


class Mark(StrEnum):
    """What a post asks of the school, and whether its writer may be telling of wrongdoing where they work. Not risks."""

    QUESTION = "question"
    MEDIA_ENQUIRY = "media_enquiry"
    WHISTLEBLOWING = "whistleblowing"


ASKS = frozenset({Mark.QUESTION, Mark.MEDIA_ENQUIRY})
"""The marks that need an answer from somebody."""


class Lane(StrEnum):
    """Where a post goes. Polite criticism never reaches *alert*."""

    ALERT = "alert"
    SAFEGUARDING = "safeguarding"
    CRITICISM = "criticism"
    PRAISE = "praise"
    NOISE = "noise"


class Role(StrEnum):
    """Who may see what. Until sign-in exists, the person at this computer has the roles of the setting `local_roles`."""

    COMMUNICATIONS = "communications"
    HEAD = "head"
    SAFEGUARDING = "safeguarding"
    DATA_PROTECTION = "data_protection"
    SETUP = "setup"


ON_SCREEN: dict[str, str] = {
    Outcome.OURS: "About us",
    Outcome.AMBIGUOUS: "Might be us",
    Outcome.NOT_OURS: "Not us",
    Sentiment.NEGATIVE: "Unhappy",
    Sentiment.NEUTRAL: "Neither",
    Sentiment.POSITIVE: "Happy",
    Severity.NONE: "Nothing",
    Severity.LOW: "Note it",
    Severity.MEDIUM: "This week",
    Severity.HIGH: "Today",
    Severity.CRITICAL: "Now",
    Risk.THREAT: "Threat",
    Risk.SAFEGUARDING: "Child at risk",
    Risk.HATE: "Hate",
    Risk.HARASSMENT: "Abuse of a person",
    Risk.PRIVACY: "Someone’s private details",
    Risk.CONFIDENTIALITY: "Inside information",
    Risk.ALLEGATION: "Serious accusation",
    Risk.DISORDER: "Could disrupt the day",
    Risk.MISINFORMATION: "False notice or fake",
    Risk.SCAM: "Scam or unsafe link",
    Risk.BRAND: "Name, crest or uniform used",
    Risk.COMPLAINT: "Unhappy with the school",
    Mark.QUESTION: "A question to us",
    Mark.MEDIA_ENQUIRY: "The press asks",
    Mark.WHISTLEBLOWING: "Possibly whistleblowing",
    Lane.ALERT: "Needs someone",
    Lane.CRITICISM: "Opinions",
    Lane.PRAISE: "Good news",
    Lane.NOISE: "Nothing for us",
    Role.COMMUNICATIONS: "Communications",
    Role.HEAD: "Headteacher",
    Role.DATA_PROTECTION: "Data protection officer",
    Role.SETUP: "Set-up",
}
"""Label to words on screen. `safeguarding` is a risk, a lane and a role: for the last two see the functions below."""

PLATFORMS: dict[str, str] = {
    "x": "X",
    "reddit": "Reddit",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "threads": "Threads",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "linkedin": "LinkedIn",
    "snapchat": "Snapchat",
    "whatsapp": "WhatsApp",
    "pinterest": "Pinterest",
    "tumblr": "Tumblr",
    "flickr": "Flickr",
    "news": "News",
    "blog": "Blog",
    "forum": "Forum",
    "review": "Review site",
    "podcast": "Podcast",
    "wikipedia": "Wikipedia",
    "web": "Web page",
}


def platform_on_screen(platform: str) -> str:
    """The platform's own spelling of its name; an unknown one as it came."""
    return PLATFORMS.get(platform, platform)


def lane_on_screen(lane: str) -> str:
    """The lane in plain words; the safeguarding lead's lane by its reader."""
    return "Safeguarding lead only" if lane == Lane.SAFEGUARDING else ON_SCREEN[lane]


def role_on_screen(role: str) -> str:
    """The role in plain words."""
    return "Safeguarding lead" if role == Role.SAFEGUARDING else ON_SCREEN[role]


def lane(
    outcome: Outcome,
    sentiment: Sentiment,
    risks: frozenset[Risk],
    severity: Severity,
    marks: frozenset[Mark] = frozenset(),
) -> Lane:
    """Where a judged post goes; the first that fits."""
    if outcome is Outcome.NOT_OURS:
        return Lane.NOISE
    if Risk.SAFEGUARDING in risks or (outcome is Outcome.AMBIGUOUS and Risk.THREAT in risks):
        return Lane.SAFEGUARDING
    if outcome is Outcome.AMBIGUOUS:
        return Lane.NOISE
    serious = severity in (Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
    if (risks - {Risk.COMPLAINT} and serious) or (Risk.THREAT in risks and severity is not Severity.NONE) or marks & ASKS:
        return Lane.ALERT
    if Risk.COMPLAINT in risks or (sentiment is Sentiment.NEGATIVE and not serious):
        return Lane.CRITICISM
    return Lane.PRAISE if sentiment is Sentiment.POSITIVE else Lane.NOISE
