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
from pathways.queries_numbers import GroupLine, Places, Waiting, places_filled, running_groups, what_waits
from pathways.queries_presence import Presence, presences
from pathways.queries_sessions import expected_at, next_session_of

__all__ = [
    "GroupLine",
    "Places",
    "Presence",
    "Ready",
    "Waiting",
    "badge_standings",
    "expected_at",
    "gaps_of",
    "held_of",
    "levels_of",
    "next_session_of",
    "places_filled",
    "presences",
    "ready_to_hand_over",
    "rights_of",
    "running_groups",
    "safety_badges",
    "valid_badges",
    "what_waits",
]
