"""Pages of training. Each module adds its own routes to the one blueprint."""

from pathways import (
    views_badges,
    views_changing,
    views_groups,
    views_history,
    views_path,
    views_sessions,
    views_validation,
)
from pathways.blueprint import bp

__all__ = [
    "bp",
    "views_badges",
    "views_changing",
    "views_groups",
    "views_history",
    "views_path",
    "views_sessions",
    "views_validation",
]
