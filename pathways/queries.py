"""Every reading of training, by one name: ``queries.badge_standings(…)``. They live in queries_<subject>.py."""

from pathways.queries_numbers import (
    PathwayYear,
    badges_ending,
    never_came,
    pathway_years,
    sessions_not_called,
    sessions_without_lead,
)
from pathways.queries_presence import Presence, presences
from pathways.queries_ready import Ready, gaps_of, levels_of, ready_to_hand_over
from pathways.queries_rights import rights_of
from pathways.queries_sessions import wishes_of
from pathways.queries_standings import badge_standings, held_of, safety_badges, valid_badges

__all__ = [
    "PathwayYear",
    "Presence",
    "Ready",
    "badge_standings",
    "badges_ending",
    "gaps_of",
    "held_of",
    "levels_of",
    "never_came",
    "pathway_years",
    "presences",
    "ready_to_hand_over",
    "rights_of",
    "safety_badges",
    "sessions_not_called",
    "sessions_without_lead",
    "valid_badges",
    "wishes_of",
]
