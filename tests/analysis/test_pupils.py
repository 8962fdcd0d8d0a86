"""Where a text gives a pupil’s first and last name, and where it only looks so."""

import pytest
from hypothesis import given

from analysis.pupils import named
from tests.analysis.texts import ANY_TEXT, STRANGE

KNOWN = ("Rowan Hill Academy", "Rowan Hill", "Saltby", "Kestrel house")
IN_FULL = (
    "Well done to Maya Thornley (Year 9) for a fantastic painting!",
    "Congratulations to Maya Thornley, Year 9, who won the county final.",
    "Maya Thornley in Year 9 has been chosen for the county squad.",
    "Our Keira Maudsley in Year 8 swam two lengths.",
    "Star of the week: Tom Ashby",
    "Our Year 6 pupil Ola Adeyemi baked 90 scones.",
    "Year 9 pupil, Maya Thornley, met the Mayor.",
    "Huge congratulations to Zoë O’Connor 9B on grade 5 violin.",
    "Éabha McAnespie (1B) tied her own tie",
    "Fraser Lockerbie (P1) on his first day",
    "Sumaiya Chowdhry-Khan, 11, memorised her whole speech.",
    "Nine-year-old Barnaby Tilley sang the solo.",
    "9-year-old Barnaby Tilley sang the solo.",
    "Maya Thornley, aged 9, and friends",
    "Well Done Maya Thornley (Year 9)!",
    "Proud of Maya Thornley and Tom Ashby in Year 11",
    "Congratulations to Year 9’s Maya Thornley",
    "Year 6 prize winners - Year 6: Tom Ashby, Ola Adeyemi",
    "Head girl Maya Thornley spoke beautifully.",
    "Anna de Souza, who is in Year 10, ran the 200m.",
    "Lucy Hall (Y4) lost a tooth on stage",
    "Tom Ashby from our Year 5 class",
    "Maya Thornley Y9 came second",
    "Well done Ben Wood, Reception, for sharing",
    "Pupil of the Week is Jo Marsh",
    "Samuel Oakden, Year Seven, built a bridge",
    "Mohammed al-Rashid (8C) and his robot",
    "Denzel Opie, Form 7E2",
    "Leo Prentice of Hedgehogs class",
    "Prince Adeyemi (Year 9) at the fair",
    "Well done to her sister Maya Thornley (Year 5)",
    "Our netball captain Maya Thornley (Y10)",
    "Leo King in Year 4 came first",
    "Ola Green, 9, and her hamster",
    "Ola Green in reception lost a tooth",
)
NOT_SO = (
    "Mr John Fenwick in Year 6 is retiring",
    "Mrs O’Hara, Year 4, says thank you",
    "Miss Kaur and Year 2 went pond dipping",
    "Headteacher Sarah Marsh visited Year 4",
    "Sarah Marsh, Head of Year 9, will email you",
    "Dr. Sarah Marsh (Year 9) will speak",
    "Our head of Year 9, Sarah Marsh, is on the gate",
    "Year 9 teacher Sarah Marsh ran the marathon",
    "Well done Maya (Year 9)!",
    "Well Done Maya in Year 9!",
    "Maya T (Year 9) and Tom A (Year 8)",
    "Well done to Maya and Tom (Year 9)",
    "We are reading Roald Dahl in Year 4",
    "Ancient Egypt in Year 3 was great",
    "Great Fire of London in Year 2",
    "World Book Day in Reception",
    "Sports Day (Year 5) Thursday",
    "London Zoo (Year 2) 14 May",
    "Trip to Hyde Park (Year 6) leaves at 9",
    "Kew Gardens, Year 5",
    "Treasure Island in Year 5",
    "Charlotte’s Web in Year 4",
    "Goodnight Mister Tom in Year 6",
    "An Inspector Calls in Year 10",
    "Studying Florence Nightingale in Year 2",
    "Rosa Parks, Year 2",
    "Rowan Hill 3, Saltby High 2. Scorers: Maya (2), Tom",
    "Rowan Hill Academy (Year 7) open evening",
    "Leeds United, 4, fans",
    "Saltby High (5) Rowan Hill (3)",
    "Former pupil Tom Ashby, 16, is back",
    "Author Jo Ashby in Year 4 today",
    "Said parent Gurdeep Lall, whose daughter is in Year 9.",
    "Brian Purdy, 71, has held the lollipop",
    "Year 9 Parents Evening is Thursday",
    "Year 11 Mock Exams begin",
    "Year 6: Kew Gardens, London Zoo",
    "Student Finance England workshop",
    "Pupil Premium Strategy is online",
    "In October a child in Reception came",
    "Good luck to 174 Year 11s",
    "Key Stage Two in Year 6",
    "Kestrel House 12, Merlin House 9",
    "Monday Netball (Year 7), Tuesday Football (Year 8)",
    "Sarah Marsh (Chair of Governors) met Year 6",
    "Anne Frank in Year 9 – moving work",
    "Duke Of Edinburgh in Year 10",
    "Congratulations to Year 9’s Debate Team",
    "Blood Brothers, Year 11",
    "Wear odd socks. Anti Bullying Week, Year 7 lead",
    "Twelve Mile Bank bus is running 25 minutes late",
    "From Poitiers, Thuringia, Fortunatus and Saddlers: brava",
    "Ferrymoor Town, 4, Saltby",
    "Thank you to Cllr Ada Marsh for visiting Year 5",
    "Uncle Ade Bello (Year 3 reading volunteer)",
    "Mathematicians of the week are in Year 4",
    "Sister Bernadette Kelly, Year 5",
    "Queen Elizabeth in Year 3",
    "We met Mayor Ada Marsh, Year 5 and Year 6",
    "At the Rising Sun 3G, 10.15",
    "Grove 0 Whinnie Thistle 6. Hard luck",
    "FREE TO NURSERY PARENTS",
    "Small infants up a hill in East Lancs, nursery too",
    "ROWAN HILL (YEAR 7)",
)


@pytest.mark.parametrize("text", IN_FULL)
def test_a_first_and_last_name_beside_a_class_or_an_age(text: str) -> None:
    found = named(text, KNOWN)

    assert found is not None
    assert found in text
    assert " " in found


@pytest.mark.parametrize("text", NOT_SO)
def test_what_is_no_pupils_full_name(text: str) -> None:
    assert named(text, KNOWN) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Well Done Maya Thornley (Year 9)!", "Maya Thornley"),
        ("Our Keira Maudsley in Year 8", "Keira Maudsley"),
        ("Maya Thornley’s (Year 9) robot", "Maya Thornley"),
        ("Caolan James Docherty aged 4", "Caolan James Docherty"),
        ("Mr Fenwick congratulated Tom Ashby, Y9", "Tom Ashby"),
        ("Miss Kaur’s class: Ola Adeyemi (Year 2) and Tom Ashby (Year 2)", "Ola Adeyemi"),
        ("Mohammed al-Rashid (8C)", "Mohammed al-Rashid"),
    ],
)
def test_the_name_is_given_without_what_stands_around_it(text: str, name: str) -> None:
    assert named(text) == name


@pytest.mark.parametrize(("age", "found"), [(2, False), (3, True), (18, True), (19, False), (71, False)])
def test_only_ages_at_which_people_are_pupils(age: int, found: bool) -> None:
    for text in (f"Tom Ashby, {age}, ran", f"Tom Ashby, aged {age}", f"Tom Ashby ({age})", f"{age}-year-old Tom Ashby"):
        assert (named(text) is not None) is found, text


def test_schools_and_places_are_no_pupils() -> None:
    assert named("Alder Copse, Year 5") == "Alder Copse"
    assert named("Alder Copse, Year 5", ["Alder Copse"]) is None
    assert named("Alder Copse, Year 5", ["The Friends of Alder Copse"]) is None


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_can_be_looked_through(text: str) -> None:
    assert named(text, [text]) is None


@given(ANY_TEXT, ANY_TEXT)
def test_what_is_found_is_in_the_text(text: str, known: str) -> None:
    found = named(text, [known])

    assert found is None or found in text
