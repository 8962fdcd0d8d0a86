"""The search index is in step with the posts, whatever happens to them, and no operator can be typed by accident."""

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, String, update

from store import triggers
from store.engine import reading, writing
from store.queries import Filter, mentions
from store.retention import remove_source, wipe
from store.store import Store
from store.tables import posts
from store.writes import save
from tests.store.fictional import NOW, about, incoming, keep, post, with_schools


def _found(store: Store, phrase: str) -> list[str]:
    with reading(store.engine) as connection:
        return list(mentions(connection, Filter(schools=["grove"], phrase=phrase))["text"])


def _integrity(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO posts_fts(posts_fts, rank) VALUES ('integrity-check', 1)")


def test_what_is_said_is_found(store: Store) -> None:
    keep(store, incoming(post("1", "Lovely fair"), about()), incoming(post("2", "Lovely gates"), about()))

    assert _found(store, "fair") == ["Lovely fair"]
    assert _found(store, "LOVELY  Fair!") == ["Lovely fair"]
    assert _found(store, "fair lovely") == []
    assert _found(store, "fai") == []


def test_an_edited_post_is_found_by_what_it_says_now(store: Store) -> None:
    keep(store, incoming(post(text="Lovely fair"), about()))
    keep(store, incoming(post(text="Dreadful fair"), about()))

    assert _found(store, "lovely") == []
    assert _found(store, "dreadful fair") == ["Dreadful fair"]


def test_a_wiped_post_is_not_found(store: Store) -> None:
    keep(store, incoming(post(text="Lovely fair"), about()))
    with writing(store.engine) as connection:
        wipe(connection, "x", ["1"], now=NOW)

    assert _found(store, "fair") == []


def test_a_removed_post_is_not_found(store: Store) -> None:
    keep(store, incoming(post(text="Lovely fair"), about()), source="demo")
    with writing(store.engine) as connection:
        remove_source(connection, "demo")
    keep(store, incoming(post("2", "Lovely gates"), about()))

    assert _found(store, "lovely") == ["Lovely gates"]


def test_the_newest_is_found_first(store: Store) -> None:
    texts = [f"Fair number {n}" for n in range(12)]
    shuffled = [5, 11, 0, 3, 9, 1, 10, 2, 8, 4, 7, 6]
    for n in shuffled:
        keep(store, incoming(post(str(n), texts[n], created_at=NOW.replace(hour=n)), about()))

    assert _found(store, "fair") == texts[::-1]


def test_the_index_itself_gives_the_newest_first(tmp_store: Store) -> None:
    with_schools(tmp_store)
    keep(tmp_store, *(incoming(post(str(n), "Fair", created_at=NOW.replace(hour=n)), about()) for n in (3, 1, 2)))

    with reading(tmp_store.engine) as connection:
        found = connection.exec_driver_sql("SELECT rowid FROM posts_fts WHERE posts_fts MATCH 'fair' ORDER BY rowid DESC")
        ids = list(found.scalars())
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3


WORDLESS = ('"', "*", "(", "+", "-", "🎉", "'", "%", "_", "\x00", "\ud800", "\\")
WITH_THE_WORD = (
    '"fair',
    'fair"',
    "fair*",
    "-fair",
    "fair -",
    "^fair",
    "{fair}",
    "fair 🎉",
    "fair\x00",
    "(fair",
    "NEAR(",
    "fair AND",
)
WITHOUT_IT = ("NEAR(fair, 2)", "text:fair", "gates AND fair", "fair OR gates", "NOT fair", "''; DROP TABLE posts; --")


@pytest.mark.parametrize("phrase", [*WORDLESS, *WITH_THE_WORD])
def test_a_sign_typed_by_accident_is_no_operator(store: Store, phrase: str) -> None:
    keep(store, incoming(post(text="Near the fair and the gates"), about()))

    assert _found(store, phrase) == ["Near the fair and the gates"]


@pytest.mark.parametrize("phrase", WITHOUT_IT)
def test_words_beside_such_a_sign_are_words_that_are_looked_for(store: Store, phrase: str) -> None:
    keep(store, incoming(post(text="Near the fair and the gates"), about()))

    assert _found(store, phrase) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(phrase=st.text(st.characters(), max_size=40))
def test_no_phrase_breaks_the_search(tmp_store: Store, phrase: str) -> None:
    assert _found(tmp_store, phrase) == []


@pytest.mark.parametrize("phrase", ["cafe", "café", "cafe\u0301", "CAFÉ"])
def test_accents_do_not_matter(tmp_store: Store, phrase: str) -> None:
    with_schools(tmp_store)
    keep(tmp_store, incoming(post(text="Café at the fair"), about()))

    assert _found(tmp_store, phrase) == ["Café at the fair"]


@pytest.mark.parametrize("word", ["re\u0301sume\u0301", "हिन्दी", "ไทย"])
def test_marks_inside_a_word_do_not_part_it(tmp_store: Store, word: str) -> None:
    with_schools(tmp_store)
    keep(tmp_store, incoming(post(text=f"It says {word} here"), about()))

    assert _found(tmp_store, f"says {word} here")


def test_a_rebuilt_table_loses_its_triggers_and_gets_them_again(tmp_store: Store) -> None:
    with_schools(tmp_store)
    keep(tmp_store, incoming(post("1", "Lovely fair"), about()), incoming(post("2", "Lovely gates"), about()))
    with tmp_store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            before = _triggers(connection)
            with Operations(MigrationContext.configure(connection)).batch_alter_table("posts", recreate="always") as batch:
                batch.add_column(Column("mood", String))
            assert _triggers(connection) < before, "alembic keeps triggers now: `remake` may not be needed any more"
            triggers.remake(connection)
            assert _triggers(connection) == before
        driver.execute("PRAGMA foreign_keys=ON")

    keep(tmp_store, incoming(post("3", "Lovely choir"), about()), incoming(post("1", "Dreadful fair"), about()))
    with writing(tmp_store.engine) as connection:
        connection.execute(posts.delete().where(posts.c.text == "Lovely gates"))
        _integrity(connection)
    assert _found(tmp_store, "lovely") == ["Lovely choir"]


def _triggers(connection: Connection) -> set[str]:
    return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars())


def test_making_the_triggers_twice_changes_nothing(store: Store) -> None:
    with writing(store.engine) as connection:
        triggers.remake(connection)
    keep(store, incoming(post(text="Lovely fair"), about()))

    assert _found(store, "fair") == ["Lovely fair"]


def test_an_index_out_of_step_is_noticed(tmp_store: Store) -> None:
    keep(tmp_store, incoming(post(text="Lovely fair")))
    with writing(tmp_store.engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER posts_fts_update")
        connection.execute(update(posts).values(text="Dreadful gates"))
    with pytest.raises(Exception, match="malformed"), tmp_store.engine.begin() as connection:
        _integrity(connection)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["fair", "gates", "fair gates", ""])), max_size=8))
def test_the_index_is_in_step_after_any_saves(tmp_store: Store, said: list[tuple[str, str]]) -> None:
    with tmp_store.engine.connect() as connection, connection.begin() as transaction:
        for native_id, words in said:
            save(connection, [incoming(post(native_id, words))], source="x", keys=tmp_store.keys, now=NOW)
        wipe(connection, "x", ["a"], now=NOW)
        _integrity(connection)
        transaction.rollback()
