"""What the web server loads."""

from fablab.app import create_app

app = create_app()
