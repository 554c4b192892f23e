"""How the rules of machines say no: in the words of the young person, with the team's beside."""

from collections.abc import Mapping

from fablab.refusals import Effect, Refusal, Step


def say_no(
    code: str,
    young: str,
    staff: str,
    *,
    field: str = "",
    soft: bool = False,
    effect: Effect = "keep",
    step: Step | None = None,
    values: Mapping[str, str | int] | None = None,
) -> Refusal:
    """One refusal: ``young`` for the person («je»), ``staff`` for the team; ``values`` as in Refusal."""
    kept = tuple((values or {}).items())
    facts = (("staff", staff),)
    return Refusal(code, young, field=field, soft=soft, effect=effect, step=step, facts=facts, values=kept)
