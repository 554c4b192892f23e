"""A list as a workbook: real dates and numbers, and nothing that computes by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

#: a sheet's name has 31 letters at most, and a column this many
WIDEST, NARROWEST = 70, 8
Cell = str | int | float | date | None


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, the heads of its columns, its rows. ``rates``: columns of shares between 0 and 1, from 0."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    rates: frozenset[int] = frozenset()


def written(sheets: Iterable[Sheet], title: str) -> bytes:
    """The file. Text is written as text whatever it begins with: no cell holds a formula or a link."""
    raw = BytesIO()
    book = Workbook(raw, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title})
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"}),
        "moment": book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"}),
        "rate": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.##", "valign": "top"}),
        "count": book.add_format({"num_format": "#,##0", "valign": "top"}),
    }
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    return raw.getvalue()


def _write(page: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, head, formats["head"])
    for line, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            _write_cell(page, (line, column), cell, formats, is_rate=column in sheet.rates)
    for column in range(len(sheet.heads)):
        longest = max((len(str(row[column])) for row in [sheet.heads, *sheet.rows[:200]]), default=0)
        page.set_column(column, column, max(NARROWEST, min(WIDEST, longest + 2)))
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write_cell(page: Worksheet, at: tuple[int, int], cell: Cell, formats: dict[str, Format], *, is_rate: bool) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        page.write_string(*at, cell, formats["text"])
    elif isinstance(cell, datetime):
        page.write_datetime(*at, cell, formats["moment"])
    elif isinstance(cell, date):
        page.write_datetime(*at, cell, formats["date"])
    else:
        kind = "rate" if is_rate else "count" if isinstance(cell, int) else "number"
        page.write_number(*at, cell, formats[kind])


def hours(seconds: int) -> float:
    """Hours as a number, to the hundredth."""
    return round(seconds / 3600, 2)
