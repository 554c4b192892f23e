"""Pages of this part."""

from flask import Blueprint

bp = Blueprint("pathways", __name__)
