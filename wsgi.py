"""What the web server loads."""

from fablab.app import create_app
from fablab.home.serve import refuse_public_demo

app = create_app()
refuse_public_demo(app)
