"""Pages of rooms. Each module adds its own routes to the one blueprint."""

from rooms import (
    views_activities,
    views_asking,
    views_changing,
    views_day,
    views_desk,
    views_hours,
    views_keys,
    views_money,
    views_papers,
    views_repeating,
    views_requests,
    views_rooms,
    views_week,
)
from rooms.blueprint import bp

__all__ = [
    "bp",
    "views_activities",
    "views_asking",
    "views_changing",
    "views_day",
    "views_desk",
    "views_hours",
    "views_keys",
    "views_money",
    "views_papers",
    "views_repeating",
    "views_requests",
    "views_rooms",
    "views_week",
]
