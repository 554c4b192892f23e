"""What happens one Tuesday at the open lab, line by line: hour, what, who, on what. Read by who plays and who computes.

Nothing here touches the house: the same lines are played through the pages, and counted by hand beside.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

TUESDAY = date(2026, 11, 24)
OPENS, CLOSES = "16:30", "19:30"
#: code -> how many adults it needs in the room, and how long it may be taken
MACHINES = ("VIN-01", "VIN-02", "FDM-01", "FDM-02", "FDM-04", "PRE-01", "LAS-01")

Act = Literal[
    "book", "ask", "agree", "begin", "walk_in", "end", "arrive", "leave", "cancel", "team_cancels",
    "breaks", "withdraw", "adult", "pin", "jobs", "correct", "look",
]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One thing that somebody does."""

    at: str
    act: Act
    who: str = ""
    machine: str = ""
    start: str = ""
    minutes: int = 0
    word: str = ""


#: who comes without a machine, from when to when; «»: nobody said that they left
VISITORS = (
    ("Malo", "16:35", "17:55"), ("Nina", "16:35", "17:55"), ("Omar", "16:36", "17:50"), ("Perle", "16:37", "17:50"),
    ("Quitterie", "16:40", "17:52"), ("Rachid", "16:42", "17:53"), ("Selma", "16:45", "17:54"),
    ("Titouan", "16:50", "17:54"),
    ("Ulysse", "18:00", "19:20"), ("Violette", "18:01", "19:21"), ("Wissam", "18:02", "19:22"),
    ("Xavier", "18:03", "19:23"), ("Yasmine", "18:04", "19:24"), ("Zacharie", "18:05", ""), ("Mona", "18:06", "19:25"),
    ("Hana", "17:56", "19:10"), ("Farah", "18:15", "19:05"),
)  # fmt: skip

STORY = (
    # In the morning.
    Line("10:00", "book", "Ana", "VIN-01", "16:30", 60),
    Line("10:01", "book", "Bilal", "VIN-02", "16:30", 60),
    Line("10:02", "book", "Chloé", "FDM-01", "17:00", 60),
    Line("10:03", "book", "Dina", "FDM-02", "17:00", 60),
    Line("10:04", "book", "Elio", "LAS-01", "17:30", 60),
    Line("10:05", "book", "Farah", "LAS-01", "19:00", 30),
    Line("10:06", "book", "Gaël", "VIN-01", "18:00", 60),
    Line("10:07", "book", "Hana", "PRE-01", "18:00", 60),
    Line("10:08", "ask", "Ilyes", "FDM-04", "17:00", 360),
    Line("10:20", "agree", "Ilyes", "FDM-04"),
    # The open lab.
    Line("16:32", "begin", "Ana", "VIN-01"),
    Line("16:35", "begin", "Bilal", "VIN-02"),
    *(Line(came, "arrive", who) for who, came, _left in VISITORS if came < "17:00"),
    Line("16:45", "cancel", "Gaël", "VIN-01"),
    Line("16:55", "begin", "Chloé", "FDM-01"),
    Line("17:00", "begin", "Ilyes", "FDM-04"),
    Line("17:00", "adult", word="25_59"),
    Line("17:05", "walk_in", "Lina", "PRE-01", minutes=30),
    Line("17:10", "withdraw", "Sonia"),
    Line("17:15", "team_cancels", "Farah", "LAS-01"),
    Line("17:20", "walk_in", "Karim", "FDM-02", minutes=60),
    Line("17:22", "end", "Ana", "VIN-01", word="fine"),
    Line("17:30", "end", "Bilal", "VIN-02", word="mess"),
    Line("17:31", "begin", "Elio", "LAS-01"),
    Line("17:33", "end", "Lina", "PRE-01", word="fault"),
    Line("17:35", "breaks", "Hana", "PRE-01"),
    Line("17:40", "walk_in", "Jade", "VIN-02", minutes=60),
    Line("17:48", "end", "Chloé", "FDM-01", word="fine"),
    *(Line(left, "leave", who) for who, _came, left in VISITORS if left and left < "18:00"),
    *(Line(came, "arrive", who) for who, came, _left in VISITORS if came > "17:00"),
    Line("18:08", "pin", "Mona"),
    Line("18:15", "end", "Karim", "FDM-02", word="fine"),
    Line("18:25", "end", "Jade", "VIN-02", word="fine"),
    Line("18:35", "jobs"),
    Line("18:40", "correct", "Elio", "LAS-01", start="18:20"),
    *(Line(left, "leave", who) for who, _came, left in VISITORS if left > "18:00"),
    # The night, and the next morning.
    Line("23:10", "jobs"),
    Line("34:00", "jobs"),
    Line("34:05", "look", "Ilyes", "FDM-04", word="fine"),
)


def in_order() -> list[Line]:
    """The lines by their hour: «34:05» is five past ten the next day."""
    return sorted(STORY, key=lambda line: line.at)


def everybody() -> list[str]:
    """Every young person of the story, each once."""
    team = {"Sonia", ""}
    return sorted({line.who for line in STORY} - team)
