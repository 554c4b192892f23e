"""Pure: what may stand on the page of a machine."""

KINDS = ("photo", "file", "link")
TITLE_LENGTH = 80
#: how many files and links a machine shows at most
MOST = 12
