"""Whoever the database does not let in, or not do it, is told so by a code, and which settings name the user."""

import json

import pytest

from shared.platform.credentials import login
from tests.program import Shell
from tests.servers import choice

WRONG, NOBODY, READER = "a wrong password", "no user", "the reader"
CASES = [
    (WRONG, "mongo_not_let_in", "mongo_not_let_in"),
    (NOBODY, "mongo_not_let_in", "mongo_not_permitted"),
    (READER, "mongo_answers", "mongo_not_permitted"),
]
"""Who comes, what the doctor says of MongoDB, and the code with which a rebuild ends."""


@pytest.fixture
def shell(endpoints, connection, congress, tmp_path):
    return Shell(tmp_path, endpoints, congress)


def address(url: str, who: str) -> str:
    if who == READER:
        return url.replace("://", "://reader@", 1)
    return login(url).url.replace("://", "://tracker:wrong@" if who == WRONG else "://", 1)


@pytest.mark.parametrize(("who", "found", "refused"), CASES[:1] if choice()[0] == "given" else CASES)
def test_the_doctor_and_a_rebuild_say_which_settings_name_the_user(shell, endpoints, who, found, refused):
    coming = {"DAIHOI_MONGO_URL": address(endpoints.mongo_url, who)}
    findings = json.loads(shell.run("doctor", "--format", "json", **coming).stdout)["findings"]
    [of_mongo] = [finding for finding in findings if finding["about"] == "MongoDB"]
    assert (of_mongo["code"], "full error" in of_mongo["detail"]) == (found, False)
    assert (who == READER) or "DAIHOI_MONGO_PASSWORD_FILE" in of_mongo["advice"]
    for lang in ("en", "vi"):
        ran = shell.run("rebuild", DAIHOI_LANG=lang, **coming)
        assert (ran.returncode, ran.stderr.partition(":")[0].splitlines()[-1]) == (1, refused)
        assert "DAIHOI_MONGO_PASSWORD_FILE" in ran.stderr
