"""Under what the sessions of a group may be held."""

#: school time, leisure centre (accueil de loisirs), workshop, vocational training, accompanied by another body
LEGAL_FRAMES = ("school", "leisure_centre", "workshop", "training", "accompanied")
