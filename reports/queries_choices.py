"""What a reader may choose among."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.ready import rows
from pathways.models_groups import Group
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.values import short_title

_PATHWAYS = (
    select(Pathway.id, Pathway.code, PathwayVersion.title)
    .join(PathwayVersion, PathwayVersion.pathway_id == Pathway.id)
    .where(PathwayVersion.status != "draft")
    .order_by(Pathway.position, Pathway.id, PathwayVersion.number)
)
_GROUPS = select(Group.id, Group.name).order_by(Group.starts_on.desc(), Group.name)


def pathways(session: Session) -> dict[str, tuple[str, str]]:
    """Pathway id as text -> (its name in its latest version, the class of its colour), in the order of the house."""
    return {
        str(id_): (short_title(title), f"p-{code.lower()}") for id_, code, title in rows(session, _PATHWAYS)
    }  # fmt: skip


def groups(session: Session) -> dict[str, str]:
    """Group id as text -> its name, the latest first."""
    return {str(id_): name for id_, name in rows(session, _GROUPS)}
