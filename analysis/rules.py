"""What stands beside the encoder's labels where policy is plain: a table of things in a post that can be pointed at.

Each names the risk that it speaks for. It makes that risk a label where the encoder thinks it half as likely as it would need
to by itself; alone it labels nothing, because a plumber's telephone number is no leak. What a school itself posts is no opinion
about it, and is checked for what its own policy forbids.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from analysis import pupils
from analysis.tone import UNSURE
from core.links import platform_of
from core.taxonomy import Risk, Severity
from core.text import loose, skeleton, storable
from core.types import Post, Reason, School, Tone

LONGEST = 20_000
"""Characters looked at."""
HALF_WAY = 0.5
"""Where a rule speaks for a risk, this share of its bound is enough."""
CONFIRMS = 0.0
"""The score of a reason that was pointed at and not weighed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be pointed at: what it is called, the risk it speaks for, the sentence, and how it is found."""

    feature: str
    risk: Risk
    sentence: str
    find: Callable[[str, School], str | None]


_LINK = re.compile(
    r"(?i:https?://|www\.)[^\s<>\"')\]]+"
    r"|(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,5}"
    r"(?:(?:com|net|org|uk|info|biz|app|shop|site|online|top|xyz|click|co|example)\b(?![@.]\w)|[a-z]{2,12}/[\w-])"
)
"""With what a link begins with or without: “school-meals.info” is one."""
_MONEY = re.compile(
    r"\b(pay(?:ment|ments|ing)?|fees?|refunds?|vouchers?|bank|transfer|deposit|invoice|gift ?cards?|crypto|bitcoin|prize|win"
    r"|won|claim|free|giveaway|discount|overdue|log ?in|password|verify)\b|£",
    re.IGNORECASE,
)
_SHORTENERS = frozenset(
    (
        *(
            "bit.ly",
            "tinyurl.com",
            "t.ly",
            "is.gd",
            "cutt.ly",
            "rb.gy",
            "ow.ly",
            "shorturl.at",
            "tiny.cc",
            "rebrand.ly",
            "s.id",
        ),
        *("goo.su", "linktr.ee", "t.me", "wa.me"),
    )
)
_KNOWN_PAYMENT = (
    *("parentpay.com", "schoolmoney.co.uk", "arbor-education.com", "parentmail.co.uk", "scopay.com", "wisepay.co.uk"),
    *("schoolcomms.com", "sims.co.uk", "justgiving.com", "gofundme.com", "eventbrite.co.uk", "ticketsource.co.uk"),
    *("classlist.com", "pta-events.co.uk"),
)
_ENDS = ".,;:!?…"
"""What ends the sentence and not the link."""
_PUBLIC_ENDS = (".gov.uk", ".sch.uk", ".ac.uk", ".nhs.uk", ".police.uk", ".org.uk", "bbc.co.uk")
_SORT_CODE = r"(?<![\d-])\d{2}[- –]?\d{2}[- –]?\d{2}(?![\d-])"
_NUMBER = r"(?<!\d)\d{4} ?\d{4}(?!\d)"
_ACCOUNT = re.compile(
    rf"{_SORT_CODE}\D{{1,30}}{_NUMBER}|{_NUMBER}\D{{1,30}}{_SORT_CODE}"
    r"|\b[A-Z]{2}\d{2} ?[A-Z]{4}(?: ?\d){8,14}(?!\d)"
    r"|\b(?i:revolut|monzo|paypal|cash ?app)(?:\.me/|\.com/paypalme/| ?:? ?@| ?\$)[\w.-]+"
)
"""A sort code beside an account number, an IBAN, or a name at an app that pays."""
_MOBILE = re.compile(r"(?<![\d+])(?:(?:\+|00)44[ .-]?(?:\(0\) ?)?|\(?[0Oo])7[1-9](?:\)?[ .-]?\d){8}(?!\d)")
_KINDS = (
    "Street|St|Road|Rd|Lane|Ln|Close|Avenue|Ave|Drive|Crescent|Cres|Terrace|Gardens|Gdns|Grove|Way|Court|Ct|Place|Row|Walk|Mews"
    "|Hill|Square|Rise|Wynd|Brae|Loan"
)
_STREET = (
    rf"(?:[A-Z][\w’'-]{{1,30}} ){{1,3}}(?:{_KINDS})\b(?! (?i:primary|infants?|juniors?|school|academy|nursery|college|high)\b)"
    r"|(?:Heol|Ffordd|Stryd|Lôn|Maes|Clos|Rhodfa)[ -](?:[Yy]r?[ -])?[A-Z][\w’'-]+"
)
_TYPED = (
    r"(?:(?!(?:in|on|the|of|to|for|and|is|was|from|at|my|our|this|that|his|her|a)\b)[\w’'-]{1,30} ){1,2}?" rf"(?:{_KINDS})\b"
)
_POSTCODE = r"\b(?i:[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b"
"""It ends in two letters of a part of the alphabet: “y7 4am” is none."""
_ADDRESS = re.compile(
    rf"(?<![\d:.£-])\d{{1,3}}[a-zA-Z]?,? (?:(?P<street>{_STREET})|(?P<code>{_POSTCODE}))"
    r"|\b(?i:flat|apartment) \d{1,3}[a-zA-Z]?,? (?P<house>[A-Z][\w’'-]+ [A-Z][\w’'-]+)"
    r"|\b(?i:(?:(?:lives?|living|stays?) (?:at|over)|address(?: is)?:?|number|no\.?|flat|door) \d{1,3}[a-z]?,? "
    rf"(?P<typed>{_TYPED}))"
)
_NO_HOUSE = re.compile(
    r"\b(?:years?|yr|y|class|form|room|bus|route|page|stage|primary|stop|platform|unit|aged?|the),? *$", re.IGNORECASE
)
"""What stands before a number that is no house's."""


def _links(text: str) -> Iterator[str]:
    for found in _LINK.findall(text):
        try:
            yield (urlsplit(found if "://" in found else f"https://{found}").hostname or "").strip(_ENDS).removeprefix("www.")
        except ValueError:
            yield "an unreadable one"


def _is_at(host: str, known: Sequence[str]) -> bool:
    return any(host == each.lstrip(".") or host.endswith(each if each.startswith(".") else f".{each}") for each in known)


def _payment_link(text: str, school: School) -> str | None:
    """A link to a place nobody here knows, in a post about money, prizes or passwords."""
    if not _MONEY.search(text):
        return None
    for host in _links(text):
        known = _is_at(host, [*school.domains, *_KNOWN_PAYMENT, *_PUBLIC_ENDS]) or platform_of(f"https://{host}")
        if host and not known:
            return host
    return None


def _hidden_link(text: str, school: School) -> str | None:
    """A link that does not say where it leads: shortened, a bare number, or letters that only look like ours."""
    ours = {domain.casefold() for domain in school.domains}
    seen = {skeleton(domain) for domain in ours}
    for host in _links(text):
        plain = host not in _SHORTENERS and not re.search(r"(?:^|\.)xn--", host) and not re.fullmatch(r"[\d.]+", host)
        if host and (not plain or (skeleton(host) in seen and host not in ours)):
            return host
    return None


def _matched(pattern: re.Pattern[str]) -> Callable[[str, School], str | None]:
    def find(text: str, school: School) -> str | None:
        found = pattern.search(text)
        return found[0] if found else None

    return find


def _home(text: str, school: School) -> str | None:
    """A house number with its street or postcode, which is not the school's own address."""
    ours = (school.postcode or "").replace(" ", "").upper()
    for found in _ADDRESS.finditer(text):
        near = re.compile(_POSTCODE).search(text, found.start(), found.end() + 60)
        at_ours = near is not None and near[0].replace(" ", "").upper() == ours
        street = f" {loose(found['street'] or found['typed'] or '')} "
        named_so = street.strip() and any(street in f" {loose(name)} " for name in _names(school))
        if not at_ours and not named_so and not _NO_HOUSE.search(text[max(0, found.start() - 20) : found.start()]):
            return found[0]
    return None


def _pupil(text: str, school: School) -> str | None:
    """A pupil's first and last name."""
    places = (school.town or "", *school.region_terms, *school.community_terms, *(each.name for each in school.namesakes))
    return pupils.named(text, [*_names(school), *places, *(leader.name for leader in school.leaders)])


def _names(school: School) -> tuple[str, ...]:
    return (school.name, school.trust or "", *school.short_names, *school.other_names)


RULES = (
    Rule("payment_link", Risk.SCAM, "It speaks of money and links to {what}, which is not a place of ours.", _payment_link),
    Rule("hidden_link", Risk.SCAM, "Its link ({what}) does not say where it leads.", _hidden_link),
    Rule("bank_account", Risk.SCAM, "It gives a bank account to pay into.", _matched(_ACCOUNT)),
    Rule("mobile_number", Risk.PRIVACY, "It gives a mobile number.", _matched(_MOBILE)),
    Rule("home_address", Risk.PRIVACY, "It gives a house number with its street or postcode.", _home),
)
OWN_RULES = (
    Rule("pupil_named", Risk.PRIVACY, "Our own post seems to give a pupil’s first and last name (“{what}”).", _pupil),
    Rule("unsafe_link", Risk.SCAM, "Our own post has a link ({what}) that does not say where it leads.", _hidden_link),
)
"""For what the school itself posts; no encoder is asked for its leave, since the policy is plain."""
_NOT_LIKE_ITSELF = frozenset({Risk.SCAM, Risk.HATE, Risk.HARASSMENT, Risk.THREAT})
_STRANGE = "Our own account does not sound like itself. Ask whoever runs it whether they wrote this."


def found(post: Post, school: School, rules: Sequence[Rule] = RULES) -> list[tuple[Risk, Reason]]:
    """What of the table is in a post, each with the risk it speaks for."""
    text = storable(post.text[:LONGEST])
    return [
        (rule.risk, Reason(feature=rule.feature, score=CONFIRMS, sentence=rule.sentence.format(what=what), theirs=what))
        for rule in rules
        if (what := rule.find(text, school)) is not None
    ]


def beside(tone: Tone, spoken: Sequence[tuple[Risk, Reason]], bounds: Mapping[str, float]) -> Tone:
    """The tone with the risks that rules speak for and the encoder half believes. `bounds`: by risk."""
    believed = [
        (risk, reason)
        for risk, reason in spoken
        if risk in tone.risks or tone.risk_scores.get(risk, 0.0) >= HALF_WAY * bounds.get(risk, 1.0)
    ]
    return _with(tone, tone.risks, believed)


def checked(tone: Tone, spoken: Sequence[tuple[Risk, Reason]]) -> Tone:
    """The tone of a post of our own: no opinion, no question, no risk but what rules point at and what is not like itself."""
    read = tone.abstained in (None, UNSURE)
    strange = tuple(risk for risk in tone.risks if risk in _NOT_LIKE_ITSELF and (read or risk is Risk.THREAT))
    reasons = [(risk, Reason(feature="not_like_itself", score=CONFIRMS, sentence=_STRANGE)) for risk in strange]
    bare = replace(tone, risks=(), severity=tone.severity if strange else Severity.NONE, marks=())
    return _with(bare, strange, [*reasons, *spoken])


def _with(tone: Tone, risks: Sequence[Risk], more: Sequence[tuple[Risk, Reason]]) -> Tone:
    if not more:
        return tone
    named = {*risks, *(risk for risk, _ in more)}
    new = named - set(tone.risks)
    severity = max(tone.severity, Severity.MEDIUM, key=list(Severity).index) if new else tone.severity
    return replace(
        tone,
        risks=tuple(risk for risk in Risk if risk in named),
        severity=severity,
        reasons=(*tone.reasons, *(reason for _, reason in more)),
    )
