"""What the project is built on: licences, advisories, and no secret in what is kept."""

import base64
import json
import secrets

import pytest

from tests.supply import audit, locks
from tests.supply.advisories import Hit, advisories_in, hits
from tests.supply.licences import PAGE, UNKNOWN, copyleft, installed, page, rows
from tests.supply.locks import Package, lock_files, packages
from tests.supply.secrets import KINDS, secrets_in, tracked_files

TEXT = PAGE.read_text("utf-8")
PACKAGES = packages()


def test_the_page_of_licences_names_what_the_lock_files_pin():
    assert rows(TEXT).keys() == {f"{package.name}=={package.version}" for package in PACKAGES}, "run `make licences`"
    assert len(PACKAGES) > 80
    assert len(lock_files()) >= 5


def test_the_page_of_licences_says_what_the_installed_packages_say():
    assert page(TEXT) == TEXT, "run `make licences`"
    assert len(rows(TEXT).keys() & installed().keys()) > 50


def test_every_package_has_a_licence_and_no_service_needs_one_that_reaches_further_than_itself():
    assert [key for key, (licence, _) in rows(TEXT).items() if licence == UNKNOWN] == []
    strong = copyleft(TEXT)
    assert "services" not in strong.values()
    assert "secantusdb" in strong


def test_no_tracked_file_holds_a_secret():
    found = [secret for path in tracked_files() for secret in secrets_in(path)]
    assert found == []


def seed():
    return "S" + secrets.choice("UAO") + base64.b32encode(secrets.token_bytes(35)).decode()


def token():
    return ".".join(base64.urlsafe_b64encode(f'{{"a":"{"b" * 20}"}}'.encode()).decode().rstrip("=") for _ in range(3))


MADE = {
    "private key": lambda: "-----BEGIN " + "PRIVATE KEY-----",
    "seed of NATS": seed,
    "token": token,
    "key of a cloud or a forge": lambda: "AKIA" + "Q7" * 8,
    "password in an address": lambda: "nats://unit:" + "hunter2" + "@10.0.0.1:4222",
    "password in a setting": lambda: "password = '" + secrets.token_hex(12) + "1'",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_of_each_kind_is_found_where_it_stands(kind, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text(f"first\nsecond {MADE[kind]()}\n")
    assert [(secret.line, secret.kind) for secret in secrets_in(path)] == [(2, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "mongodb://reader:{password}@mongo:27017",
        "nats://unit:$NATS_PASSWORD@nats:4222",
        "nats://unit:…@nats",
        "password: read from the file that DAIHOI_MONGO_PASSWORD_FILE names",
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_what_stands_for_a_secret_is_none(text, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text(text)
    assert list(secrets_in(path)) == []


# --- advisories ---
def advisory(**affected):
    return {
        "id": "OSV-1",
        "modified": "2026-01-02T00:00:00Z",
        "aliases": ["CVE-1"],
        "affected": [{"package": {"ecosystem": "PyPI", "name": "PyJWT"}, **affected}],
    }


def in_range(*events):
    return advisory(ranges=[{"type": "ECOSYSTEM", "events": list(events)}])


@pytest.mark.parametrize(
    ("about", "is_hit"),
    [
        (advisory(versions=["2.10.0"]), True),
        (advisory(versions=["2.9.0"]), False),
        (in_range({"introduced": "0"}, {"fixed": "2.10.0"}), False),
        (in_range({"introduced": "0"}, {"fixed": "2.10.1"}), True),
        (in_range({"introduced": "2.1"}, {"last_affected": "2.10.0"}), True),
        (in_range({"introduced": "2.11"}), False),
        (in_range({"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.9"}, {"fixed": "2.12"}), True),
        (advisory(versions=["2.10.0"]) | {"withdrawn": "2026-01-03"}, False),
        (advisory(package={"ecosystem": "npm", "name": "pyjwt"}, versions=["2.10.0"]), False),
    ],
)
def test_an_advisory_is_about_the_versions_that_it_names(about, is_hit):
    package = Package("pyjwt", "2.10.0", "services")
    assert list(hits([package], [about])) == ([Hit(package, "OSV-1", ("CVE-1",))] if is_hit else [])


def test_a_database_that_knows_no_package_has_audited_none():
    skipped = {"name": "pyjwt", "skip_reason": "not found"}
    found = {"name": "Py.JWT", "version": "2.10.0", "vulns": [{"id": "OSV-1", "aliases": ["CVE-1"]}]}
    fine = {"name": "rich", "version": "15.0.0", "vulns": []}
    answer = audit.Answer.of({"dependencies": [skipped, found, fine]})
    assert answer == ([Hit(Package("py-jwt", "2.10.0", ""), "OSV-1", ("CVE-1",))], 2, 1)
    assert audit.Answer.of({"dependencies": [skipped]}).audited == 0
    assert audit.look_of("osv", [answer, None]).told == (
        "pip-audit asked osv about 1 of 2 lock files: 2 lines answered, 1 not"
    )


def test_an_audit_ends_with_1_where_there_is_an_advisory_and_says_what_it_looked_at(tmp_path, monkeypatch, capsys):
    package = next(package for package in PACKAGES if package.name == "pyjwt")
    (tmp_path / "a.json").write_text(json.dumps(advisory(versions=[package.version])))
    (tmp_path / "more.json").write_text(json.dumps([in_range({"introduced": "999"})]))
    assert len(list(advisories_in(tmp_path))) == 2
    unreachable = "nobody was asked"
    monkeypatch.setattr(audit, "by_pip_audit", lambda: audit.Look([], unreachable, succeeded=False))
    monkeypatch.setattr("sys.argv", ["audit", str(tmp_path)])
    assert audit.main() == 1
    told = capsys.readouterr().out
    assert f"pyjwt {package.version}: OSV-1 CVE-1" in told
    assert f"2 advisories of {tmp_path}, the newest of 2026-01-02" in told
    monkeypatch.setattr("sys.argv", ["audit"])
    assert audit.main() == audit.NOT_AUDITED == 3
    assert capsys.readouterr().out.startswith(f"{unreachable}\n{len(PACKAGES)} packages: NOT AUDITED\nWhether there ")


KNOWN_BAD = {
    "id": "GHSA-ffqj-6fqr-9h24",
    "modified": "2024-11-19T00:00:00Z",
    "aliases": ["CVE-2022-29217", "PYSEC-2022-202"],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "pyjwt", "purl": "pkg:pypi/pyjwt"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.5.0"}, {"fixed": "2.4.0"}]}],
        }
    ],
}
"""Of the library that tokens are checked with, as it was published."""


def audited(folder, monkeypatch, tmp_path, pinned):
    """How an audit ends that reaches no database, of a project that pins this."""
    (tmp_path / "requirements.lock").write_text(f"{pinned} \\\n    --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(locks, "PROJECT", tmp_path)
    monkeypatch.setattr(audit, "SERVICES", ())
    monkeypatch.setattr("sys.argv", ["audit", str(folder)])
    return audit.main()


@pytest.mark.parametrize(
    ("pinned", "ends_with"), [("PyJWT==2.3.0", audit.FOUND), ("PyJWT==2.4.0", audit.CLEAN)], ids=["bad", "mended"]
)
def test_a_pin_that_is_known_to_be_bad_is_found_where_no_database_can_be_reached(
    pinned, ends_with, tmp_path, monkeypatch, capsys
):
    folder = tmp_path / "advisories"
    folder.mkdir()
    (folder / "GHSA-ffqj-6fqr-9h24.json").write_text(json.dumps(KNOWN_BAD))
    assert audited(folder, monkeypatch, tmp_path, pinned) == ends_with
    line = "pyjwt 2.3.0: GHSA-ffqj-6fqr-9h24 CVE-2022-29217 PYSEC-2022-202\n"
    assert (line in capsys.readouterr().out) == (ends_with == audit.FOUND)


@pytest.mark.parametrize("content", [None, "{ cut o"], ids=["nothing", "what is no advisory"])
def test_a_folder_that_could_not_be_asked_has_audited_nothing(content, tmp_path, monkeypatch):
    folder = tmp_path / "advisories"
    if content:
        folder.mkdir()
        (folder / "broken.json").write_text(content)
    assert audited(folder, monkeypatch, tmp_path, "PyJWT==2.3.0") == audit.NOT_AUDITED


def test_half_an_audit_is_none():
    answer = audit.Answer([], 2, 0)
    assert audit.look_of("osv", [answer, answer]).succeeded
    assert not audit.look_of("osv", [answer, None]).succeeded
    assert not audit.look_of("osv", [answer, answer._replace(skipped=1)]).succeeded
