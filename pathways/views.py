"""Pages of training. Each module adds its own routes to the one blueprint."""

from pathways import (
    views_badges,
    views_changing,
    views_ending,
    views_evidence,
    views_evidence_team,
    views_expiring,
    views_groups,
    views_history,
    views_path,
    views_planning,
    views_sessions,
    views_sheets,
    views_validation,
)
from pathways.blueprint import bp

__all__ = [
    "bp",
    "views_badges",
    "views_changing",
    "views_ending",
    "views_evidence",
    "views_evidence_team",
    "views_expiring",
    "views_groups",
    "views_history",
    "views_path",
    "views_planning",
    "views_sessions",
    "views_sheets",
    "views_validation",
]
