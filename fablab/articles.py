"""Names inside sentences: «du Fablab», «à La Dynamo», "of the Fablab". Pure.

A place's own name keeps the capital of its article (La Dynamo); a common one has a small article (le Fablab), which
becomes "the" in English.
"""

import re

_COMMON = re.compile(r"^(le |la |les |l’|l')")
_VOWELS = "aeiouyàâéèêëîïôùûœAEIOUYÀÂÉÈÊËÎÏÔÙÛŒ"


def bare(name: str) -> str:
    """«Fablab» of «le Fablab»; a name of one's own keeps its article."""
    return _COMMON.sub("", name)


def the(name: str, language: str) -> str:
    """The name with its article: «le Fablab», "the Fablab"; a name of one's own as it is."""
    return _COMMON.sub("the ", name) if language != "fr" else name


def of(name: str, language: str) -> str:
    """«du Fablab», «de l’Atelier», «de La Dynamo», «du Hangar» (Le Hangar), «d’Ici»; "of …" in English."""
    if language != "fr":
        return f"of {name}"
    article, _, rest = name.partition(" ")
    if rest and article.lower() == "le":
        return f"du {rest}"
    if rest and article.lower() == "les":
        return f"des {rest}"
    return f"d’{name}" if name[:1] in _VOWELS else f"de {name}"


def at(name: str, language: str) -> str:
    """«au Fablab», «à l’Atelier», «à La Dynamo», «au Hangar»; "at …" in English."""
    if language != "fr":
        return f"at {name}"
    article, _, rest = name.partition(" ")
    if rest and article.lower() == "le":
        return f"au {rest}"
    if rest and article.lower() == "les":
        return f"aux {rest}"
    return f"à {name}"
