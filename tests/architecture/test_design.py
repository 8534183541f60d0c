"""The look of the pages keeps its promises: what `docs/design.md` says of colours, weight, signs and macros."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

import shared

WEB = Path(shared.__path__[0]) / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
STATIC = WEB / "static"
SHEET = (STATIC / "daihoi.css").read_text("utf-8")
PAGE = (Path(__file__).parents[2] / "docs" / "design.md").read_text("utf-8")
PARSED = Environment(autoescape=True, loader=FileSystemLoader(WEB / "templates"))


def tokens(start: str) -> dict[str, str]:
    """The colours of the rule that begins with `start`."""
    rule = SHEET[SHEET.index(start) :]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rule[: rule.index("}")]))


LIGHT = tokens(":root {")
THEMES = {
    "light": LIGHT,
    "dark": LIGHT | tokens(':root[data-theme="dark"] {'),
    "dark by the device": LIGHT | tokens(':root:not([data-theme="light"]) {'),
}
TEXT_ON = (
    *((ink, ground) for ink in ("ink", "ink-soft", "accent", "red") for ground in ("paper", "surface", "raised")),
    *((ink, "sunken") for ink in ("ink", "ink-soft", "accent")),
    *((tone, f"{tone}-soft") for tone in ("red", "amber", "green", "blue", "violet", "accent")),
    *(("ink", f"{tone}-soft") for tone in ("red", "amber", "green", "blue", "violet", "accent")),
    *((tone, "surface") for tone in ("amber", "green", "blue", "violet")),
    *((ink, "banner") for ink in ("banner-ink", "banner-soft")),
    ("accent-ink", "accent"),
    ("ink-soft", "amber-soft"),
)
EDGE_ON = tuple((edge, ground) for edge in ("line-strong", "focus", "brand") for ground in ("paper", "surface"))


def brightness(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((brightness(one), brightness(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_what_the_guidelines_say():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read_on_its_ground(theme):
    colours = THEMES[theme]
    ratios = {pair: contrast(*(colours[name] for name in pair)) for pair in TEXT_ON}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}
    edges = {pair: contrast(*(colours[name] for name in pair)) for pair in EDGE_ON}
    assert {pair: ratio for pair, ratio in edges.items() if ratio < 3} == {}


def test_dark_is_the_same_whether_chosen_or_the_device_has_it():
    assert THEMES["dark"] == THEMES["dark by the device"] != LIGHT


def test_sheet_script_and_signs_leave_room_for_a_page():
    sizes = {name: (STATIC / name).stat().st_size for name in ("daihoi.css", "daihoi.js", "icons.svg")}
    assert sizes["daihoi.css"] < 32_768
    assert sizes["daihoi.js"] < 16_384
    assert sizes["icons.svg"] < 4_000


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_a_template_has_nothing_that_the_policy_of_content_forbids(path):
    source = path.read_text("utf-8")
    forbidden = r"\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|javascript:|\|\s*safe\b|https?://"
    assert re.findall(forbidden, source) == []


def test_every_sign_that_a_template_shows_is_there():
    ids = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text("utf-8")))
    shown = {
        call.args[0].value
        for path in TEMPLATES
        for call in PARSED.parse(path.read_text("utf-8")).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "icon" and isinstance(call.args[0], nodes.Const)
    }
    marks = re.findall(r'"[a-z]+", "([a-z-]+)"\)', (WEB / "templates/components/marks.html").read_text("utf-8"))
    assert {"search", "file"} <= shown
    assert {"late", "done"} <= set(marks)
    assert shown | set(marks) <= ids


def macros(module: str) -> set[str]:
    parsed = PARSED.parse((WEB / "templates" / "components" / f"{module}.html").read_text("utf-8"))
    return {macro.name for macro in parsed.find_all(nodes.Macro) if not macro.name.startswith("_")}


@pytest.mark.parametrize("module", ["layout", "marks", "tables", "fields", "history", "sheets", "boards"])
def test_the_page_on_design_names_every_macro_and_no_other(module):
    table = PAGE[PAGE.index("## Macros") :]
    lines = [line for line in table.splitlines() if f"`{module}." in line]
    named = {name for line in lines for name in re.findall(r"`(?:[a-z]+\.)?([a-z_]+)[`(]", line)}
    assert macros(module) - {"breadcrumb", "error_summary", "id_of", "choose"} <= named
    assert set(re.findall(rf"`{module}\.([a-z_]+)", table)) <= macros(module)
