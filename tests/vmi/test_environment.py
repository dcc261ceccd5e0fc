"""The virtual environment is made anew only when it has to be."""

import sys

import pytest

from vmi.embedded import environment

pytestmark = pytest.mark.no_database


def test_two_pythons_of_one_minor_version_share_an_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = environment.wanted_stamp()

    monkeypatch.setattr(sys, "version", "3.11.99 (somebody else's build)")

    assert environment.wanted_stamp() == stamp


def test_another_minor_version_makes_it_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = environment.wanted_stamp()

    monkeypatch.setattr(sys, "version_info", (3, 99, 0))

    assert environment.wanted_stamp() != stamp
