"""Every reading of training, by one name: ``queries.badge_standings(…)``. They live in queries_<subject>.py."""

from pathways.queries_badges import (
    Ready,
    badge_standings,
    gaps_of,
    held_of,
    levels_of,
    ready_to_hand_over,
    rights_of,
    safety_badges,
    valid_badges,
)
from pathways.queries_numbers import (
    PathwayYear,
    badges_ending,
    never_came,
    pathway_years,
    sessions_not_called,
    sessions_without_lead,
)
from pathways.queries_presence import Presence, presences
from pathways.queries_sessions import wishes_of

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
