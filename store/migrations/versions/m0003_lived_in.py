"""What people report, the signed purpose, known backups, posts whose time ran out; judgements that are quick to write."""

import sqlalchemy as sa
from alembic import op

from store import triggers
from store.engine import is_sqlite
from store.tables import Instant

revision = "0003"
down_revision = "0002"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, then the triggers anew."""
    op.add_column("posts", sa.Column("expired_at", Instant(), nullable=True))
    op.create_table(
        "sightings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("school_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("channel in ('page', 'form')", name="ck_sightings_channel"),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_sightings_school_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sa.UniqueConstraint("reference"),
    )
    op.create_table(
        "sighting_items",
        sa.Column("sighting_id", KEY, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("native_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sighting_id"], ["sightings.id"], name=op.f("fk_sighting_items_sighting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sighting_id", "platform", "native_id", name=op.f("pk_sighting_items")),
    )
    op.create_index("ix_sighting_items_platform_native_id", "sighting_items", ["platform", "native_id"], unique=False)
    op.create_table(
        "pictures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("native_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("original_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_type", sa.String(), nullable=False),
        sa.Column("shown_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("taken_in_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
    )
    op.create_index("ix_pictures_post", "pictures", ["platform", "native_id", "sha256"], unique=True)
    op.create_table(
        "report_codes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_codes")),
    )
    op.create_table(
        "purposes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purposes")),
    )
    op.create_table(
        "backups",
        sa.Column("id", KEY, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("thinned_at", Instant(), nullable=True),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
    )
    op.drop_index("ix_posts_author_key", "posts")  # looked up by author once in a while, and then all are read
    if is_sqlite(op.get_bind()):
        _judgements_with_rowid()
    op.create_index(
        "ix_judgements_hidden",
        "judgements",
        ["post_id"],
        unique=False,
        sqlite_where=sa.text("lane = 'safeguarding'"),
        postgresql_where=sa.text("lane = 'safeguarding'"),
    )
    triggers.remake(op.get_bind())


def _judgements_with_rowid() -> None:
    """Rows in the order of writing: kept in the tree of their key, each school's new rows split its pages in halves."""
    op.drop_index("ix_judgements_post_id", "judgements")
    op.rename_table("judgements", "judgements_before")
    op.create_table(
        "judgements",
        sa.Column("post_id", KEY, nullable=False),
        sa.Column("school_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("sentiment", sa.String(), nullable=False),
        sa.Column("sentiment_scores", sa.JSON(), nullable=False),
        sa.Column("risks", sa.JSON(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("own", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("judged_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_judgements_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_judgements_school_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("school_id", "post_id", name=op.f("pk_judgements")),
    )
    op.execute("INSERT INTO judgements SELECT * FROM judgements_before")
    op.drop_table("judgements_before")
    op.create_index("ix_judgements_post_id", "judgements", ["post_id"], unique=False)
