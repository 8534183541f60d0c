"""Files that come with a form: kept and handed out as something to save, or refused by name; never a failure."""

import hashlib
import io
import zipfile

import pytest

from tests.contract.units import TASK
from tests.web.hostile import TEXTS, assert_unmoved
from tests.web.html import Form

MEMBER = "logistics.member"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"


def bomb():
    """A hundred megabytes of nothing in a file of a tenth of one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(100 * 1024 * 1024))
    return packed.getvalue()


CONTENTS = {
    "page": b"<html><script>alert(1)</script>",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "program": b"MZ\x90\x00" + bytes(200),
    "one byte": b"\0",
}
NAMES = [
    "../../etc/passwd",
    "..\\..\\a.pdf",
    "/etc/passwd",
    "a/b/c.pdf",
    "a\r\nX-Evil: 1.pdf",
    ".",
    "..",
    'x".pdf',
    "a" * 3000,
]
NAMES += [text for text in TEXTS.values() if text.strip() and "\ud83d" not in text][:20]


@pytest.fixture(scope="module")
async def address(pages):
    await pages.give(MEMBER, "open-task", TASK | {"task_id": "up-1"})
    await pages.give(MEMBER, "assign-task", {"task_id": "up-1", "collective": "x", "individual": "x"})
    await pages.give(MEMBER, "start-task", {"task_id": "up-1"})
    return "/tasks/up-1/do/submit-task"


@pytest.fixture
def send(pages, address):
    async def sending(name, content, field="evidence.0.file"):
        source = (await pages.get(MEMBER, address)).text
        form = next(form for form in Form.all_of(source) if form.fields.get("command_id"))
        fields = {name: values[0] for name, values in form.fields.items()}
        fields["evidence.0.title"] = "x" * 600  # too long: the form comes back, and the file is kept
        return await pages.post(MEMBER, address, fields, files={field: (name, content)})

    return sending


@pytest.mark.parametrize("what", CONTENTS)
async def test_a_file_of_whatever_kind_is_kept_and_handed_out_to_be_saved_only(pages, send, what):
    content = CONTENTS[what]
    assert_unmoved(await send(f"{what}.pdf", content), what)
    response = await pages.get(MEMBER, f"/evidence/{hashlib.sha256(content).hexdigest()}")
    if response.status_code == 404:  # it was not put on record
        return
    assert response.content == content
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]
    assert not response.headers["content-type"].startswith(("text/html", "image/svg"))


async def test_a_file_that_is_nothing_is_refused_by_name(send):
    response = await send("nothing.pdf", b"")
    assert response.status_code == 422
    assert "nothing.pdf" in response.text


async def test_a_file_that_is_too_large_is_refused(pages, send):
    most = pages.settings.most_evidence_bytes
    assert (await send("large.pdf", bytes(most + 1))).status_code == 422
    assert (await send("larger.pdf", bytes(most + 3 * 1024 * 1024))).status_code == 413


async def test_what_unpacks_into_very_much_is_kept_as_it_is(send):
    packed = bomb()
    assert len(packed) < 200_000
    assert_unmoved(await send("bomb.xlsx", packed), "bomb")


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
async def test_a_file_may_be_called_anything(send, name):
    response = await send(name, PDF)
    assert_unmoved(response, name)
    assert response.status_code in (303, 400, 409, 422)


@pytest.mark.parametrize(
    "field", ["evidence.0.title", "evidence", "evidence.99999.file", "csrf", "none", "evidence.x.file"]
)
async def test_a_file_in_another_field_is_no_failure(send, field):
    response = await send("a.pdf", PDF, field)
    assert_unmoved(response, field)
    assert response.status_code in (303, 403, 409, 422)


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "A" * 64, "0" * 63, "0" * 65, "%00", "*"])
async def test_no_file_is_handed_out_that_is_not_kept(pages, address, sha256):
    response = await pages.get(MEMBER, f"/evidence/{sha256}")
    assert response.status_code in (404, 405)
