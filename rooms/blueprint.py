"""The blueprint that every module of pages of this part joins."""

from flask import Blueprint

bp = Blueprint("rooms", __name__)
