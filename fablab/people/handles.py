"""Handles: a kind word and a number ("renard-42"), never a name or a birth date. Pure."""

import random
import re

from fablab.people.names import fold

#: animals, shapes of mountains, tools, plants and sky: nothing that can hurt
_KIND_WORDS = """
    abeille alouette bouquetin bouvreuil brochet castor cerf chamois chevreuil chouette cigale cigogne colibri
    coccinelle corail dauphin ecureuil elan faisan fauvette flamant fourmi gazelle gecko grillon grive hermine
    heron hibou hirondelle huppe isard jaguar koala lapin libellule lievre loir loriot loutre lucane lynx marmotte
    martin merle mesange milan moineau mouette mulot ours panda papillon pelican perdrix pingouin pinson puma renard
    rossignol roitelet salamandre saumon sittelle tamarin tetras tortue toucan triton truite vison zebre
    alpage cascatelle cime colline combe falaise moraine plateau prairie sommet vallee volcan
    aiguille bobine boulon boussole burin ciseau compas crayon curseur ecrou equerre fraise laine lime maillet niveau
    pinceau pliage ponceuse rabot ressort ruban tamis tampon tournevis truelle
    bouleau bruyere cedre chene edelweiss erable fougere framboise gentiane meleze mousse myrtille noisette noyer sapin
    tilleul trefle aurore cascade comete etoile flocon galet glacier nuage orage ruisseau soleil torrent vallon
"""
WORDS = tuple(_KIND_WORDS.split())


def propose(chance: random.Random, *, digits: int = 2) -> str:
    """A handle by chance: one of WORDS and a number of this many digits, without a leading zero."""
    return f"{chance.choice(WORDS)}-{chance.randrange(10 ** (digits - 1), 10**digits)}"


def as_written(typed: str) -> str:
    """The handle meant by what was typed: «Renard 42» and «RENARD42» are "renard-42"."""
    return "-".join(re.findall(r"[^\W\d_]+|\d+", fold(typed)))[:40]
