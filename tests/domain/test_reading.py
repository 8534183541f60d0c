"""Whatever a setting or an argument names in place of a file, nobody waits for it without a word."""

import os
import re
import threading

import pytest

from daihoi.importing.congress_answers import read_answers
from daihoi.importing.steps import read_steps
from daihoi.ops.backup.file import Backup
from shared.platform import nats_tls, reading
from shared.platform.credentials import read_password
from shared.platform.errors import PlatformError
from shared.platform.files import NotOrdinary
from shared.platform.nats_keys import read_credentials, read_key
from shared.platform.reading import read_file
from shared.platform.setting_files import take_setting_files
from shared.unit.issuer import load_private_key, load_public_key


@pytest.fixture
def fifo(tmp_path, monkeypatch):
    """One that nobody writes to. Whoever opened it as a file would wait for ever."""
    monkeypatch.setattr(reading, "SILENCE_S", 0.01)
    os.mkfifo(tmp_path / "fifo", 0o600)
    return tmp_path / "fifo"


def in_tls(setting):
    def connect(path):
        with pytest.MonkeyPatch.context() as patch:
            for name in (nats_tls.CERTIFICATE, nats_tls.KEY) if setting != nats_tls.CA else (setting,):
                patch.setenv(name, str(path))
            nats_tls.tls_options("tls://127.0.0.1")

    return connect


READERS = {
    "an answers file": read_answers,
    "commands in a file": read_steps,
    "a backup": Backup,
    "a database's password": read_password,
    "NATS credentials": read_credentials,
    "a NATS key": read_key,
    "a private key": load_private_key,
    "a public key": load_public_key,
    "an authority": in_tls(nats_tls.CA),
    "a certificate": in_tls(nats_tls.CERTIFICATE),
    "a token": lambda path: take_setting_files({"DAIHOI_TOKEN_FILE": str(path)}),
    "a setting": lambda path: take_setting_files({"DAIHOI_CONGRESS_FILE": str(path)}),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_pipe_that_nobody_writes_to_is_told_of(fifo, read):
    with pytest.raises((NotOrdinary, PlatformError)) as refused:
        read(fifo)
    told = refused.value.reason if isinstance(refused.value, NotOrdinary) else refused.value
    assert re.search("ordinary file|came out of this pipe", str(told))
    assert str(fifo) in str(refused.value)


@pytest.mark.parametrize("size", [3, 200_000])
def test_what_comes_out_of_a_pipe_is_waited_for_and_read_to_its_end(fifo, monkeypatch, size):
    monkeypatch.setattr(reading, "SILENCE_S", 180.0)
    writer = threading.Thread(target=fifo.write_bytes, args=(b"a" * size,))
    writer.start()
    assert read_file(fifo, 1_000_000, or_pipe=True) == b"a" * size
    writer.join()


def test_a_setting_can_come_through_a_pipe_that_has_no_name_as_bash_makes_it():
    reads, writes = os.pipe()
    os.write(writes, b"hanoi-xx\n")
    os.close(writes)
    environment = {"DAIHOI_CONGRESS_FILE": f"/dev/fd/{reads}"}
    take_setting_files(environment)
    os.close(reads)
    assert environment == {"DAIHOI_CONGRESS": "hanoi-xx"}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_folder_is_told_of_by_its_name_and_left_closed(tmp_path, read):
    before = os.listdir("/dev/fd")
    with pytest.raises((IsADirectoryError, PlatformError)) as refused:
        read(tmp_path)
    assert str(tmp_path) in str(getattr(refused.value, "filename", "") or refused.value)
    assert len(os.listdir("/dev/fd")) == len(before)


def test_a_device_that_never_ends_and_a_folder_are_no_files(tmp_path):
    with pytest.raises(NotOrdinary):
        read_file("/dev/zero", 10, or_pipe=True)
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path, 10)
