"""The web application: puts settings, books, rooms and guards together, and refuses to start when something is unguarded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from ledger import settings as settings_of
from ledger.records.opened import Opened, open_books, secret_key
from ledger.resources import resource_dir
from ledger.settings import Settings
from ledger.web import (
    bank,
    batches,
    cards,
    certificates,
    closing,
    corrections,
    customer_jobs,
    customers,
    day,
    days,
    entries,
    goals,
    goods,
    grid,
    guard,
    identity,
    imports,
    invoices,
    journal,
    late,
    materials,
    month,
    offline,
    papers,
    participant,
    payees,
    payments,
    people,
    photos,
    plans,
    sale_documents,
    schemes,
    seeing,
    setup,
    signing,
    staff,
    stock,
    stock_count,
    till,
    till_count,
    what_if,
    work_steps,
    workshops,
)
from ledger.web import settings as settings_pages
from ledger.web.rules import check_all_guarded

ROOMS = (
    signing, participant, day, days, grid, goods, seeing, people, plans, workshops,
    goals, photos, month, schemes, entries, imports, papers, certificates, batches,
    settings_pages, staff, setup, what_if, offline,
    till, till_count, invoices, sale_documents, customers, stock, stock_count,
    payments, bank, payees, corrections, late, closing, journal,
    work_steps, materials, customer_jobs, cards)
LARGEST_REQUEST = 24 * 1024 * 1024


def create_app(settings: Settings | None = None, opened: Opened | None = None) -> Flask:
    """The application. Raises WrongSetting when the books are not there, UnguardedRoute when a route has no rule."""
    settings = settings or settings_of.load()
    app = Flask("ledger", template_folder=str(resource_dir("templates")), static_folder=str(resource_dir("static")))
    app.config.update(
        SECRET_KEY=secret_key(settings), TRUSTED_HOSTS=list(settings.trusted_hosts), PROVIDE_AUTOMATIC_OPTIONS=False,
        SESSION_COOKIE_NAME="dirbtuve", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies, PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST, MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024, MAX_FORM_PARTS=1000, WTF_CSRF_TIME_LIMIT=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["opened"] = opened or open_books(settings)
    app.extensions["settings"] = settings
    identity.install(app)
    guard.install(app)
    for room in ROOMS:
        app.register_blueprint(room.room.blueprint)
    check_all_guarded(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign] # how Flask says to do it
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=str(Path(resource_dir("static"))), prefix="static/", max_age=3600)  # type: ignore[method-assign] # likewise
    return app
