"""Where the pages of a congress listen on a machine that it shares."""

import os
import socket

import pytest

from shared.platform.settings import Settings
from shared.web.addresses import PLACES, free_ports, port_of


@pytest.fixture
def settings():
    """Of a block below the ports that programs are given for a moment."""
    return Settings(http_first_port=20_000 + os.getpid() % 180 * PLACES)


def test_two_congresses_that_begin_at_once_have_ports_of_their_own(settings):
    with free_ports(settings) as first, free_ports(settings) as second:
        assert second >= first + PLACES
    with free_ports(settings) as again:
        assert again == first


def test_a_block_of_which_a_service_of_another_has_a_port_is_left_to_it(settings):
    with free_ports(settings) as first:
        taken = port_of(settings.model_copy(update={"http_first_port": first}), "tracker")
    with socket.socket() as another:
        another.bind(("127.0.0.1", taken))
        another.listen()
        with free_ports(settings) as second:
            assert second >= first + PLACES
