"""What a funder's report says: the same figures as the page, and what leaves the house without anybody's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fablab import clock, house
from fablab.home import settings_funders
from fablab.home.settings_funders import PREFIX
from fablab.i18n import _
from fablab.people.models import Scheme
from fablab.workbook import Cell, Sheet, hours
from pathways.views_words import STATUS_TITLES
from reports import queries_figures, queries_report
from reports.asked import Asked
from reports.queries_figures import Figures
from reports.values_indicators import INDICATORS, Indicator
from reports.values_public import OF_PEOPLE
from reports.values_small import hides_exits, is_small, shared
from reports.words import HIDDEN, QUESTIONS, say_period, say_share, say_value


@dataclass(frozen=True)
class Report:
    """A period and filters, for a funder or none; ``leaves``: shared outside, so that small numbers are hidden."""

    asked: Asked
    figures: Figures
    before: Figures
    scheme: Scheme | None
    leaves: bool

    def said(self, indicator: Indicator, figures: Figures) -> str:
        """What an indicator is worth in it, in words."""
        return HIDDEN if self._hides(indicator, figures) else say_value(indicator, figures.of(indicator))

    def cell(self, indicator: Indicator, figures: Figures) -> Cell:
        """The same as a number: hours in hours, shares between 0 and 1."""
        value = figures.of(indicator)
        if value is None:
            return None
        if self._hides(indicator, figures):
            return HIDDEN
        return {"hours": hours(int(value)), "rate": float(value)}.get(indicator.unit, int(value))

    def split(self, name: str) -> Sequence[tuple[str, int | None, str]] | None:
        """Each answer, how many gave it (None: hidden), their share; None when nothing of it may be shown."""
        counts = self.figures.splits[name]
        shown: Mapping[str, int | None] | None = shared(counts) if self.leaves else counts
        if shown is None:
            return None
        words, whole = self.asked.offered[name], sum(counts.values())
        order = [*(code for code in words if code in shown), *(code for code in shown if code not in words)]
        return [
            (words.get(code, code), count, HIDDEN if count is None else say_share(count, whole))
            for code, count in ((code, shown[code]) for code in order)
        ]

    def _hides(self, indicator: Indicator, figures: Figures) -> bool:
        """Everything about too few people; a small number of what they are or did; a share that gives one away."""
        if not self.leaves or indicator.family == "house":
            return False
        if is_small(int(figures.values["people"] or 0)):
            return True
        if indicator.code == "completion":
            parts = ("finished", "dropped", "interrupted")
            return any(is_small(int(figures.values[part] or 0)) for part in parts)
        if indicator.code == "women":
            counts = shared(figures.splits["gender"])
            return counts is None or None in counts.values()
        if indicator.family == "after":
            return hides_exits(indicator.code, {code: int(value or 0) for code, value in figures.values.items()})
        # Groups and sessions are no people.
        return indicator.family != "sessions" and is_small(int(figures.of(indicator) or 0))


def report(session: Session, asked: Asked, scheme: Scheme | None, now: datetime, *, leaves: bool) -> Report:
    """The figures of a report, exits counted as its funder does; four statements, five for a funder."""
    positive = settings_funders.positives(session, scheme.code) if scheme else None
    return Report(
        asked,
        queries_figures.figures(session, asked.period, asked.filters, now, positive=positive),
        queries_figures.figures(session, asked.period.before, asked.filters, now, positive=positive),
        scheme,
        leaves,
    )


def printed(session: Session, scheme: Scheme) -> tuple[str, str]:
    """The name and the number of agreement that a funder's report prints, as the settings say them."""
    said = house.settings(session)
    key = f"{PREFIX}.{scheme.code}"
    return str(said.get(f"{key}.name") or scheme.name), str(said.get(f"{key}.agreement") or "")


def sheets(session: Session, one: Report, secret: str, now: datetime) -> list[Sheet]:
    """The sheets of the workbook. What is shared has none with a line a person or group: small numbers are in them."""
    if one.leaves:
        return [_summary(one), _definitions(one)]
    period, filters = one.asked.period, one.asked.filters
    people = queries_report.young(session, period, filters, now, secret)
    groups = queries_report.groups(session, period, filters, now)
    calls = queries_report.calls(session, period, filters, now, secret)
    return [_summary(one), _lines(one, people), _groups(one, groups), _calls(calls), _definitions(one)]


_UNITS = {"count": "", "hours": "h", "rate": "%"}


def _summary(one: Report) -> Sheet:
    filters = ", ".join(str(words) for words in one.asked.said) or _("aucun")
    rows: list[Sequence[Cell]] = [
        (
            str(indicator.name),
            one.cell(indicator, one.figures),
            _UNITS[indicator.unit],
            one.cell(indicator, one.before),
            str(indicator.definition),
            filters if not indicator.house else _("aucun"),
        )
        for indicator in INDICATORS
    ]
    for name in OF_PEOPLE:
        lines = one.split(name)
        question = str(QUESTIONS[name])
        definition = _("Jeunes accompagnés, selon la réponse.")
        if lines is None:
            rows.append((question, HIDDEN, "", None, definition, filters))
        for words, count, _share in lines or ():
            label = _("%(question)s : %(answer)s", question=question, answer=words)
            rows.append((label, HIDDEN if count is None else count, "", None, definition, filters))
    heads = [
        _("Indicateur"), say_period(one.asked.period), _("Unité"), say_period(one.asked.period.before),
        _("Définition"), _("Filtre"),
    ]  # fmt: skip
    return Sheet(_("Synthèse"), heads, rows)


def _lines(one: Report, people: Sequence[queries_report.Young]) -> Sheet:
    words = [one.asked.offered[name] for name in queries_report.ANSWERS]
    heads = [
        _("Code"), *(str(QUESTIONS[name]) for name in queries_report.ANSWERS), _("Nouveau"), _("Parcours commencés"),
        _("Parcours finis"), _("Séances appelées"), _("Séances présentes"), _("Heures de présence"),
    ]  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            young.code,
            *(said.get(answer, answer) for said, answer in zip(words, young.answers, strict=True)),
            _("oui") if young.is_new else _("non"),
            young.started,
            young.finished,
            young.expected,
            young.present,
            hours(young.seconds),
        )
        for young in people
    ]
    return Sheet(_("Lignes"), heads, rows)


def _groups(one: Report, groups: Sequence[queries_report.Lived]) -> Sheet:
    heads = [
        _("Groupe"), _("Parcours"), _("Séances tenues"), _("Heures proposées"), _("Appelés"), _("Présents"),
        _("Taux de présence"),
    ]  # fmt: skip
    rows = [
        (
            group.name,
            group.pathway,
            group.sessions,
            hours(group.seconds),
            group.expected,
            group.present,
            group.present / group.expected if group.expected else None,
        )
        for group in groups
    ]
    return Sheet(_("Groupes"), heads, rows, rates=frozenset({6}))


def _calls(calls: Sequence[queries_report.Call]) -> Sheet:
    heads = [_("Séance"), _("Groupe"), _("Code"), _("Appel"), _("Heures de présence")]
    titles = {code: str(words) for code, words in STATUS_TITLES.items()}
    rows = [
        # A workbook knows no time zone: the hour on the wall is what the sheet of the day says.
        (clock.to_local(call.at).replace(tzinfo=None), call.group, call.code, titles[call.status], hours(call.seconds))
        for call in calls
    ]
    return Sheet(_("Émargement"), heads, rows)


def _definitions(one: Report) -> Sheet:
    rows: list[Sequence[Cell]] = [(str(indicator.name), str(indicator.definition)) for indicator in INDICATORS]
    rows.append((_("Période"), say_period(one.asked.period)))
    rows.append((_("Premier jour"), one.asked.period.first))
    rows.append((_("Dernier jour"), one.asked.period.last))
    if one.leaves:
        rows.append((HIDDEN, _("Moins de 5 personnes, ou ce qui permettrait de le retrouver.")))
    else:
        rows.append((_("Code"), _("Le même jeune a toujours le même code ; seule la maison peut le relire.")))
    return Sheet(_("Définitions"), [_("Mot"), _("Ce qu’il veut dire")], rows)
