"""The name of the house is a setting: pages, letters and cards read it there.

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PLACE = sa.table("place", sa.column("code"), sa.column("name"), sa.column("data_status"))
_SETTING = sa.table("house_setting", sa.column("key"), sa.column("value", sa.JSON), sa.column("data_status"))


def upgrade() -> None:
    """Say in the settings what the place that holds all others is called."""
    bind = op.get_bind()
    named = bind.execute(sa.select(_PLACE.c.name, _PLACE.c.data_status).where(_PLACE.c.code == "HOUSE")).first()
    known = bind.execute(sa.select(_SETTING.c.key).where(_SETTING.c.key == "house.name")).first()
    if named and not known:
        row = {"key": "house.name", "value": named.name, "data_status": named.data_status}
        bind.execute(sa.insert(_SETTING), [row])


def downgrade() -> None:
    """The place still has its name."""
    op.execute(sa.delete(_SETTING).where(_SETTING.c.key == "house.name"))
