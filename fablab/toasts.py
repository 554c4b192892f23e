"""What has just happened, said once on the next page, with the button that takes it back (components/toast.html)."""

from flask import flash

from fablab.i18n import _
from fablab.refusals import Refused


def say_with_way_back(said: str, url: str, label: str | None = None, **fields: str | int) -> None:
    """Say what happened in a few words; the button sends ``fields`` to ``url`` by POST. ``label``: «Annuler»."""
    message = {"text": said, "url": url, "label": label or _("Annuler"), "fields": fields}
    flash(message, "undo")  # type: ignore[arg-type]  # Flask keeps whatever JSON can hold


def say_refused(refused: Refused) -> None:
    """Say why a button did nothing, where no form stands to say it beside."""
    flash(" ".join(refusal.sentence for refusal in refused.refusals))
