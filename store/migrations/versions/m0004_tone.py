"""What the encoder says beside sentiment, what people say of it, and daily counts with a column a sentiment."""

import sqlalchemy as sa
from alembic import op

from store import triggers
from store.engine import is_sqlite

revision = "0004"
down_revision = "0003"
SENTIMENTS = ("negative", "neutral", "positive")


def upgrade() -> None:
    """Make the counts anew from what was counted, then the triggers."""
    op.add_column("judgements", sa.Column("risk_scores", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("judgements", sa.Column("marks", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("judgements", sa.Column("language", sa.String(), nullable=True))
    op.add_column("judgements", sa.Column("abstained", sa.String(), nullable=True))
    _let_decisions_speak_of_tone()
    _widen_daily()
    triggers.remake(op.get_bind())


def _let_decisions_speak_of_tone() -> None:
    kinds, words = "kind in ('relevance', 'tone')", "kind = 'tone' or said in ('us', 'not_us', 'taken_back')"
    with op.batch_alter_table("decisions") as table:
        table.drop_constraint("ck_decisions_kind", type_="check")
        table.drop_constraint("ck_decisions_said", type_="check")
        table.create_check_constraint("ck_decisions_kind", kinds)
        table.create_check_constraint("ck_decisions_said", words)


def _widen_daily() -> None:
    op.rename_table("daily", "daily_before")
    if not is_sqlite(op.get_bind()):  # there a constraint keeps its name for itself when its table is renamed
        op.drop_constraint("pk_daily", "daily_before")
    op.create_table(
        "daily",
        sa.Column("school_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in SENTIMENTS),
        sa.PrimaryKeyConstraint("school_id", "day", "platform", "outcome", name=op.f("pk_daily")),
        sqlite_with_rowid=False,
    )
    sums = ", ".join(f"SUM(CASE WHEN sentiment = '{name}' THEN posts ELSE 0 END)" for name in SENTIMENTS)
    op.execute(
        f"INSERT INTO daily SELECT school_id, day, platform, outcome, {sums} FROM daily_before "
        "WHERE posts > 0 GROUP BY school_id, day, platform, outcome"
    )
    op.drop_table("daily_before")
