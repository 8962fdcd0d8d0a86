"""The first tables."""

from alembic import op

from store import tables, triggers

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first version, then the search index and the triggers."""
    connection = op.get_bind()
    tables.metadata.create_all(connection)
    triggers.remake(connection)
