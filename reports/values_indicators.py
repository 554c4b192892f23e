"""Every indicator, defined once: name, definition, unit. Pages and files print these.

The set is that of the house and of those who pay: people, pathways, sessions, badges, machines, rooms, visitors.
"""

from dataclasses import dataclass
from typing import Any

from fablab.i18n import lazy


@dataclass(frozen=True)
class Indicator:
    """What is counted. ``unit``: «count», «hours» (kept in seconds) or «rate» (a share, 0 to 1).

    ``house``: it depends on no person, so that filters leave it as it is.
    """

    code: str
    family: str
    name: Any
    definition: Any
    unit: str = "count"
    house: bool = False


FAMILIES: dict[str, Any] = {
    "people": lazy("Jeunes"),
    "pathways": lazy("Parcours"),
    "after": lazy("Après le parcours"),
    "sessions": lazy("Séances"),
    "badges": lazy("Badges"),
    "machines": lazy("Machines"),
    "house": lazy("La maison"),
}

#: the moments of which situations after a pathway are reported (pathways.values_exits); other ones are kept, not added
EXIT_STEPS: dict[str, Any] = {
    "w0": lazy("à la sortie"),
    "w4": lazy("4 semaines après"),
    "m6": lazy("6 mois après"),
}

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "people",
        "people",
        lazy("Jeunes accompagnés"),
        lazy("Personnes différentes, venues au moins une fois, dont un parcours dure pendant la période."),
    ),
    Indicator(
        "new_people",
        "people",
        lazy("Nouveaux"),
        lazy("Parmi eux, ceux dont la toute première venue est dans la période."),
    ),
    Indicator(
        "places",
        "people",
        lazy("Places prises"),
        lazy("Premières présences dans la période : qui commence deux parcours prend deux places."),
    ),
    Indicator(
        "finished",
        "pathways",
        lazy("Parcours finis"),
        lazy("Parcours commencés, finis dans la période."),
    ),
    Indicator(
        "dropped",
        "pathways",
        lazy("Abandons"),
        lazy("Parcours commencés, abandonnés dans la période."),
    ),
    Indicator(
        "interrupted",
        "pathways",
        lazy("Interruptions"),
        lazy("Parcours commencés, interrompus dans la période."),
    ),
    Indicator(
        "left",
        "pathways",
        lazy("Autres départs"),
        lazy("Parcours commencés, quittés pour une autre voie ou une autre ville dans la période."),
    ),
    Indicator(
        "open",
        "pathways",
        lazy("En cours à la fin"),
        lazy("Parcours commencés, pas encore finis ni quittés au dernier jour."),
    ),
    Indicator(
        "completion",
        "pathways",
        lazy("Taux d’achèvement"),
        lazy("Parcours finis, sur finis, abandonnés et interrompus. Les autres départs n’y sont pas."),
        unit="rate",
    ),
    Indicator(
        "exits",
        "after",
        lazy("Sorties"),
        lazy("Parcours commencés, quittés dans la période : finis, abandonnés, interrompus, ou pour une autre ville."),
    ),
    *(
        indicator
        for step, moment in EXIT_STEPS.items()
        for indicator in (
            Indicator(
                f"known_{step}",
                "after",
                lazy("Situations connues %(moment)s", moment=moment),
                lazy("Celles dont la situation à ce moment est notée, autre que «\u00a0non connue\u00a0»."),
            ),
            Indicator(
                f"positive_known_{step}",
                "after",
                lazy("Sorties positives %(moment)s, sur les connues", moment=moment),
                lazy(
                    "Situations dites positives par la maison, sur les connues ; celles qui ne comptent pas sont ôtées."
                ),
                unit="rate",
            ),
            Indicator(
                f"positive_all_{step}",
                "after",
                lazy("Sorties positives %(moment)s, sur toutes", moment=moment),
                lazy("Les mêmes, sur toutes les sorties ; celles qui ne comptent pas ôtées."),
                unit="rate",
            ),
        )
    ),
    Indicator(
        "groups",
        "sessions",
        lazy("Groupes"),
        lazy("Groupes qui ont eu au moins une séance dans la période."),
    ),
    Indicator(
        "sessions",
        "sessions",
        lazy("Séances tenues"),
        lazy("Séances terminées, pas annulées. Avec un filtre sur les jeunes : celles où ils étaient attendus."),
    ),
    Indicator(
        "hours_offered",
        "sessions",
        lazy("Heures proposées"),
        lazy("Durée des séances tenues, une fois par groupe."),
        unit="hours",
    ),
    Indicator(
        "hours_attended",
        "sessions",
        lazy("Heures de présence"),
        lazy("Durée de chaque séance pour chaque présent, retards ôtés."),
        unit="hours",
    ),
    Indicator(
        "attendance",
        "sessions",
        lazy("Taux de présence"),
        lazy("Présents et en retard, sur tous les appelés ; un absent excusé compte comme attendu."),
        unit="rate",
    ),
    Indicator(
        "badges_safety",
        "badges",
        lazy("Badges de sécurité"),
        lazy("Remis dans la période, renouvellements compris."),
    ),
    Indicator("badges_stage", "badges", lazy("Badges d’étape"), lazy("Gagnés dans la période.")),
    Indicator("badges_pathway", "badges", lazy("Badges de parcours"), lazy("Gagnés dans la période.")),
    Indicator(
        "bookings",
        "machines",
        lazy("Réservations"),
        lazy("Machines réservées par les jeunes pour eux-mêmes ; ni annulées, ni suspendues."),
    ),
    Indicator(
        "hours_booked",
        "machines",
        lazy("Heures réservées"),
        lazy("Durée de ces réservations."),
        unit="hours",
    ),
    Indicator(
        "hours_used",
        "machines",
        lazy("Heures utilisées"),
        lazy("Durée de celles où quelqu’un est venu."),
        unit="hours",
    ),
    Indicator("no_shows", "machines", lazy("Pas venus"), lazy("Réservations où personne n’est venu.")),
    Indicator(
        "women",
        "machines",
        lazy("Part des femmes"),
        lazy("Réservations de femmes, sur celles dont le genre est connu."),
        unit="rate",
    ),
    Indicator(
        "room_hours",
        "house",
        lazy("Heures de salles"),
        lazy("Durée des prêts de salles aux structures, ni annulés, ni manqués ; les moitiés de salle à part."),
        unit="hours",
        house=True,
    ),
    Indicator(
        "occupancy",
        "house",
        lazy("Occupation des salles"),
        lazy("Heures de salles, sur les heures d’ouverture de la maison, jours fériés ôtés."),
        unit="rate",
        house=True,
    ),
    Indicator(
        "organisations",
        "house",
        lazy("Structures accueillies"),
        lazy("Structures différentes qui ont eu une salle dans la période."),
        house=True,
    ),
    Indicator(
        "visitors",
        "house",
        lazy("Visiteurs comptés"),
        lazy("Comptés aux activités et à la porte, corrections comprises ; une personne peut venir plusieurs fois."),
        house=True,
    ),
)
BY_CODE = {one.code: one for one in INDICATORS}


def ratio(part: int, whole: int) -> float | None:
    """A share, between 0 and 1; None when there is nothing to share."""
    return part / whole if whole else None
