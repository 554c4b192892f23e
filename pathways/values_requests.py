"""What rules and pages of requests speak of: plain values."""

from dataclasses import dataclass

#: letters of a young person's sentence, and of an answer
WORDS_LENGTH, ANSWER_LENGTH = 200, 300
#: «not yet», said kindly: codes; their words are in pathways/words_requests.py
KIND_WORDS = ("almost", "once_more", "together", "one_thing")


@dataclass(frozen=True)
class AnswerFacts:
    """Who answers what: whether of the team, whether their own request, whether it has its answer already."""

    may_answer: bool
    oneself: bool
    closed: bool
