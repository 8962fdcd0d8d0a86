"""What can be pointed at in a post, and what follows from it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.rules import OWN_RULES, RULES, beside, checked, found
from core.taxonomy import Mark, Risk, Sentiment, Severity
from core.types import Leader, Namesake, Post, Reason, School
from tests.analysis.fictional import EMPTY
from tests.analysis.readers import BOUNDS, tone
from tests.analysis.texts import ANY_TEXT, STRANGE

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
SCHOOL = School(
    id="rowan",
    name="Rowan Hill Academy",
    short_names=("The Hill",),
    aliases=("Keel Lane Juniors",),
    town="Ferrymoor",
    postcode="ZZ9 4QX",
    domains=("rowanhill.example",),
    namesakes=(Namesake(name="Alder Copse"),),
    leaders=(Leader(name="Imogen Vale", agreed_on="2026-09-01"),),
)


def _post(text: str) -> Post:
    return Post(platform="facebook", native_id="1", text=text, retrieved_at=NOW)


def _points(text: str, school: School = SCHOOL) -> dict[str, str | None]:
    return {reason.feature: reason.theirs for _, reason in found(_post(text), school)}


def _own(text: str, school: School = SCHOOL) -> set[str]:
    return {reason.feature for _, reason in found(_post(text), school, OWN_RULES)}


@pytest.mark.parametrize(
    "number",
    [
        *("07700 900264", "07700900264", "07700 900 264", "0770 090 0264", "07700-900-264", "07700.900264", "(07700) 900264"),
        *("+44 7700 900264", "+447700900264", "+44 (0)7700 900264", "0044 7700 900264", "O7700 900264"),
    ],
)
def test_a_mobile_number_however_it_is_spelt(number: str) -> None:
    assert "mobile_number" in _points(f"ring {number} tonight")


@pytest.mark.parametrize(
    "text",
    [
        *("07.11.2026 9.30", "on 07/11/2026 at 10:30", "01632 960001", "0800 1111", "020 7946 0018", "ref 1077009002641"),
        *("URN 990342", "£07", "+7 700 900 2641", "0770090026"),
    ],
)
def test_what_is_no_mobile_number(text: str) -> None:
    assert _points(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        *("sort code 04-00-98 account 77120043", "04-00-98 77120043", "040098 / 77120043", "acc 7712 0043, sort code 04 00 98"),
        *(
            "IBAN GB98 PETR 0000 1234 5678 90",
            "GB98PETR00001234567890",
            "revolut @hallmj26",
            "monzo.me/hallmj",
            "PayPal: @hallmj",
        ),
    ],
)
def test_an_account_to_pay_into(text: str) -> None:
    assert "bank_account" in _points(text)


@pytest.mark.parametrize(
    "text",
    [
        "20-11-26 to 04-12-2026",
        "ring 0800 1111",
        "04-00-98 only",
        "account ending 0043",
        "paypal is fine",
        "Rowan Hill 12-10-08",
    ],
)
def test_what_is_no_account(text: str) -> None:
    assert "bank_account" not in _points(text)


@pytest.mark.parametrize(
    "text",
    [
        *("She lives at 61 Cutler St", "14 Keel Street, come and say hello", "12a St Mary’s Road", "9 Tithe Lane, blue door"),
        *(
            "Flat 3, Ropewalk House",
            "2 Heol y Cwm",
            "8 Heol-y-Graig",
            "lives at number 2 mast road",
            "14, ZZ8 1QX",
            "5 Sea View Terrace",
        ),
    ],
)
def test_a_house_with_its_street_or_postcode(text: str) -> None:
    assert "home_address" in _points(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Year 5, Cutler Lane",
            "90 Cutler Lane Juniors",
            "2 y7 4am",
            "number 1 in the way",
            "bus 22 Pit Row",
            "the 22 Pit Row",
        ),
        *("3 cars parked on the road", "10 minutes walk", "20 mph road", "at 8:45 Cutler Lane was shut", "£14 Keel Street"),
        *("Rowan Hill Academy, 12 Mast Street, Ferrymoor ZZ9 4QX", "Rowan Hill Academy, 12 Mast Street, ZZ94QX", "3 Keel Lane"),
    ],
)
def test_what_is_no_home(text: str) -> None:
    assert _points(text) == {}


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("pay at https://rowanhill-pay.example/fees now", "rowanhill-pay.example"),
        ("Deposit £20: meals-at-school.info", "meals-at-school.info"),
        ("Your card is declined, log in: HTTPS://WWW.School-Trips.EXAMPLE.", "school-trips.example"),
        ("free vouchers, https://rowanhill.example@elsewhere.example/x", "elsewhere.example"),
        ("claim your refund http://[", "an unreadable one"),
    ],
)
def test_money_and_a_link_to_nobody_we_know(text: str, host: str) -> None:
    assert _points(text) == {"payment_link": host}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "pay at https://rowanhill.example/fees",
            "pay at https://www.rowanhill.example",
            "pay on https://shop.rowanhill.example",
        ),
        *("pay on www.parentpay.com/x", "fees: https://www.gov.uk/uniform", "£20 see https://www.youtube.com/watch?v=1"),
        *(
            "lovely photos https://kestrel.example",
            "pay the office, office@kestrel.info",
            "£5 at the gates.The fair",
            "pay and/or dance",
        ),
    ],
)
def test_links_that_say_nothing_of_a_scam(text: str) -> None:
    assert _points(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "bit.ly/3abc",
            "https://bit.ly/3abc",
            "see (https://tinyurl.com/abc).",
            "https://bit.ly,",
            "look http://192.0.2.7/login",
        ),
        *("https://xn--rwanhill-abc.example/", "https://r0wanhill.example", "https://rоwanhill.example"),
    ],
)
def test_a_link_that_does_not_say_where_it_leads(text: str) -> None:
    assert "hidden_link" in _points(text)
    assert _own(text) == {"unsafe_link"}


@pytest.mark.parametrize(
    "text", ["https://rowanhill.example.", "https://ROWANHILL.example/a", "https://news.example/a", "3.5.2"]
)
def test_a_link_that_says_where_it_leads(text: str) -> None:
    assert _points(text) == {}
    assert _own(text) == set()


def test_our_own_posts_are_checked_for_pupils_named_in_full() -> None:
    [(risk, reason)] = found(_post("Well done to Maya Thornley (Year 9)!"), SCHOOL, OWN_RULES)

    assert risk is Risk.PRIVACY
    assert reason.sentence == "Our own post seems to give a pupil’s first and last name (“Maya Thornley”)."
    assert _own("Well done Maya T (Year 9)") == set()
    assert _own("Alder Copse (Year 9), Imogen Vale (Year 9), Rowan Hill (Year 9) and Ferrymoor") == set()


def test_braces_in_a_post_stay_braces() -> None:
    [(_, reason)] = found(_post("pay here: https://a{what}.example/x"), SCHOOL)

    assert reason.sentence == "It speaks of money and links to a{what}.example, which is not a place of ours."


@pytest.mark.timeout(30)
@pytest.mark.parametrize("school", [SCHOOL, EMPTY], ids=["a school", "a school of nothing"])
@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_can_be_looked_through(text: str, school: School) -> None:
    for rules in (RULES, OWN_RULES):
        for _, reason in found(_post(text), school, rules):
            (reason.sentence + (reason.theirs or "")).encode()


@given(text=ANY_TEXT, front=st.sampled_from(["", "pay https://", "www.", "£ bit.ly/", "Flat 3, ", "07700 "]))
def test_looking_never_raises_and_gives_what_is_there(text: str, front: str) -> None:
    for risk, reason in [*found(_post(front + text), SCHOOL), *found(_post(front + text), EMPTY, OWN_RULES)]:
        assert risk in (Risk.SCAM, Risk.PRIVACY)
        assert reason.score == 0.0
        reason.sentence.encode()


SPOKEN = [(Risk.SCAM, Reason(feature="bank_account", score=0.0, sentence="It gives a bank account to pay into."))]


@pytest.mark.parametrize(("chance", "believed"), [(0.0, False), (0.24, False), (0.25, True), (0.4, True), (0.9, True)])
def test_a_rule_speaks_where_the_encoder_half_believes_it(chance: float, believed: bool) -> None:
    told = beside(tone(risks={Risk.SCAM: chance}), SPOKEN, BOUNDS)

    assert (Risk.SCAM in told.risks) is believed
    assert [reason.feature for reason in told.reasons] == ["bank_account"] * believed
    assert told.severity is (Severity.MEDIUM if believed else Severity.NONE)


def test_a_rule_makes_nothing_less_severe_and_keeps_the_order_of_risks() -> None:
    grave = tone(risks={Risk.THREAT: 0.9, Risk.COMPLAINT: 0.9, Risk.SCAM: 0.3}, severity=Severity.HIGH)
    known = tone(risks={Risk.SCAM: 0.9}, severity=Severity.LOW)

    told = beside(grave, SPOKEN, BOUNDS)

    assert (told.risks, told.severity) == ((Risk.THREAT, Risk.SCAM, Risk.COMPLAINT), Severity.HIGH)
    assert beside(known, SPOKEN, BOUNDS).severity is Severity.LOW
    assert beside(grave, [], BOUNDS) == grave
    assert beside(grave, SPOKEN, {}).risks == grave.risks


def test_our_own_post_is_no_opinion() -> None:
    judged = tone(Sentiment.NEGATIVE, {Risk.MISINFORMATION: 0.9, Risk.COMPLAINT: 0.8}, marks=(Mark.QUESTION,))

    told = checked(judged, [])

    assert (told.risks, told.severity, told.marks, told.reasons) == ((), Severity.NONE, (), ())


def test_our_own_account_that_does_not_sound_like_itself() -> None:
    told = checked(tone(risks={Risk.HATE: 0.9, Risk.COMPLAINT: 0.9}, severity=Severity.HIGH), SPOKEN)

    assert (told.risks, told.severity) == ((Risk.HATE, Risk.SCAM), Severity.HIGH)
    assert [reason.feature for reason in told.reasons] == ["not_like_itself", "bank_account"]


def test_our_own_post_in_a_language_that_is_not_read_is_not_strange_for_that() -> None:
    welsh = tone(risks={Risk.HATE: 0.9, Risk.SCAM: 0.9}, language="cy", abstained="language: cy")

    assert checked(welsh, []).risks == ()
    assert checked(welsh, SPOKEN).risks == (Risk.SCAM,)
    assert checked(replace(welsh, risks=(Risk.THREAT,)), []).risks == (Risk.THREAT,)
