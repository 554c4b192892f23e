"""Every letter of the house, with facts invented for the example: what its page shows and a try sends."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask import current_app

from fablab import clock
from fablab.envelopes import Block, blocks
from fablab.i18n import _, lazy, speaking


@dataclass(frozen=True)
class ShownLetter:
    """One kind of letter. ``always``: a link or a warning of somebody's account, sent whatever the settings say."""

    title: Any
    always: bool = False


LETTERS = {
    "booking-made": ShownLetter(lazy("Réservation faite")),
    "booking-approved": ShownLetter(lazy("Réservation acceptée")),
    "booking-refused": ShownLetter(lazy("Réservation refusée")),
    "booking-moved": ShownLetter(lazy("Réservation déplacée")),
    "booking-cancelled": ShownLetter(lazy("Réservation annulée")),
    "booking-suspended": ShownLetter(lazy("Réservation suspendue")),
    "booking-back": ShownLetter(lazy("Réservation de nouveau possible")),
    "booking-warned": ShownLetter(lazy("Réservation à vérifier")),
    "bookings-warned": ShownLetter(lazy("Plusieurs réservations à vérifier")),
    "bookings-well": ShownLetter(lazy("Réservations rentrées dans l’ordre")),
    "past-closing-agreed": ShownLetter(lazy("Machine après la fermeture\u00a0: oui")),
    "past-closing-refused": ShownLetter(lazy("Machine après la fermeture\u00a0: non")),
    "past-closing-unsure": ShownLetter(lazy("Machine après la fermeture\u00a0: à revoir")),
    "machine-back": ShownLetter(lazy("Machine de retour")),
    "supply-low": ShownLetter(lazy("Matière bientôt finie")),
    "room-made": ShownLetter(lazy("Salle réservée ou demandée")),
    "room-dates": ShownLetter(lazy("Plusieurs dates de salle, réservées ou demandées")),
    "room-approved": ShownLetter(lazy("Demande de salle acceptée")),
    "room-refused": ShownLetter(lazy("Demande de salle refusée")),
    "room-moved": ShownLetter(lazy("Réservation de salle changée")),
    "room-cancelled": ShownLetter(lazy("Réservation de salle annulée")),
    "room-set-aside": ShownLetter(lazy("Dates de salles suspendues, ou redonnées")),
    "paper-ends": ShownLetter(lazy("Papier d’une structure à renouveler")),
    "paper-answered": ShownLetter(lazy("Papier d’une structure, accepté ou refusé")),
    "slot-offered": ShownLetter(lazy("Heure proposée à qui attend")),
    "slot-free": ShownLetter(lazy("Heure libre à qui l’a demandé")),
    "enrolled": ShownLetter(lazy("Inscription à un parcours")),
    "session-moved": ShownLetter(lazy("Séance déplacée")),
    "session-cancelled": ShownLetter(lazy("Séance annulée")),
    "session-leads": ShownLetter(lazy("Animation d’une séance")),
    "session-incident": ShownLetter(lazy("Accident ou presque-accident")),
    "lead-away": ShownLetter(lazy("Absence de qui mène une séance")),
    "badge-earned": ShownLetter(lazy("Badge gagné")),
    "badge-handed-over": ShownLetter(lazy("Badge de sécurité remis")),
    "badge-ended": ShownLetter(lazy("Badge retiré")),
    "badge-ends": ShownLetter(lazy("Badge bientôt fini")),
    "session-restored": ShownLetter(lazy("Séance remise")),
    "training-planned": ShownLetter(lazy("Créneau de formation prévu")),
    "training-cancelled": ShownLetter(lazy("Créneau de formation annulé")),
    "training-answered": ShownLetter(lazy("Réponse à une demande de formation")),
    "training-again": ShownLetter(lazy("Formation à revoir")),
    "training-left": ShownLetter(lazy("Place libérée dans une formation")),
    "validation-answered": ShownLetter(lazy("Réponse à « Je pense y arriver »")),
    "group-small": ShownLetter(lazy("Groupe où il manque du monde")),
    "own-pace-ends": ShownLetter(lazy("Parcours à son rythme bientôt fini")),
    "helper-named": ShownLetter(lazy("Choisi pour aider une séance")),
    "helper-ended": ShownLetter(lazy("N’aide plus une séance")),
    "sheet-hidden": ShownLetter(lazy("Fiche retirée de la galerie")),
    "version-moved": ShownLetter(lazy("Parcours qui change de version")),
    "address-refused": ShownLetter(lazy("Adresse qui ne marche pas"), always=True),
    "data-answered": ShownLetter(lazy("Réponse sur les données"), always=True),
    "referent-follows": ShownLetter(lazy("Suivi ouvert à un référent")),
    "staff-welcome": ShownLetter(lazy("Invitation dans l’équipe"), always=True),
    "password-reset": ShownLetter(lazy("Mot de passe oublié"), always=True),
    "second-step-ended": ShownLetter(lazy("Deux étapes arrêtées"), always=True),
}


@dataclass(frozen=True)
class Preview:
    """A letter in one language."""

    language: str
    subject: str
    body: str
    opens: str

    @property
    def blocks(self) -> list[Block]:
        """The pieces of the text, that its HTML draws."""
        return list(blocks(self.body))


def preview(notice: str, code: str, now: datetime) -> Preview:
    """The letter of this name with the facts of the example, in a language."""
    with speaking(code):
        facts = facts_of(notice, now)
        words = [
            current_app.jinja_env.get_template(f"mail/{notice}/{part}.txt").render(facts)
            for part in ("subject", "body")
        ]
        opens = _("Ouvrir la page")
        framed = current_app.jinja_env.get_template("mail/frame.txt").render({**facts, "words": words[1].strip()})
    return Preview(code, words[0].strip(), framed.strip(), opens)


def a_try(shown: Preview) -> Preview:
    """The same letter, marked as a try."""
    mark = "Essai" if shown.language == "fr" else "Try"
    return replace(shown, subject=f"{mark} — {shown.subject}")


def facts_of(notice: str, now: datetime) -> dict[str, Any]:
    """Facts for this letter: a booking, a session, a badge, of nobody."""
    starts_at = clock.at(clock.local_day(now) + timedelta(days=2), datetime.min.time().replace(hour=14))
    booking = SimpleNamespace(
        called="La petite laser", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), holder_id=1,
        reasons=None, reason="La machine est en réparation.", there_until=starts_at + timedelta(minutes=30),
        agreed_by=SimpleNamespace(short_name="Nadia B."),
    )  # fmt: skip
    group = SimpleNamespace(name="Groupe du jeudi", starts_on=clock.local_day(starts_at))
    lesson = SimpleNamespace(starts_at=starts_at, title="Je découvre", group=group)
    absent = SimpleNamespace(full_name="Alex Exemple", short_name="Alex E.")
    several: list[Any] = [(booking, []), (booking, [])] if notice == "bookings-warned" else [booking]
    return {
        "person": SimpleNamespace(id=1, first_name="Camille"),
        "link": current_app.config["PUBLIC_URL"] + "/exemple" if notice in _WITH_WHOLE_LINKS else "/exemple",
        **{"booking": booking, "bookings": several, "closure": SimpleNamespace(reason="Travaux.")},
        **{"coming": [lesson], "lessons": [lesson], "absent": absent, "pathway": "Déclic"},
        **{"title": lesson.title, "before": starts_at - timedelta(days=1), "when": starts_at},
        **{"badge": "Petite laser", "kind": "stage", "until": clock.local_day(starts_at) + timedelta(days=365)},
        **{"day": clock.local_day(starts_at), "lapses": False, "machine": "La petite laser", "by": "Nadia B."},
        **{"answer": "Je viens mardi.", "who": "Alex E.", "alone": False, "i_can": "Je règle la machine."},
        **{"group": group, "members": 3, "least": 5},
        **{"paper": _("attestation d’assurance"), "accepted": True, "why": ""},
        **{"material": "PLA", "left": 400, "unit": "g"},
        **{"free_until": starts_at + timedelta(hours=1), "kept_until": starts_at - timedelta(hours=3)},
        **{"outcome": "to_complete", "code": "", "leads": True, "accident": False, "back": False},
        **{"renewed": False, "reasons": [], "reason": "La machine a changé.", "said": "C’est corrigé."},
    }


_WITH_WHOLE_LINKS = ("staff-welcome", "password-reset")
