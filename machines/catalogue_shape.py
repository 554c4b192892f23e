"""The shape of machines.yaml: every key, what it may hold."""

from fablab.catalogue import DATA_STATUSES
from fablab.catalogue_records import Keyed, Many, Maybe, Optional, Record, Statuses
from fablab.catalogue_shapes import WEEKDAYS, Choice, Clock, Code, Flag, Ref, Text, Whole

LEVELS = ("beside", "in_room", "autonomous")
PICTOGRAMS = (
    *("laser", "impression_3d", "decoupe_vinyle", "presse", "broderie", "couture", "textile", "serigraphie"),
    *("cnc", "electronique", "carte", "outillage", "atelier"),
)
_WEEK = Keyed(
    "weekday",
    Choice(*WEEKDAYS),
    Many(
        Record(
            start=Clock(),
            end=Clock(),
            type=Choice("group", "open_lab"),
            nth_weekdays=Optional(Many(Whole(1, 5), least=1), []),
            label=Optional(Text(80)),
        )
    ),
    every=WEEKDAYS,
)
_AGE = Whole(3, 120)
_MINUTES = Whole(0, 24 * 60)
SHAPE = Record(
    version=Choice(1),
    data_status=Statuses(),
    fablab=Record(
        space=Ref("space"),
        school_term=_WEEK,
        school_holidays=_WEEK,
        gauge=Whole(1),
        supervision=Record(max_minors_per_adult=Whole(1, 100), min_adults_high_risk=Whole(1, 100)),
    ),
    supervision_levels=Many(Record(code=Choice(*LEVELS), label=Text(120)), least=len(LEVELS)),
    booking_rules=Record(
        step_minutes=Whole(5, 240),
        min_notice_hours=Whole(0, 720),
        horizon_days=Whole(1, 400),
        free_cancellation_hours=Whole(0, 720),
        reminder_hours=Whole(0, 720),
        late_minutes=Whole(0, 240),
        absences_before_suspension=Whole(1, 100),
        absence_period_days=Whole(1, 400),
        suspension_days=Whole(0, 400),
        max_active_bookings=Whole(1, 100),
        max_weekly_hours=Whole(1, 168),
        overlap=Choice("forbidden"),
        name_shown_to_other_youth=Choice(False),
        badge_expiry=Record(valid_until=Choice("end_of_slot"), label=Text()),
        minor_without_authorisation=Record(outcome=Choice("refused"), label=Text()),
        breakdown=Record(
            out_of_service=Choice(True),
            tell=Many(Choice("reception", "own_pages"), least=1),
            slot_counts=Choice(False),
            label=Text(300),
        ),
    ),
    machines=Many(
        Record(
            code=Code("machine", r"[A-Z0-9-]{2,20}"),
            name=Text(160),
            plain_name=Text(160),
            family=Choice(
                *("laser", "printing_3d", "vinyl_cutting", "press", "textile", "screen_printing"),
                *("cnc", "electronics", "tools"),
            ),
            pictogram=Choice(*PICTOGRAMS),
            risk=Choice("low", "medium", "high"),
            badge=Ref("safety_badge"),
            min_age_beside=_AGE,
            min_age_in_room=Maybe(_AGE),
            min_age_autonomous=Maybe(_AGE),
            regulated_work=Flag(),
            constant_watch=Flag(),
            slot=Record(
                min_minutes=_MINUTES,
                max_minutes=_MINUTES,
                max_weekly_minutes=Whole(0, 7 * 24 * 60),
                past_closing=Optional(Choice("on_agreement")),
            ),
            preparation_minutes=_MINUTES,
            cleaning_minutes=_MINUTES,
            allowed_materials=Many(Text(120)),
            forbidden_materials=Many(Text(120)),
            protection=Many(Text(120)),
            checks=Many(Text(120)),
            data_status=Choice(*DATA_STATUSES),
        )
    ),
)
