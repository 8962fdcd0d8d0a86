"""Schools are kept as their profiles say."""

import json
from pathlib import Path

from core.profile import read_school
from core.types import Community, Namesake, OfficialAccount, School
from store.engine import reading, writing
from store.profiles import all_schools, remove_school, save_schools
from store.queries import Filter, count_mentions
from store.store import Store
from tests.store.fictional import NOW, SCHOOLS, about, incoming, keep, post

WHOLE = School(
    id="grove",
    name="Grove Primary “School” 🎉",
    short_names=("The Grove",),
    communities=(Community(platform="reddit", name="r/grove"),),
    official_accounts=(OfficialAccount(platform="x", handle="@grove", admins=("a", "b"), links_policy=True),),
    namesakes=(Namesake(name="The Grove", town="Watford", note="a pub"),),
    domains=("grove.example",),
)


def test_a_profile_comes_back_as_it_was(store: Store) -> None:
    with writing(store.engine) as connection:
        save_schools(connection, [WHOLE], now=NOW)
    with reading(store.engine) as connection:
        assert list(all_schools(connection)) == [WHOLE, SCHOOLS[1]]


def test_saving_no_school_changes_nothing(store: Store) -> None:
    with writing(store.engine) as connection:
        save_schools(connection, [], now=NOW)
        assert list(all_schools(connection)) == list(SCHOOLS)


def test_the_demo_is_never_watched(store: Store) -> None:
    with writing(store.engine) as connection:
        save_schools(connection, [School(id="demo", name="Demo School")], now=NOW, demo=True)
        assert [school.id for school in all_schools(connection, watched=True)] == ["grove", "harbour"]
        assert [school.id for school in all_schools(connection)] == ["demo", "grove", "harbour"]


def test_changing_a_profile_keeps_its_judgements(store: Store) -> None:
    keep(store, incoming(post(), about()))
    with writing(store.engine) as connection:
        save_schools(connection, [WHOLE], now=NOW)
        assert count_mentions(connection, Filter(schools=["grove"])) == 1


def test_a_removed_school_takes_its_judgements_with_it(store: Store) -> None:
    keep(store, incoming(post(), about(), about("harbour")))
    with writing(store.engine) as connection:
        assert remove_school(connection, "grove")
        assert not remove_school(connection, "grove")
        assert count_mentions(connection, Filter(schools=["grove"])) == 0
        assert count_mentions(connection, Filter(schools=["harbour"])) == 1


def test_the_schools_of_the_demo_can_be_kept(tmp_store: Store) -> None:
    file = Path(__file__).parents[2] / "ops" / "demo" / "drovers" / "school.json"
    school = read_school(json.loads(file.read_text(encoding="utf-8")))
    with writing(tmp_store.engine) as connection:
        save_schools(connection, [school], now=NOW, demo=True)
        assert list(all_schools(connection)) == [school]
