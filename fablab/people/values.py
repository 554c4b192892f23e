"""Small pure values about people: the words for a device."""

#: what a browser says of itself -> the word people know; the first that is found counts
_BROWSERS = (("Firefox", "Firefox"), ("Edg", "Edge"), ("SamsungBrowser", "Samsung"), ("Chrom", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("CrOS", "ChromeOS"), ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip


def device_words(user_agent: str | None) -> str:
    """«Chrome, Android» of what a browser says of itself; empty when it says nothing known. Nothing finer is kept."""
    said = user_agent or ""
    found = [next((word for mark, word in marks if mark in said), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in found if word)
