"""What the web server loads."""

import os

from fablab.app import create_app
from fablab.home.serve import refuse_public_demo

# What the house writes (its database, keys, photos, backups) is for its own user; nobody else on this machine reads it.
os.umask(0o077)
app = create_app()
refuse_public_demo(app)
