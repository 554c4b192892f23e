"""Every table of training, by one name: ``models.Award``. They live in models_<subject>.py."""

from pathways.models_badges import Award, Badge, BadgeOpening, BadgePrerequisite, BadgeRequirement, ValidatorRight
from pathways.models_evidence import Evidence, EvidenceShows, ProjectSheet, ValidationEvidence
from pathways.models_exits import ExitCheck
from pathways.models_groups import (
    ENROLMENT_STATUSES,
    OPEN_ENROLMENT,
    PRESENT,
    Apology,
    Attendance,
    Enrolment,
    Group,
    SessionLead,
    SessionPart,
    TrainingSession,
)
from pathways.models_moves import CarriedLevel, MovedEnrolment, VersionMove
from pathways.models_outreach import Outreach
from pathways.models_own_pace import EnrolmentChoice, SessionHelper, Visit
from pathways.models_papers import EnrolmentPaper
from pathways.models_pathways import (
    Competency,
    EvidenceKind,
    ExitReason,
    ExitSituation,
    Level,
    Pathway,
    PathwayVersion,
    Stage,
    StageTarget,
)
from pathways.models_requests import TRAINING_STATUSES, VALIDATION_OUTCOMES, TrainingRequest, ValidationRequest
from pathways.models_sessions import RollCall, SessionNote
from pathways.models_validations import Mastery, Validation, ValidationBatch

__all__ = [
    "ENROLMENT_STATUSES",
    "OPEN_ENROLMENT",
    "PRESENT",
    "TRAINING_STATUSES",
    "VALIDATION_OUTCOMES",
    "Apology",
    "Attendance",
    "Award",
    "Badge",
    "BadgeOpening",
    "BadgePrerequisite",
    "BadgeRequirement",
    "CarriedLevel",
    "Competency",
    "Enrolment",
    "EnrolmentChoice",
    "EnrolmentPaper",
    "Evidence",
    "EvidenceKind",
    "EvidenceShows",
    "ExitCheck",
    "ExitReason",
    "ExitSituation",
    "Group",
    "Level",
    "Mastery",
    "MovedEnrolment",
    "Outreach",
    "Pathway",
    "PathwayVersion",
    "ProjectSheet",
    "RollCall",
    "SessionHelper",
    "SessionLead",
    "SessionNote",
    "SessionPart",
    "Stage",
    "StageTarget",
    "TrainingRequest",
    "TrainingSession",
    "Validation",
    "ValidationBatch",
    "ValidationEvidence",
    "ValidationRequest",
    "ValidatorRight",
    "VersionMove",
    "Visit",
]
