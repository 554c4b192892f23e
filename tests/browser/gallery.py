"""Every component with believable content, to look at and to audit; not a page of the product."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, flash, render_template
from flask_wtf import CSRFProtect, FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from fablab.home.frame import drawn_icon
from fablab.i18n import say_one_stop
from fablab.identity import Identity

ROOT = Path(__file__).parent.parent.parent
FRAMES = {
    "public": (),
    "young": (
        ("Accueil", "house-door"),
        ("Réserver", "calendar-plus"),
        ("Parcours", "signpost-split"),
        ("Badges", "award"),
    ),
    "rail": (
        ("Aujourd’hui", "sun"),
        ("Groupes", "people"),
        ("Valider", "check2-square"),
        ("Machines", "tools"),
        ("Jeunes", "person-vcard"),
    ),
    "desk": (
        ("Tableau de bord", "speedometer2"),
        ("Jeunes", "people"),
        ("Groupes", "people-fill"),
        ("Demandes", "inbox"),
        ("Machines", "tools"),
        ("Salles", "calendar-week"),
        ("Structures", "key"),
        ("Bilans", "printer"),
    ),
}


class RoomForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """One field of each kind."""

    first_name = StringField("Prénom", [InputRequired()], description="Comme sur la carte.")
    people = IntegerField("Nombre de personnes", [InputRequired()])
    need = SelectField("Pour quoi ?", choices=["Répétition de chorale", "Réunion"])
    day = DateField("Quel jour ?", [Optional()])
    paper = RadioField("Autorisation des parents", choices=["Vue", "Pas encore vue"])
    photos = BooleanField("J’accepte les photos de mes objets.")


def things(*rows: dict[str, Any]) -> list[SimpleNamespace]:
    """Rows as the objects that a view would hand over."""
    return [SimpleNamespace(**row) for row in rows]


def week_rows() -> list[SimpleNamespace]:
    """Three machines over six days, as `calendar.py` prepares them."""
    taken = [(60, 90, "g-1"), (180, 60, "g-3"), (360, 120, "g-2")]
    return things(
        *(
            {"name": name, "floor": floor, "cells": [taken[: 1 + (day + row) % 3] for day in range(6)]}
            for row, (name, floor) in enumerate(
                [
                    ("Petite laser", "rez-de-chaussée"),
                    ("Imprimante 3D 1", "étage 1"),
                    ("Découpe vinyle", "étage 1"),
                ]
            )
        )
    )


def create_gallery() -> Flask:
    """A tiny application that renders `gallery.html` in each frame at /<frame>."""
    app = Flask(
        "gallery",
        root_path=str(ROOT),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.update(SECRET_KEY="gallery", WTF_CSRF_ENABLED=True)
    CSRFProtect(app)
    app.jinja_loader.searchpath.append(str(Path(__file__).parent))  # type: ignore[union-attr]  # a FileSystemLoader
    app.jinja_env.globals["_"] = lambda text, **values: text % values if values else text
    app.jinja_env.globals["house"] = Identity("La Dynamo", publisher="Ville de Chambéry")
    app.jinja_env.globals["is_demo"] = lambda: True
    app.jinja_env.globals["drawn_icon"] = drawn_icon
    app.jinja_env.filters["day"] = lambda _moment: "mardi 24 novembre"
    app.jinja_env.filters["in_french"] = app.jinja_env.filters["as_typed"] = str
    app.jinja_env.filters["one_stop"] = say_one_stop

    def nothing() -> str:
        return ""

    for name in ("front", "accessibility", "legal", "privacy"):
        app.add_url_rule(f"/x/{name}", f"home.{name}", nothing)
    app.add_url_rule("/x/enter", "people.enter", nothing)
    app.add_url_rule("/x/language", "home.set_language", nothing, methods=["POST"])

    @app.get("/<any(public, young, rail, desk):frame>")
    def gallery(frame: str) -> str:
        flash({"text": "Réservation annulée.", "url": "/x/undo", "label": "Remettre"}, "undo")  # type: ignore[arg-type]  # the toast takes a dict
        form = RoomForm(data={"first_name": "Inès", "people": 55})
        form.people.errors = ["La salle accueille 40 personnes au plus. Baisser le nombre ou changer de salle."]
        navigation = [
            SimpleNamespace(
                url="#",
                label=label,
                icon=icon,
                current=not index,
                count=6 if label == "Demandes" else None,
                waits="6 demandes",
            )
            for index, (label, icon) in enumerate(FRAMES[frame])
        ]
        return render_template(
            "gallery.html",
            frame=frame,
            navigation=navigation,
            me=SimpleNamespace(initial="I", short_name="Nadia Ferrand", role_label="coordinatrice")
            if frame != "public"
            else None,
            account_url="#",
            logout_url="/x/undo",
            search_url="#",
            demo=True,
            form=form,
            form_errors=True,
            things=things,
            hour=lambda text: Markup(text.replace(" ", "&nbsp;")),
            week=week_rows(),
            messages=things(
                {
                    "id": 1,
                    "text": "La petite laser est réparée.",
                    "link": "#",
                    "created_at": datetime.now(UTC),
                }
            ),
        )

    return app


if __name__ == "__main__":
    create_gallery().run(port=5077)
