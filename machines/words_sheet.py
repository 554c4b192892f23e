"""What a machine does, in a few everyday words, by its pictogram: one sentence for its page and its label."""

from fablab.i18n import lazy

DOES = {
    "laser": lazy("Elle coupe et elle grave avec un rayon de lumière."),
    "impression_3d": lazy("Elle fabrique un objet, couche après couche."),
    "decoupe_vinyle": lazy("Elle découpe des dessins dans du vinyle qui colle."),
    "presse": lazy("Elle chauffe et elle colle un dessin sur du tissu."),
    "broderie": lazy("Elle brode un dessin avec du fil."),
    "couture": lazy("Elle coud des tissus ensemble."),
    "textile": lazy("Elle aide à travailler le tissu."),
    "serigraphie": lazy("Elle imprime le même dessin plusieurs fois."),
    "cnc": lazy("Elle creuse et elle découpe le bois avec une fraise."),
    "electronique": lazy("Je soude et je mesure des circuits."),
    "carte": lazy("Je programme une petite carte."),
    "outillage": lazy("Je perce, je scie, je visse et je ponce."),
    "atelier": lazy("Je prépare et je monte mes pièces."),
}


def does(pictogram: str) -> str:
    """What a machine of this family does; nothing where we have no words for it."""
    return str(DOES.get(pictogram, ""))
