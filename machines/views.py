"""Pages of machines. Each module adds its own routes to the one blueprint."""

from machines import (
    views_absences,
    views_booking,
    views_find,
    views_lab,
    views_now,
    views_readers,
    views_repair,
    views_returns,
    views_sheet,
    views_shifts,
    views_team,
    views_training,
    views_use,
    views_waiting,
    views_week,
    views_year,
    views_young,
)
from machines.blueprint import bp

__all__ = [
    "bp",
    "views_absences",
    "views_booking",
    "views_find",
    "views_lab",
    "views_now",
    "views_readers",
    "views_repair",
    "views_returns",
    "views_sheet",
    "views_shifts",
    "views_team",
    "views_training",
    "views_use",
    "views_waiting",
    "views_week",
    "views_year",
    "views_young",
]
