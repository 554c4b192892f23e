"""What a reader may choose among."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.people.models import Scheme
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
_GROUPS = (
    select(Group.id, Group.name, Scheme.id, Scheme.name)
    .outerjoin(Scheme, Scheme.id == Group.scheme_id)
    .order_by(Group.starts_on.desc(), Group.name)
)


def pathways(session: Session) -> dict[str, tuple[str, str]]:
    """Pathway id as text -> (its name in its latest version, the class of its colour), in the order of the house."""
    return {
        str(id_): (short_title(title), f"p-{code.lower()}") for id_, code, title in rows(session, _PATHWAYS)
    }  # fmt: skip


def groups(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """Group id as text -> its name, the latest first; id of a scheme -> its name, by name: those that pay for one."""
    found = rows(session, _GROUPS)
    paying = {str(scheme): name for _id, _name, scheme, name in found if scheme is not None}
    by_name = dict(sorted(paying.items(), key=lambda one: one[1]))
    return {str(id_): name for id_, name, _scheme, _paid_by in found}, by_name
