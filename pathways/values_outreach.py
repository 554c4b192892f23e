"""What may be noted when somebody who no longer comes is called back."""

from datetime import timedelta

#: what came of a call: they answered, they did not, they will come, they want to stop, the body that sent them knows
OUTCOMES = ("reached", "no_answer", "coming_back", "wants_to_stop", "body_told")
#: sessions missed in a row, whatever the reason, after which somebody is listed
MISSED = 2
#: how long somebody may be set aside
LONGEST_ASIDE = timedelta(days=60)
