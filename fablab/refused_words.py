"""Words that say what the house refuses to know of a young person (GDPR, art. 5 and 9). Pure.

Health, disability, nationality, court matters, school results, social security numbers: a free text that holds one
is sent back. It is a help to whoever writes, not a proof: the reminder beside the field says the rest.
"""

import re
import unicodedata

#: beginnings of words, without accents; only those that hardly mean anything else in a workshop
_BEGINNINGS = (
    "handicap", "rqth", "mdph", "maladi", "autis", "dyslexi", "dysprax", "epilep", "asthm", "depressi", "suicid",
    "psychiatr", "psycholog", "schizo", "bipolair", "medicament", "hopital", "hospitalis", "cannabis", "alcooli",
    "toxico", "drogu", "nationalite", "titre de sejour", "sans papiers", "demandeur d asile", "refugie", "migrant",
    "religi", "musulman", "casier judiciaire", "judiciaire", "pjj", "tribunal", "garde a vue", "incarcer",
    "bulletin de notes", "redoubl", "securite sociale", "enceinte", "homosexu",
)  # fmt: skip
_FOUND = re.compile(r"\b(?:" + "|".join(_BEGINNINGS) + r")[a-z]*")
#: a social security number: thirteen figures that begin with 1 or 2, however they are spaced
_SOCIAL_NUMBER = re.compile(r"(?<!\d)[12](?:[ .-]?\d){12}(?:[ .-]?\d{2})?(?!\d)")


def first_in(text: str) -> str | None:
    """The first word of a text that tells what is refused, without accents; None when there is none."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    plain = re.sub(r"[-'’_]", " ", bare)
    found = _FOUND.search(plain) or _SOCIAL_NUMBER.search(text)
    return found.group(0) if found else None
