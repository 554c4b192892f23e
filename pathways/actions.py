"""Everything that can be done in training, by one name: ``actions.validate_batch(…)``.

Each is one verb and one transaction, and raises Refused; they live in actions_<subject>.py.
"""

from pathways.actions_attendance import say_cannot_come, take_apology_back, take_attendance
from pathways.actions_badges import hand_over
from pathways.actions_correcting import Corrected, correct, take_back_batch, undo_batch
from pathways.actions_enrolling import close_group, come_back, enrol, leave, open_group
from pathways.actions_exits import note_situation, take_situation_back
from pathways.actions_frames import say_frame
from pathways.actions_helpers import helps_no_more, name_helper, say_helper_came
from pathways.actions_leads import change_leads
from pathways.actions_notes import erase_note, write_note
from pathways.actions_outreach import note_call, take_back_call
from pathways.actions_own_pace import accept_charter, choose
from pathways.actions_papers import paper_not_received, receive_paper, say_held_by
from pathways.actions_rebuilding import rebuild_mastery
from pathways.actions_referring import admit, refer
from pathways.actions_restoring import reopen_group, restore_session, undo_attendance
from pathways.actions_revoking import revoke, undo_hand_over
from pathways.actions_rights import end_right, give_right, return_right
from pathways.actions_sessions import Planned, cancel_session, move_session, plan_session
from pathways.actions_spot import Added, add_on_the_spot
from pathways.actions_validating import Saved, validate_batch
from pathways.actions_visits import arrive, leave_lab, not_there, stay

__all__ = [
    "Added",
    "Corrected",
    "Planned",
    "Saved",
    "accept_charter",
    "add_on_the_spot",
    "admit",
    "arrive",
    "cancel_session",
    "change_leads",
    "choose",
    "close_group",
    "come_back",
    "correct",
    "end_right",
    "enrol",
    "erase_note",
    "give_right",
    "hand_over",
    "helps_no_more",
    "leave",
    "leave_lab",
    "move_session",
    "name_helper",
    "not_there",
    "note_call",
    "note_situation",
    "open_group",
    "paper_not_received",
    "plan_session",
    "rebuild_mastery",
    "receive_paper",
    "refer",
    "reopen_group",
    "restore_session",
    "return_right",
    "revoke",
    "say_cannot_come",
    "say_frame",
    "say_held_by",
    "say_helper_came",
    "stay",
    "take_apology_back",
    "take_attendance",
    "take_back_batch",
    "take_back_call",
    "take_situation_back",
    "undo_attendance",
    "undo_batch",
    "undo_hand_over",
    "validate_batch",
    "write_note",
]
