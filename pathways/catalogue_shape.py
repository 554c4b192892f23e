"""The shape of pathways.yaml: every key, what it may hold."""

from fablab.catalogue_records import Many, Maybe, Optional, Record, Statuses
from fablab.catalogue_shapes import Choice, Code, Flag, Pattern, Ref, Text, Whole
from fablab.people.models import SITUATIONS

FAMILIES = (
    *("safety", "design", "machines", "textile", "electronics"),
    *("material", "project", "team", "sharing", "integration"),
)
_LEVEL = Whole(0, 4)
_TARGETS = Many(Record(code=Ref("competency"), level=Whole(1, 4)))
_PATHWAY = Record(
    code=Code("pathway", r"[A-Z0-9]{2,20}"),
    title=Text(160),
    youth_label=Text(),
    color=Pattern(r"#[0-9A-Fa-f]{6}", 'a colour like "#0B7A75"'),
    audience=Record(
        statuses=Many(Choice(*SITUATIONS), least=1),
        min_age=Whole(3, 120),
        max_age=Whole(3, 120),
        extended=Optional(Record(max_age=Whole(3, 120), condition=Choice("disabled_worker"))),
        label=Text(250),
    ),
    referrers=Many(Text()),
    hours=Whole(1, 1000),
    sessions=Record(
        count=Whole(1, 200),
        hours=Whole(1, 12),
        pace=Record(
            per_week=Optional(Whole(1, 7)),
            weeks=Optional(Whole(1, 52)),
            own_pace=Optional(Flag(), False),
            during=Optional(Choice("open_lab")),
            max_months=Optional(Whole(1, 36)),
            label=Text(120),
        ),
    ),
    group=Record(min=Whole(1, 100), max=Whole(1, 100), adults=Whole(1, 20)),
    places_per_year=Whole(1),
    groups_per_year=Whole(1),
    prerequisites=Many(
        Record(
            type=Choice("pathway_finished", "badge_valid"),
            any_of=Optional(Many(Ref("pathway", "safety_badge"), least=1)),
            all_of=Optional(Many(Ref("pathway", "safety_badge"), least=1)),
        )
    ),
    papers=Many(
        Record(
            paper=Choice(
                "registration_form", "referral_form", "parental_authorisation", "photo_choice", "passeur_charter"
            ),
            minors_only=Optional(Flag(), False),
            signed=Optional(Flag(), False),
            label=Text(120),
        )
    ),
    charter=Optional(Many(Text(300), least=1)),
    min_attendance_pct=Whole(0, 100),
    project=Text(),
    aimed_badges=Many(Ref("safety_badge")),
    chosen_badges=Optional(Record(count=Whole(1, 20), among=Many(Ref("safety_badge"), least=1))),
    certificate=Text(),
    next_pathways=Many(Ref("pathway")),
    stages=Many(
        Record(
            code=Ref("stage"),
            hours=Whole(1, 1000),
            sessions=Many(Whole(1, 200), least=1),
            goal=Text(),
            competencies=_TARGETS,
            chosen_competencies=Optional(
                Record(count=Whole(1, 20), among=Many(Ref("competency"), least=1), level=Whole(1, 4))
            ),
            expected_evidence=Many(Text()),
            milestone=Text(),
        ),
        least=1,
    ),
)
SHAPE = Record(
    version=Choice(1),
    data_status=Statuses(),
    totals=Record(places_per_year=Whole(1)),
    scale=Many(
        Record(level=_LEVEL, code=Code("level", r"[a-z_]{2,20}"), label=Text(60), youth_label=Text(120)), least=2
    ),
    reference_stages=Many(
        Record(order=Whole(1, 9), code=Code("stage", r"[A-Z]{2,10}"), name=Text(60), youth_label=Text(120)), least=1
    ),
    competencies=Many(
        Record(
            code=Code("competency"),
            family=Choice(*FAMILIES),
            title=Text(160),
            i_can=Text(),
            criteria=Many(Text(), least=1),
            evidence=Ref("evidence_kind"),
            double_validation=Optional(Flag(), False),
            alignments=Record(
                digcomp=Many(Text(20)), crcn=Many(Text(20)), cps=Many(Text(20)), fabacademy=Optional(Text(80))
            ),
        )
    ),
    evidence_kinds=Many(
        Record(code=Code("evidence_kind", r"[a-z0-9_]{2,40}"), label=Text(120), file=Choice("not_required", "possible"))
    ),
    safety_badges=Many(
        Record(
            code=Code("safety_badge", r"[A-Z0-9-]{2,40}"),
            name=Text(160),
            valid_months=Whole(1, 120),
            lapses_unused_months=Maybe(Whole(1, 120)),
            min_age=Whole(3, 120),
            prerequisites=Many(Ref("safety_badge")),
            competencies=_TARGETS,
            opens=Many(Ref("machine")),
            renewal=Record(minutes=Whole(1, 600), test=Text()),
            training=Optional(Record(minutes=Whole(1, 600), learners=Whole(1, 20))),
        )
    ),
    skill_badges=Record(
        stage_rule=Record(all_competencies_at_target=Choice(True), label=Text()),
        pathway_rule=Record(stage_badges=Whole(1, 9), min_attendance=Flag(), label=Text()),
        stage_code=Pattern(r"[A-Z-]*\{pathway\}-\{stage\}", 'a code like "BC-{pathway}-{stage}"'),
        pathway_code=Pattern(r"[A-Z-]*\{pathway\}", 'a code like "BP-{pathway}"'),
        expires=Choice("never"),
        open_badge=Flag(),
        minor_export=Record(on_request=Flag(), parental_consent_before_age=Whole(0, 18), label=Text()),
    ),
    pathways=Many(_PATHWAY),
    exits=Record(
        endings=Many(
            Record(
                code=Code("ending", r"[a-z0-9_]{2,40}"), label=Text(120), reason_not_recorded=Optional(Flag(), False)
            ),
            least=1,
        ),
        situations=Many(
            Record(
                code=Code("situation_after", r"[a-z0-9_]{2,40}"),
                label=Text(120),
                positive=Maybe(Flag()),
                group=Choice(
                    *("lasting_job", "short_job", "training", "volunteering", "support"),
                    *("not_applicable", "no_solution", "unknown"),
                ),
            ),
            least=1,
        ),
        asked=Many(
            Record(weeks_after=Optional(Whole(0, 520)), months_after=Optional(Whole(0, 120)), label=Text(80)),
            least=1,
        ),
    ),
)
