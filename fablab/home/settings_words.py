"""What the house decides for itself in numbers: machines, evidence, how long files are kept; what each does."""

from dataclasses import dataclass, fields
from typing import Any

from fablab.i18n import lazy
from fablab.people.rules_keeping import PREFIX as KEEPING_PREFIX
from fablab.people.rules_keeping import KeepingRules
from machines.values import RULES_PREFIX, MachineRules
from pathways.values_evidence import PREFIX, ProofLevels


@dataclass(frozen=True)
class Setting:
    """A whole number that the house sets. ``code`` is its name in addresses; texts are lazy."""

    code: str
    label: Any
    meaning: Any
    least: int
    most: int
    prefix: str = RULES_PREFIX
    values: type[MachineRules] | type[ProofLevels] | type[KeepingRules] = MachineRules

    @property
    def key(self) -> str:
        """Where it is kept."""
        return f"{self.prefix}.{self.code}"

    @property
    def default(self) -> int:
        """What holds until the house says otherwise."""
        return next(int(str(one.default)) for one in fields(self.values) if one.name == self.code)


SETTINGS = (
    Setting(
        "min_notice_hours",
        lazy("Délai avant un créneau (heures)"),
        lazy("On réserve au plus tard tant d’heures avant le début."),
        *(0, 168),
    ),
    Setting(
        "horizon_days", lazy("Horizon (jours)"), lazy("On réserve au plus tôt tant de jours à l’avance."), *(1, 365)
    ),
    Setting(
        "free_cancellation_hours",
        lazy("Annulation libre (heures)"),
        lazy("Jusqu’à tant d’heures avant le début, on annule sans conséquence."),
        *(0, 168),
    ),
    Setting(
        "max_active_bookings",
        lazy("Réservations à venir par jeune"),
        lazy("Au-delà, il faut en finir ou en annuler une."),
        *(1, 20),
    ),
    Setting(
        "max_weekly_hours",
        lazy("Heures par semaine et par jeune"),
        lazy("Toutes machines ensemble, du lundi au dimanche."),
        *(1, 60),
    ),
    Setting(
        "max_minors_per_adult",
        lazy("Mineurs par adulte"),
        lazy("Dans la salle, au même moment. Une règle de la maison, pas un texte de loi."),
        *(1, 30),
    ),
    Setting(
        "min_adults_high_risk",
        lazy("Adultes pour une machine à risque élevé"),
        lazy("Tant d’adultes dans la salle pendant qu’elle tourne."),
        *(1, 10),
    ),
    Setting(
        "piece_from_level",
        lazy("Niveau à partir duquel une pièce est demandée"),
        lazy("Pour un objet, une photo, un fichier ou une fiche\u00a0: de 1 à 4, ou 5 pour jamais."),
        *(1, 5),
        PREFIX,
        ProofLevels,
    ),
    Setting(
        "seen_from_level",
        lazy("Niveau à partir duquel présence et parole ne suffisent plus"),
        lazy("Sauf pour les compétences qui n’attendent que cela\u00a0: de 1 à 4, ou 5 pour jamais."),
        *(1, 5),
        PREFIX,
        ProofLevels,
    ),
    Setting(
        "late_minutes",
        lazy("Retard avant de libérer un créneau (minutes)"),
        lazy("Sans personne après tant de minutes, la machine est libre pour quelqu’un d’autre."),
        *(5, 240),
    ),
    Setting(
        "absences_before_suspension",
        lazy("Absences avant une suspension"),
        lazy("Tant de réservations manquées, et on n’en fait plus pendant un temps."),
        *(1, 100),
    ),
    Setting(
        "absence_period_days",
        lazy("Absences comptées sur (jours)"),
        lazy("Une absence plus ancienne ne compte plus avec les autres."),
        *(1, 400),
    ),
    Setting(
        "suspension_days",
        lazy("Durée d’une suspension (jours)"),
        lazy("À partir de la dernière absence. Ce qui est déjà réservé reste. 0 : jamais."),
        *(0, 400),
    ),
    Setting(
        "months_kept",
        lazy("Dossier d’un jeune\u00a0: gardé tant de mois"),
        lazy("Sans aucune nouvelle depuis, il est annoncé à la coordination, puis effacé 30 jours après."),
        *(6, 60),
        KEEPING_PREFIX,
        KeepingRules,
    ),
)


def setting(code: str) -> Setting | None:
    """The setting of this name."""
    return next((one for one in SETTINGS if one.code == code), None)
