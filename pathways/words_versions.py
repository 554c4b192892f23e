"""What a version of a pathway says, in words: labels of its fields, values as people read them, what changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fablab.i18n import _, in_french, lazy, ngettext
from fablab.people.forms import SITUATION_LABELS
from pathways.models_pathways import PathwayVersion, Stage, StageTarget
from pathways.rules_difference import difference
from pathways.values_versions import Change, Line, Part

#: fields of a version -> how they are called, in the order in which they are read
VERSION = {
    "title": lazy("Titre"),
    "young_label": lazy("Ce que lisent les jeunes"),
    "project": lazy("But\u00a0: ce qu’on y fabrique"),
    "audience": lazy("Pour qui, en une phrase"),
    "certificate": lazy("Ce qu’on reçoit à la fin"),
    "rhythm": lazy("Rythme, en une phrase"),
    "situations": lazy("Situations"),
    "min_age": lazy("Âge, à partir de"),
    "max_age": lazy("Âge, jusqu’à"),
    "extended_max_age": lazy("Âge étendu, avec une reconnaissance de handicap"),
    "session_hours": lazy("Heures par séance"),
    "session_count": lazy("Nombre de séances"),
    "hours": lazy("Heures en tout"),
    "per_week": lazy("Séances par semaine"),
    "weeks": lazy("Semaines"),
    "own_pace": lazy("À son rythme, pendant l’open lab"),
    "max_months": lazy("Mois au plus"),
    "group_min": lazy("Jeunes par groupe, au moins"),
    "group_max": lazy("Jeunes par groupe, au plus"),
    "adults": lazy("Adultes par groupe"),
    "groups_per_year": lazy("Groupes par an"),
    "places_per_year": lazy("Places par an"),
    "attendance_percent": lazy("Présence demandée, en %"),
    "target_badges": lazy("Badges de sécurité visés"),
    "badge_choice": lazy("Badges au choix"),
    "papers": lazy("Pièces demandées"),
    "charter": lazy("Charte"),
}
STAGE = {
    "name": lazy("Nom"),
    "young_label": lazy("Ce que lisent les jeunes"),
    "aim": lazy("But"),
    "milestone": lazy("Jalon"),
    "expected_proofs": lazy("Preuves attendues"),
    "hours": lazy("Heures"),
    "sessions": lazy("Séances"),
    "choice": lazy("Compétences au choix"),
}
COMPETENCY = {
    "title": lazy("Titre"),
    "i_can": lazy("La phrase des jeunes"),
    "criteria": lazy("Ce que l’animateur doit voir"),
    "level": lazy("Niveau visé"),
    "family": lazy("Famille"),
    "evidence_code": lazy("Preuve"),
}
PAPERS = {
    "registration_form": lazy("fiche d’inscription"),
    "referral_form": lazy("fiche de prescription"),
    "parental_authorisation": lazy("autorisation parentale"),
    "photo_choice": lazy("choix pour les photos"),
    "passeur_charter": lazy("charte du passeur signée"),
}
FAMILIES = {
    "safety": lazy("Sécurité"),
    "design": lazy("Numérique et dessin"),
    "machines": lazy("Machines"),
    "textile": lazy("Textile"),
    "electronics": lazy("Électronique"),
    "material": lazy("Matières"),
    "project": lazy("Projet"),
    "team": lazy("Équipe"),
    "sharing": lazy("Partage"),
    "integration": lazy("Insertion"),
}
STATUSES = {"draft": lazy("Brouillon"), "published": lazy("Publiée"), "retired": lazy("Retirée")}


@dataclass(frozen=True)
class Names:
    """What codes are called: safety badges, competencies to choose among, levels."""

    badges: Mapping[str, str]
    competencies: Mapping[str, str]
    levels: Mapping[int, str]


def said(field: str, value: Any, names: Names) -> str:
    """The value of a field in words; nothing at all is «rien»."""
    if field == "badge_choice" and value:
        return _choice(value, names.badges)
    if field == "choice" and value:
        return f"{_choice(value, names.competencies)} ({names.levels.get(int(value['level']), value['level'])})"
    if field == "level":
        return f"{value} · {names.levels.get(value, '')}"
    if field == "sessions":
        return ngettext("%(num)s séance", "%(num)s séances", len(value))
    words = {"situations": dict(SITUATION_LABELS), "target_badges": names.badges, "family": FAMILIES}.get(field, {})
    if field == "papers":
        return ", ".join(_paper(one) for one in value) or _("rien")
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if isinstance(value, list | tuple):
        return ", ".join(str(words.get(one, one)) for one in value) or _("rien")
    return str(words.get(value, value)) if value not in (None, "") else _("rien")


def _choice(value: Mapping[str, Any], names: Mapping[str, str]) -> str:
    among = ", ".join(names.get(code, code) for code in value["among"])
    return _("%(count)s parmi\u00a0: %(among)s", count=value["count"], among=among)


def _paper(paper: Mapping[str, Any]) -> str:
    name = str(paper.get("label") or PAPERS.get(paper["paper"], paper["paper"]))
    return _("%(paper)s (mineurs)", paper=name) if paper.get("minors_only") else name


def changes(before: PathwayVersion | None, after: PathwayVersion, names: Names) -> list[Change]:
    """What a version changes from another one, in words; everything when there is none before it."""
    both = {target.competency.code for target in _targets(before)} if before else set()
    told = both & {target.competency.code for target in _targets(after)}
    earlier = list(_parts(before, told, names)) if before else []
    return difference(earlier, list(_parts(after, told, names)))


def by_part(told: Iterable[Change]) -> list[tuple[str, list[Change]]]:
    """The same, part by part, ready to print."""
    return [(part, list(lines)) for part, lines in groupby(told, key=lambda change: change.part)]


def _parts(version: PathwayVersion, told: Iterable[str], names: Names) -> Iterator[Part]:
    lines = [Line(field, str(label), said(field, getattr(version, field), names)) for field, label in VERSION.items()]
    order = ", ".join(stage.name for stage in version.stages)
    yield Part("pathway", _("Le parcours"), [*lines, Line("order", _("Ordre des étapes"), order)])
    for stage in version.stages:
        yield Part(f"stage:{stage.code}", _("Étape %(name)s", name=in_french(stage.name)), list(_stage(stage, names)))
    yield from _competencies(version, set(told), names)


def _stage(stage: Stage, names: Names) -> Iterator[Line]:
    for field, label in STAGE.items():
        yield Line(field, str(label), said(field, getattr(stage, field), names))
    for target in stage.targets:
        yield Line(f"target:{target.competency.code}", in_french(target.title), said("level", target.level, names))


def _competencies(version: PathwayVersion, told: set[str], names: Names) -> Iterator[Part]:
    """The words of the competencies that stand in both versions, and of those made with this one."""
    for code, target in {target.competency.code: target for target in _targets(version)}.items():
        if code in told or target.competency.draft:
            lines = [Line(one, str(COMPETENCY[one]), said(one, getattr(target, one), names)) for one in _WORDS]
            yield Part(f"competency:{code}", _("Compétence %(code)s", code=code), lines)


def _targets(version: PathwayVersion) -> Sequence[StageTarget]:
    return [target for stage in version.stages for target in stage.targets]


_WORDS = ("title", "i_can", "criteria")
