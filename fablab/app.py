"""create_app(): puts the parts together."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from bookings import kinds
from bookings.reasons import MARKS as booking_marks
from bookings.reasons import WORDS as booking_words
from bookings.views import bp as bookings_bp
from fablab import clock, config, i18n, logs, metrics, pages, reasons
from fablab.cli import register_commands
from fablab.db import db
from fablab.home import frame
from fablab.home.catalogue_views import bp as catalogue_bp
from fablab.home.data_requests import bp as data_requests_bp
from fablab.home.erasing_views import bp as erasing_bp
from fablab.home.feeds import bp as feeds_bp
from fablab.home.group_cards import bp as group_cards_bp
from fablab.home.journal_page import bp as journal_bp
from fablab.home.keeping_views import bp as keeping_bp
from fablab.home.merging_views import bp as merging_bp
from fablab.home.my_data import bp as my_data_bp
from fablab.home.operations_views import bp as operations_bp
from fablab.home.person_file import bp as file_bp
from fablab.home.person_page import bp as person_bp
from fablab.home.search import bp as search_bp
from fablab.home.settings_calendar import bp as house_calendar_bp
from fablab.home.settings_facts_views import bp as facts_bp
from fablab.home.settings_views import bp as settings_bp
from fablab.home.team_page import bp as staff_bp
from fablab.home.views import bp as home_bp
from fablab.home.watching import bp as watching_bp
from fablab.people import entering, late_forms
from fablab.people.views import bp as people_bp
from fablab.people.views_account import bp as account_bp
from fablab.people.views_kiosk import bp as kiosks_bp
from fablab.people.views_links import bp as links_bp
from fablab.people.views_referents import bp as referents_bp
from fablab.people.views_second import bp as second_bp
from fablab.people.views_sessions import bp as sessions_bp
from fablab.people.views_telling import bp as telling_bp
from fablab.people.views_tokens import bp as tokens_bp
from fablab.people.views_young import bp as young_bp
from machines.kind import MachineKind
from machines.reasons import MARKS as machine_marks
from machines.reasons import WORDS as machine_words
from machines.views import bp as machines_bp
from machines.views_api_page import page_bp as api_page_bp
from machines.views_api_writes import bp as api_bp
from machines.views_reader_api import bp as readers_api_bp
from pathways.kind import SessionKind
from pathways.reasons import WORDS as training_words
from pathways.views import bp as pathways_bp
from pathways.words_requests import say_kindly, say_state
from reports.views import bp as reports_bp
from rooms.kind import RoomKind
from rooms.reasons import MARKS as room_marks
from rooms.reasons import WORDS as room_words
from rooms.views import bp as rooms_bp

BLUEPRINTS = (
    home_bp,
    people_bp,
    account_bp,
    young_bp,
    staff_bp,
    sessions_bp,
    telling_bp,
    tokens_bp,
    links_bp,
    second_bp,
    referents_bp,
    kiosks_bp,
    person_bp,
    file_bp,
    group_cards_bp,
    erasing_bp,
    keeping_bp,
    merging_bp,
    my_data_bp,
    feeds_bp,
    data_requests_bp,
    search_bp,
    catalogue_bp,
    bookings_bp,
    pathways_bp,
    machines_bp,
    readers_api_bp,
    api_bp,
    api_page_bp,
    rooms_bp,
    reports_bp,
    operations_bp,
    watching_bp,
    settings_bp,
    facts_bp,
    house_calendar_bp,
    journal_bp,
)


def create_app(instance: Path | None = None, **overrides: Any) -> Flask:
    """The application of one house.

    ``instance`` is the folder of its database and keys (INSTANCE in the environment, else ./instance); ``overrides``
    are Flask settings for tests. Exits with a sentence when a setting is wrong.
    """
    instance = instance or Path(os.environ.get("INSTANCE") or config.ROOT / "instance")
    try:
        settings = config.load(instance)
    except config.WrongSetting as wrong:
        sys.exit(f"The house cannot start: {wrong}")
    if settings.log_format == "json":
        logs.use_json()
    app = Flask(
        "fablab",
        instance_path=str(instance.resolve()),
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
    )
    app.config.update(flask_settings(settings))
    app.config.update(overrides)
    clock.ZONE = ZoneInfo(settings.time_zone)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    metrics.keep_in(instance / "run" if settings.metrics_token else None)
    logs.init_app(app)
    app.url_map.converters["int"] = pages.RowNumber
    db.init_app(app)
    Migrate(app, db, directory=str(config.ROOT / "migrations"), render_as_batch=True)
    entering.init_app(app)
    i18n.init_app(app)
    app.before_request(lambda: i18n.said_at(clock.now()))
    kinds.register("machine", MachineKind())
    kinds.register("space", SessionKind())
    kinds.register("room", RoomKind())
    for words in (booking_words, training_words, machine_words, room_words):
        reasons.teach(words)
    for marks in (booking_marks, machine_marks, room_marks):
        reasons.teach_marks(marks)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    frame.init_app(app)
    app.jinja_env.globals["kind_words"] = say_kindly
    app.jinja_env.globals["asked_words"] = say_state
    pages.init_app(app)
    csrf = CSRFProtect(app)  # asked after what pages refuses in any case
    for keyed in (readers_api_bp, api_bp):
        csrf.exempt(keyed)  # no cookie speaks there
    late_forms.init_app(app)
    register_commands(app)
    return app


def flask_settings(settings: config.Settings) -> dict[str, Any]:
    """Our settings in Flask's and its extensions' own names."""
    secure = settings.public_url.startswith("https://")
    # Values stay out of error texts, hence out of the logs: they hold names.
    engine: dict[str, Any] = {"pool_size": settings.pool_size, "max_overflow": 4, "hide_parameters": True}
    # The connection given back last serves first: what a booking read before the lock was then read on the one that
    # writes, which can tell that nobody wrote meanwhile (bookings.queries.stamp); and its cache is warm.
    engine["pool_use_lifo"] = True
    if settings.database_url.startswith("postgresql"):
        # Solid-state disks: with the default of 4 the planner would rather read all bookings than seek a week of them.
        engine["connect_args"] = {"options": "-c lock_timeout=8000 -c statement_timeout=30000 -c random_page_cost=1.1"}
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine,
        "MAX_CONTENT_LENGTH": 4 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.phone_session_days),
        # The end of a session is fixed when it begins (OpenSession.ends_at): its cookie need not be written again.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SESSION_COOKIE_NAME": "dynamo",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        "TEMPLATES_AUTO_RELOAD": False,
        "TRANSLATIONS": config.ROOT / "translations",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "PUBLIC_URL": settings.public_url.rstrip("/"),
    }
