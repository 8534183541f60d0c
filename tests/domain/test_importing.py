"""A catalogue file is read whole or not at all, and then everything that is wrong is told at once."""

import csv
import io
import random
import re
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subcommittee.importing import csv_table, opening, xlsx_parts, xlsx_table
from services.subcommittee.importing import items as importing
from services.subcommittee.importing.items import COLUMNS, MORE_COLUMNS, item_of, read_file, values_of
from shared.domain.decider import Refusal
from shared.entering import cells as cell_values
from shared.entering import tables
from shared.entering.tables import MAX_FILE_BYTES, MAX_ROWS, Unreadable
from shared.i18n import render

SAMPLE = Path(__file__).parents[2] / "data" / "namdinh-xx" / "catalogue.csv"
HEADER = tuple(COLUMNS)
HEADER_VI = tuple(column.heading_vi for column in COLUMNS.values())
RIGHT = {
    "code": "1.03",
    "group": "1",
    "group_vi": "Khánh tiết",
    "group_en": "",
    "title_vi": "Trang trí hội trường, khẩu hiệu",
    "title_en": "Decorate the hall",
    "unit": "logistics",
    "phase": "before",
    "scenario": "both",
    "due_offset_days": "-7",
    "budget_vnd": "5000000",
}


def read_catalogue(content):
    return read_file(content).items


def row(**changes):
    return list((RIGHT | changes).values())


def as_csv(*rows, header=HEADER, delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode()


def as_xlsx(*rows, header=HEADER, change=lambda workbook: None):
    workbook = openpyxl.Workbook()
    for cells in (header, *rows):
        workbook.active.append(cells)
    change(workbook)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def windows_1258(text):
    """Letters with their shape marks, tones apart: so Windows writes Vietnamese in one byte a character."""
    told = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            told += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", letter)
            tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
            shapes = "".join(mark for mark in marks if mark not in tones)
            told += unicodedata.normalize("NFC", base + shapes).encode("cp1258") + "".join(tones).encode("cp1258")
    return told


def tcvn3(text):
    """Enough of the old font encoding for these tests: đ is ®, and all vowels with marks are in 0xB5 to 0xFE."""
    return bytes(0xAE if letter in "đĐ" else ord(letter) if letter < "\x80" else 0xB5 for letter in text)


def errors_of(content):
    with pytest.raises(Unreadable) as raised:
        read_catalogue(content)
    return [(error.row, error.column, error.why.code) for error in raised.value.errors]


def told(content):
    with pytest.raises(Unreadable) as raised:
        read_catalogue(content)
    return str(raised.value)


def in_parts(content, **changed):
    """The XLSX file with other contents of some parts, by the first word of their file name."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        parts = {name: archive.read(name) for name in archive.namelist()}
        for name, part in parts.items():
            written.writestr(name, changed.pop(name.rpartition("/")[2].partition(".")[0], part))
        for name, part in changed.items():
            written.writestr(f"xl/{name}.xml", part)
    return file.getvalue()


def as_excel_does(*rows, strings=None):
    """XLSX with the strings in a part of their own, as Excel has it; openpyxl writes them into the cells."""
    content = as_xlsx(*rows)
    found = []

    def shared(cell):
        found.append(cell[1])
        return b't="s"><v>%d</v>' % (len(found) - 1)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        types = archive.read("[Content_Types].xml")
    sheet = re.sub(rb't="inlineStr"><is>(.*?)</is>', shared, sheet)
    told = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    table = told % b"".join(b"<si>%s</si>" % text for text in found)
    return in_parts(
        content,
        sheet1=sheet,
        sharedStrings=table if strings is None else strings,
        **{"[Content_Types]": types.replace(b"</Types>", override)},
    )


def as_strict_open_xml(content):
    """The same under the names of ISO/IEC 29500 Strict, as Excel saves «Strict Open XML Spreadsheet»."""
    names = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(file, "w") as written:
        for name in archive.namelist():
            part = archive.read(name)
            for transitional, strict in names.items():
                part = part.replace(transitional, strict)
            written.writestr(name, part)
    return file.getvalue()


def hide_everything_but_the_table(workbook):
    workbook.active.title = "Danh mục"
    workbook.active.row_dimensions[2].hidden = True
    workbook.active.column_dimensions["D"].hidden = True
    for state in ("hidden", "veryHidden"):
        helper = workbook.create_sheet(state)
        helper.append(["logistics"])
        helper.merge_cells("A1:B1")
        helper.sheet_state = state


# --- files that are read ---
THE_ITEM = item_of(RIGHT | {"group": 1, "due_offset_days": -7, "budget_vnd": 5_000_000})
READ = {
    "CSV": as_csv(row()),
    "CSV with a byte order mark": b"\xef\xbb\xbf" + as_csv(row()),
    "CSV with semicolons": as_csv(row(), delimiter=";"),
    "CSV with tabs": as_csv(row(), delimiter="\t"),
    "CSV that says what separates its cells": b"\xef\xbb\xbfsep=;\r\n" + as_csv(row(), delimiter=";"),
    "CSV that says so in quotes, of a bar": b'"SEP=|"\n' + as_csv(row(), delimiter="|"),
    "CSV with something unseen at the ends of cells": as_csv(row(title_vi=f"\u200b{RIGHT['title_vi']}\ufeff ")),
    "CSV with other line ends": as_csv(row()).replace(b"\r\n", b"\n"),
    "CSV with Vietnamese headings": as_csv(row(), header=HEADER_VI),
    "CSV with headings in capitals and blanks": as_csv(row(), header=[f" {name.upper()} " for name in HEADER]),
    "CSV with columns in another order": as_csv(row()[::-1], header=HEADER[::-1]),
    "CSV with empty rows": as_csv([], row(), [""] * 11, []),
    "CSV with letters and marks apart": unicodedata.normalize("NFD", as_csv(row()).decode()).encode(),
    "XLSX": as_xlsx(row()),
    "XLSX as Excel writes it": as_excel_does(row()),
    "XLSX in its strict form": as_strict_open_xml(as_xlsx(row())),
    "XLSX with hidden sheets, rows and columns": as_xlsx(row(), change=hide_everything_but_the_table),
    "XLSX with escapes": as_xlsx(row(title_vi=RIGHT["title_vi"] + "_x000D_\n", title_en="_x0044_ecorate the hall")),
    "XLSX with letters and marks apart": as_xlsx([unicodedata.normalize("NFD", cell) for cell in row()]),
    "XLSX with numbers": as_xlsx(row(group=1, due_offset_days=-7, budget_vnd=5_000_000.0)),
    "XLSX with empty rows and sheets": as_xlsx([], row(), [], change=lambda workbook: workbook.create_sheet("Trống")),
    "XLSX with Vietnamese headings": as_xlsx(row(), header=HEADER_VI),
    "XLSX with columns to the right without anything": as_xlsx([*row(), None, " "], header=[*HEADER, None]),
}


@pytest.mark.parametrize("content", READ.values(), ids=READ.keys())
def test_a_file_is_read_as(content):
    assert read_catalogue(content) == (THE_ITEM,)


MORE = {
    "collective": "Sở Văn hóa",
    "individual": "Phó Giám đốc Sở",
    "coordinating": "Văn phòng Tỉnh ủy; Đoàn Thanh niên",
    "directing_leader": "Phó Trưởng tiểu ban",
    "deadline": "2020-09-25",
    "product": "Hội trường hoàn thiện",
    "secured_vnd": "4000000",
    "funding_source": "Ngân sách tỉnh",
    "remark": "Có dịch: chia hai điểm",
}


@pytest.mark.parametrize("header", [tuple(MORE), tuple(MORE_COLUMNS[name].heading_vi for name in MORE)])
def test_what_more_an_item_says_may_stand_in_columns_of_its_own(header):
    (item,) = read_catalogue(as_csv([*row(), *MORE.values()], header=(*HEADER, *header)))
    assert item == THE_ITEM.model_copy(
        update=MORE
        | {
            "coordinating": ("Văn phòng Tỉnh ủy", "Đoàn Thanh niên"),
            "deadline": date(2020, 9, 25),
            "secured_vnd": 4_000_000,
        }
    )
    assert read_catalogue(as_csv([*row(), *[""] * len(MORE)], header=(*HEADER, *header))) == (THE_ITEM,)


def test_more_bodies_that_coordinate_than_may_be():
    names = ";".join(f"Sở {number}" for number in range(51))
    content = as_csv([*row(), names], header=(*HEADER, "coordinating"))
    assert errors_of(content) == [(2, "coordinating", "too_many_names")]


def test_the_sample_is_read_alike_from_csv_and_xlsx():
    content = SAMPLE.read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode())))
    items = read_catalogue(content)
    assert len(items) == 54
    assert read_catalogue(as_xlsx(*rows[1:], header=rows[0])) == items
    assert read_catalogue(as_csv(*(values_of(item).values() for item in items))) == items


@pytest.mark.parametrize(
    ("written", "budget_vnd"),
    [
        ("1.000.000", 1_000_000),
        ("12,500,000", 12_500_000),
        ("12 500 000", 12_500_000),
        ("320\u00a0000", 320_000),
        ("0", 0),
        ("1000", 1000),
    ],
)
def test_thousands_may_be_set_apart_where_it_is_clear(written, budget_vnd):
    assert read_catalogue(as_csv(row(budget_vnd=written)))[0].budget_vnd == budget_vnd


@given(st.integers(10**6, 10**15))
def test_a_budget_reads_back_whatever_sets_its_thousands_apart(budget_vnd):
    for separator in (".", ",", " "):
        written = f"{budget_vnd:,}".replace(",", separator)
        assert read_catalogue(as_csv(row(budget_vnd=written)))[0].budget_vnd == budget_vnd


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a_x005F_x000D_b", "a_x000D_b"),
        ("m_x00B2_", "m²"),
        ("_xD83D__xDE00_", "😀"),
        ("snake_x_case_x12_", "snake_x_case_x12_"),
        ("dòng 1_x000D_\ndòng 2", "dòng 1\ndòng 2"),
    ],
)
def test_what_excel_escapes_is_read_as_it_was_typed(written, meant):
    (item,) = read_catalogue(as_xlsx(row(title_vi=written)))
    assert item.title.vi == meant


def test_what_is_hidden_is_said_to_be():
    remarks = read_file(as_xlsx(row(), change=hide_everything_but_the_table)).remarks
    assert {remark.code: remark.params for remark in remarks} == {
        "hidden_sheets": {"sheet": "Danh mục", "sheets": "hidden, veryHidden"},
        "hidden_rows": {"rows": "2"},
        "hidden_columns": {"columns": "D"},
    }
    assert read_file(as_xlsx(row())).remarks == ()


# --- cells that are wrong ---
WRONG_CELLS = {
    "a code that is a word": ("code", "một", "not_a_code"),
    "no code": ("code", "", "no_value"),
    "no title": ("title_vi", "", "no_value"),
    "a title too long": ("title_vi", "x" * 2001, "too_long"),
    "a title that a conversion has damaged": ("title_vi", "H\ufffdi tr\ufffdng", "damaged_text"),
    "a title with a control character": ("title_vi", "Hội\u009btrường", "control_character"),
    "a title written backwards": ("title_vi", "Hội\u202etrường", "bidi_override"),
    "a title that nobody sees": ("title_vi", "\u200b\u2060", "nothing_to_see"),
    "a group of none": ("group", "0", "out_of_range"),
    "a group that is a word": ("group", "Khánh tiết", "not_a_number"),
    "a unit that is not there": ("unit", "kitchen", "not_one_of"),
    "a phase that is not there": ("phase", "later", "not_one_of"),
    "a scenario that is not there": ("scenario", "flood", "not_one_of"),
    "days far away": ("due_offset_days", "-4000", "out_of_range"),
    "half a day": ("due_offset_days", "0.5", "not_a_number"),
    "less than no money": ("budget_vnd", "-1", "out_of_range"),
    "all the money there is": ("budget_vnd", "1000000000000001", "out_of_range"),
    "a number that may be a decimal": ("budget_vnd", "1.000", "ambiguous_number"),
    "thousands set apart in two ways": ("budget_vnd", "1.000,000", "not_a_number"),
    "money in words": ("budget_vnd", "5 triệu", "not_a_number"),
    "a formula": ("budget_vnd", "=1000*5", "formula"),
}


@pytest.mark.parametrize("as_file", [as_csv, as_xlsx])
@pytest.mark.parametrize(("column", "value", "code"), WRONG_CELLS.values(), ids=WRONG_CELLS.keys())
def test_a_wrong_cell_is_told_with_row_and_column(as_file, column, value, code):
    assert errors_of(as_file(row(code="1.01"), row(**{column: value}))) == [(3, column, code)]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("code", 1.1, "not_text"),
        ("title_vi", 2020, "not_text"),
        ("title_vi", date(2020, 9, 1), "not_a_value"),
        ("code", date(2020, 3, 1), "not_a_value"),
        ("budget_vnd", True, "not_a_value"),
        ("budget_vnd", "#REF!", "not_a_value"),
        ("budget_vnd", 0.5, "not_a_number"),
        ("due_offset_days", 1e300, "out_of_range"),
        ("title_vi", "Hội_x0007_trường", "control_character"),
        ("title_vi", "Hội_xD83D_trường", "lone_surrogate"),
    ],
)
def test_a_cell_of_the_wrong_kind_is_told(column, value, code):
    assert errors_of(as_xlsx(row(**{column: value}))) == [(2, column, code)]


def test_everything_that_is_wrong_is_told_at_once():
    merged = as_xlsx(
        row(code="1.01", unit="kitchen", budget_vnd="nhiều"),
        row(code="1.02", title_vi="=A1"),
        row(code="1.01"),
        header=[*HEADER[:-1], "budget"],
        change=lambda workbook: workbook.active.merge_cells("C4:D4"),
    )
    assert errors_of(merged) == [
        (1, "budget", "unknown_column"),
        (1, "budget_vnd", "missing_column"),
        (2, "unit", "not_one_of"),
        (3, "title_vi", "formula"),
        (4, "", "merged_cells"),
        (4, "code", "duplicate_code"),
    ]


def test_thousands_of_errors_are_all_told():
    rows = [row(code=f"1.{number}", unit="kitchen", phase="later") for number in range(3000)]
    assert len(errors_of(as_csv(*rows))) == 6000


@pytest.mark.parametrize(
    ("header", "cells", "errors"),
    [
        ((*HEADER, "note"), row(), [(1, "note", "unknown_column")]),
        ((*HEADER, "code"), row(), [(1, "code", "duplicate_column")]),
        ((*HEADER, "Mã"), row(), [(1, "code", "duplicate_column")]),
        (HEADER[1:], row()[1:], [(1, "code", "missing_column")]),
        (("=A1", *HEADER[1:]), row(), [(1, "", "formula"), (1, "code", "missing_column")]),
        (HEADER, [*row(), "more"], [(2, "", "no_heading")]),
        ((*HEADER, ""), [*row(), "more"], [(2, "", "no_heading")]),
    ],
)
def test_columns_are_neither_unknown_nor_missing_nor_there_twice(header, cells, errors):
    assert errors_of(as_csv(cells, header=header)) == errors


# --- files that are wrong ---
def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def with_lying_size(content):
    """The sheet's declared size is made smaller, in the directory at the end."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def with_macros(content):
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
    return file.getvalue()


def sheet_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


ENTITIES = b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><worksheet>&b;</worksheet>"
TEXT = as_csv(row(title_vi="Trang trí hội trường, đặt hoa, in khẩu hiệu")).decode()
XLSX = as_xlsx(row())
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REFUSED = {
    "nothing at all": (b"", "missing_column"),
    "a letter": ("Kính gửi: các bộ phận\nThực hiện kế hoạch, đề nghị báo cáo\n".encode(), "no_catalogue"),
    "a header and no more": (as_csv(), "empty_file"),
    "Windows-1258": (windows_1258(TEXT), "wrong_encoding"),
    "TCVN3": (tcvn3(TEXT), "wrong_encoding"),
    "UTF-16": (TEXT.encode("utf-16"), "wrong_encoding"),
    "UTF-16 without a mark": (TEXT.encode("utf-16-le"), "wrong_encoding"),
    "UTF-32": (TEXT.encode("utf-32"), "wrong_encoding"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "neither_csv_nor_xlsx"),
    "an old XLS": (OLD_OFFICE + bytes(2000) + b"Workbook", "old_xls"),
    "an XLSX with a password": (
        OLD_OFFICE + bytes(2000) + "EncryptedPackage".encode("utf-16-le"),
        "password_protected",
    ),
    "a spreadsheet with macros": (with_macros(XLSX), "macros"),
    "a filled sheet that is hidden": (as_xlsx(header=[], change=hide_everything_but_the_table), "only_hidden_sheets"),
    "a cell far to the right": (
        as_xlsx(row(), change=lambda workbook: workbook.active.cell(2, 500, 1)),
        "too_many_columns",
    ),
    "a row of a thousand millions": (
        in_parts(XLSX, sheet1=sheet_of(XLSX).replace(b'row r="2"', b'row r="1000000000"')),
        "damaged_xlsx",
    ),
    "a quotation mark that is not closed": (TEXT.encode() + b'1.1,"x', "broken_quotes"),
    "many columns": (as_csv(header=[f"c{number}" for number in range(100)]), "too_many_columns"),
    "a large file": (b"x" * (MAX_FILE_BYTES + 1), "file_too_large"),
    "an empty spreadsheet": (as_xlsx(header=[]), "no_sheet"),
    "two filled sheets": (
        as_xlsx(row(), change=lambda workbook: workbook.create_sheet("Khác").append(["x"])),
        "several_sheets",
    ),
    "a damaged spreadsheet": (XLSX[: len(XLSX) // 2], "damaged_xlsx"),
    "a spreadsheet that unpacks to more than it says": (with_lying_size(XLSX), "damaged_xlsx"),
    "a sheet that is cut off": (in_parts(XLSX, sheet1=b"<worksheet><sheetData>"), "damaged_xlsx"),
    "a workbook that is none": (in_parts(XLSX, workbook=b"<workbook/>"), "no_sheet"),
    "a sheet with entities": (in_parts(XLSX, sheet1=ENTITIES), "damaged_xlsx"),
    "strings with entities": (as_excel_does(row(), strings=ENTITIES), "damaged_xlsx"),
    "a spreadsheet without its strings": (as_excel_does(row(), strings=b"<sst/>"), "damaged_xlsx"),
    "a zip of something else": (zipped(**{"word/document.xml": b"<document/>"}), "not_a_spreadsheet"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_is_refused_that_is(content, code):
    assert code in [code for _, _, code in errors_of(content)]


@pytest.mark.parametrize("encoding", ["Windows-1258", "TCVN3", "UTF-16", "UTF-32"])
def test_the_encoding_is_named_and_how_to_save_otherwise(encoding):
    sentence = told(REFUSED[encoding][0])
    assert encoding in sentence
    assert "CSV UTF-8" in sentence


def test_a_western_file_is_not_taken_for_a_vietnamese_one():
    assert "Windows-1252" in told(as_csv(row(title_en="Façade, Größe, naïve")).decode().encode("cp1252", "ignore"))


# --- files that are far too large ---
def test_200_000_rows_of_csv_are_refused_early():
    line = b"1.03,1,Nhom,,Viec,,logistics,before,both,-7,0\n"
    assert errors_of(as_csv() + line * 200_000) == [(0, "", "too_many_rows")]


def test_200_000_rows_of_xlsx_are_refused_early():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (number, number) for number in range(1, 200_001))
    begun = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    content = in_parts(XLSX, sheet1=begun + rows + b"</sheetData></worksheet>")
    assert len(content) < MAX_FILE_BYTES
    assert errors_of(content) == [(0, "", "too_many_rows")]


def test_as_many_rows_as_may_be_are_read():
    rows = [row(code=f"{number // 1000 + 1}.{number % 1000}") for number in range(MAX_ROWS)]
    assert len(read_catalogue(as_csv(*rows))) == MAX_ROWS
    assert errors_of(as_csv(*rows, row(code="99.9"))) == [(0, "", "too_many_rows")]


def bomb(part, unpacked_mb):
    """The part unpacks to this many MB of blanks."""
    file = io.BytesIO(XLSX)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(part, "w") as written:
        for _ in range(unpacked_mb):
            written.write(b" " * 1024 * 1024)
    return file.getvalue()


def test_a_zip_bomb_is_refused_unopened():
    content = bomb("xl/worksheets/sheet9.xml", 300)
    assert len(content) < 1024 * 1024
    assert errors_of(content) == [(0, "", "zip_bomb")]


@pytest.mark.parametrize(
    ("root", "unpacked_bytes"), [("sst", xlsx_parts.MAX_TREE_BYTES), ("worksheet", xlsx_parts.MAX_SHEET_BYTES)]
)
def test_a_part_is_refused_that_is_larger_than_a_catalogue_needs_however_little_it_was_packed(root, unpacked_bytes):
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    begun = b'<%s xmlns="%s">' % (root.encode(), namespace)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/media/photo.bin", random.Random(1).randbytes(1024 * 1024))  # noqa: S311 - no secret
        archive.writestr("xl/part.xml", begun + b" " * unpacked_bytes)
    assert errors_of(file.getvalue()) == [(0, "", "zip_bomb")]


def test_a_sheet_of_elements_without_rows_is_not_looked_through_to_its_end():
    begun = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    content = in_parts(XLSX, sheet1=begun + b"<a/>" * 2_100_000, noise=random.Random(1).randbytes(100_000))  # noqa: S311
    assert errors_of(content) == [(0, "", "zip_bomb")]


# --- sentences ---
REFUSALS = [
    constant
    for module in (tables, csv_table, xlsx_parts, xlsx_table, cell_values, opening, importing)
    for constant in vars(module).values()
    if isinstance(constant, Refusal)
]


def test_every_refusal_is_met_here():
    everywhere = {code for _, _, code in WRONG_CELLS.values()} | {code for _, code in REFUSED.values()}
    elsewhere = {"too_many_rows", "zip_bomb", "merged_cells", "not_text", "not_a_value", "duplicate_code"}
    elsewhere |= {"hidden_sheets", "hidden_rows", "hidden_columns", "lone_surrogate"}
    elsewhere |= {"not_a_file", "file_unreadable", "more_cells_than_headings"}
    columns = {"unknown_column", "missing_column", "duplicate_column", "no_heading"} | {"too_many_names"}
    assert everywhere | elsewhere | columns == {refusal.code for refusal in REFUSALS}


@pytest.mark.parametrize("content", [REFUSED["Windows-1258"][0], as_csv(row(unit="kitchen", group="x"))])
def test_an_error_is_told_in_vietnamese_with_its_values(content):
    with pytest.raises(Unreadable) as raised:
        read_catalogue(content)
    for error in raised.value.errors:
        sentence = render(error.why.message, "vi")
        assert sentence != str(error.why)
        assert all(str(value) in sentence for value in error.why.params.values())
