"""How the faults of a catalogue speak of values and codes."""


def short(text: str) -> str:
    """At most 60 characters of a value, quoted."""
    text = " ".join(text.split())
    return f"“{text if len(text) <= 60 else text[:57] + '…'}”" if text else "nothing"


def code_of(kinds: tuple[str, ...]) -> str:
    """«the code of a machine», «the code of an evidence kind»."""
    words = " or ".join(kinds).replace("_", " ")
    return f"the code of {'an' if words[0] in 'aeiou' else 'a'} {words}"
