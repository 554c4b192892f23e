"""Everything that can be done in training, by one name: ``actions.validate_batch(…)``.

Each is one verb and one transaction, and raises Refused; they live in actions_<subject>.py.
"""

from pathways.actions_badges import hand_over
from pathways.actions_rights import end_right, give_right
from pathways.actions_validating import Corrected, Saved, correct, undo_batch, validate_batch

__all__ = [
    "Corrected",
    "Saved",
    "correct",
    "end_right",
    "give_right",
    "hand_over",
    "undo_batch",
    "validate_batch",
]
