"""What each verb of the journal is called, for whoever reads it: what happened, in a few words.

A verb that is not here cannot be written (``journal.note``). Who did it, to what and when stand beside.
"""

from collections.abc import Mapping
from typing import Any

from fablab.i18n import lazy

_BOOKINGS = {
    "booking.confirmed": lazy("Réservation faite"),
    "booking.requested": lazy("Réservation demandée"),
    "booking.approved": lazy("Demande acceptée"),
    "booking.refused": lazy("Demande refusée"),
    "booking.moved": lazy("Réservation déplacée"),
    "booking.cancelled": lazy("Réservation annulée"),
    "booking.suspended": lazy("Réservation suspendue"),
    "booking.given_back": lazy("Réservation rendue"),
    "booking.marked": lazy("Réservation à vérifier"),
    "booking.checked_in": lazy("Arrivée pointée"),
    "booking.heads": lazy("Nombre de personnes changé"),
    "booking.done": lazy("Réservation terminée"),
    "booking.no_show": lazy("Absence notée"),
    "booking.corrected": lazy("Absence corrigée"),
    "closure.made": lazy("Fermeture ou panne posée"),
    "closure.lifted": lazy("Fermeture ou panne levée"),
}

_MACHINES = {
    "training_slot.plan": lazy("Formation prévue"),
    "training_slot.cannot_come": lazy("Formation\u00a0: ne peut pas venir"),
    "training_slot.give_up": lazy("Formation\u00a0: renonce"),
    "training_slot.cancel": lazy("Formation annulée"),
    "training_slot.record": lazy("Formation\u00a0: résultats notés"),
    "shift.added": lazy("Permanence ajoutée"),
    "shift.withdrawn": lazy("Permanence retirée"),
}

_TRAINING = {
    "group.open": lazy("Groupe ouvert"),
    "group.close": lazy("Groupe fermé"),
    "enrolment.make": lazy("Inscription à un parcours"),
    "enrolment.leave": lazy("Sortie d’un parcours"),
    "enrolment.finish": lazy("Parcours terminé"),
    "enrolment.reopen": lazy("Parcours repris après une correction"),
    "session.plan": lazy("Séance prévue"),
    "session.move": lazy("Séance déplacée"),
    "session.cancel": lazy("Séance annulée"),
    "session.lead_left": lazy("Animateur retiré d’une séance"),
    "attendance.take": lazy("Appel fait"),
    "attendance.change": lazy("Présence changée"),
    "apology.say": lazy("Absence annoncée"),
    "apology.take_back": lazy("Absence annoncée, puis reprise"),
    "validation.save": lazy("Validations enregistrées"),
    "validation.undo": lazy("Validations défaites le jour même"),
    "validation.correct": lazy("Validation corrigée"),
    "evidence.add": lazy("Preuve ajoutée"),
    "evidence.shows": lazy("Ce qu’une preuve montre, changé"),
    "evidence.remove": lazy("Preuve effacée"),
    "evidence.erase": lazy("Preuves d’une personne effacées"),
    "sheet.write": lazy("Fiche projet écrite"),
    "sheet.change": lazy("Fiche projet modifiée"),
    "sheet.remove": lazy("Fiche projet effacée"),
    "sheet.show": lazy("Fiche mise dans la galerie"),
    "sheet.take_back": lazy("Fiche retirée de la galerie par son auteur"),
    "sheet.hide": lazy("Fiche retirée de la galerie par l’équipe"),
    "sheet.unhide": lazy("Fiche remise dans la galerie"),
    "badge.hand_over": lazy("Badge remis"),
    "badge.revoke": lazy("Badge retiré"),
    "badge.earn": lazy("Badge gagné"),
    "badge.end": lazy("Badge repris après une correction"),
    "training_request.ask": lazy("Formation demandée"),
    "training_request.answer": lazy("Réponse à une demande de formation"),
    "training_request.plan": lazy("Demande de formation\u00a0: créneau prévu"),
    "training_request.waits": lazy("Demande de formation\u00a0: attend de nouveau"),
    "training_request.withdraw": lazy("Demande de formation abandonnée"),
    "training_request.done": lazy("Demande de formation\u00a0: badge remis"),
    "validation_request.ask": lazy("«\u00a0Je pense y arriver\u00a0»"),
    "validation_request.answer": lazy("Réponse à «\u00a0je pense y arriver\u00a0»"),
    "validation_request.withdraw": lazy("«\u00a0Je pense y arriver\u00a0», repris"),
    "competency.second_check": lazy("Double validation réglée"),
    "right.give": lazy("Droit de valider donné"),
    "right.end": lazy("Droit de valider retiré"),
}

_PEOPLE = {
    "person.create": lazy("Compte créé"),
    "person.complete": lazy("Fiche complétée"),
    "person.trainee": lazy("Statut de stagiaire noté"),
    "person.leave": lazy("Mission terminée"),
    "person.return": lazy("Retour dans l’équipe"),
    "card.renew": lazy("Nouvelle carte"),
    "pin.renew": lazy("Nouveau code"),
    "secret.short": lazy("Code court choisi"),
    "secret.change": lazy("Code ou mot de passe changé"),
    "password.ask": lazy("Nouveau mot de passe demandé"),
    "password.choose": lazy("Mot de passe choisi"),
    "enter.lock": lazy("Entrée bloquée après trop d’essais"),
    "enter.unlock": lazy("Entrée débloquée"),
    "second.take_up": lazy("Seconde étape mise en place"),
    "second.codes": lazy("Codes de secours refaits"),
    "second.give_up": lazy("Seconde étape arrêtée"),
    "second.take_away": lazy("Seconde étape retirée"),
    "second.lock": lazy("Seconde étape bloquée"),
    "second.recover": lazy("Entrée par un code de secours"),
    "session.take_up": lazy("Tablette reprise"),
    "session.close": lazy("Appareil déconnecté"),
    "sessions.close": lazy("Appareils tous déconnectés"),
    "kiosk.enrol": lazy("Tablette inscrite"),
    "kiosk.end": lazy("Tablette retirée"),
    "staff.create": lazy("Compte d’équipe créé"),
    "staff.invite": lazy("Lien d’invitation envoyé"),
    "staff.roles": lazy("Rôles changés"),
    "referent.follow": lazy("Suivi par un référent commencé"),
    "referent.stop": lazy("Suivi par un référent terminé"),
    "authorisation.record": lazy("Autorisation notée"),
    "authorisation.withdraw": lazy("Autorisation retirée"),
    "photos.refuse": lazy("Photos refusées"),
    "data.ask": lazy("Demande sur ses données"),
    "data.answer": lazy("Demande sur les données répondue"),
    "account.address": lazy("Adresse e-mail changée"),
    "message.told": lazy("Prévenu de vive voix"),
    "message.untold": lazy("Pas encore prévenu, finalement"),
    "data.copy": lazy("Copie de ses données prise"),
}

_HOUSE = {
    "setting.change": lazy("Réglage changé"),
    "setting.confirm": lazy("Valeur inventée dite vraie"),
    "hours.change": lazy("Heures changées"),
    "calendar.add": lazy("Jours ajoutés au calendrier"),
    "calendar.remove": lazy("Jours retirés du calendrier"),
    "catalogue.load": lazy("Catalogue chargé"),
    "catalogue.take": lazy("Différences du catalogue prises"),
    "job.ask": lazy("Tâche lancée à la main"),
}

#: the parts of the journal, as the choice of acts shows them: heading -> verb -> words
FAMILIES: Mapping[Any, Mapping[str, Any]] = {
    lazy("Réservations et machines"): _BOOKINGS | _MACHINES,
    lazy("Parcours"): _TRAINING,
    lazy("Personnes"): _PEOPLE,
    lazy("Maison"): _HOUSE,
}

#: verb -> what happened
SAID: Mapping[str, Any] = {verb: words for family in FAMILIES.values() for verb, words in family.items()}
