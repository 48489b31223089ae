"""Places in a record, without what may be content."""

from __future__ import annotations

import pytest

from cybertip.cli._places import known_pointer, place_of, with_known_places


@pytest.mark.parametrize(
    "pointer",
    [
        "",
        "/decision/outcome",
        "/suspects/0/identifier",
        "/suspects/12/person/emails/1/address",
        "/incident/chats/0/messages/41/text",
        "/3/evidence/0/sha256",
        "/report/personOrUserReported[2]/espIdentifier",
        "/fileDetails/originalFileName",
    ],
)
def test_a_place_of_the_format_is_told(pointer: str) -> None:
    """As it is: in one record, in a batch, in a document."""
    assert known_pointer(pointer) == pointer


@pytest.mark.parametrize(
    ("pointer", "shown"),
    [
        ("/canary", "/…"),
        ("/suspects/0/canary", "/suspects/0/…"),
        ("/suspects/0/canary/identifier", "/suspects/0/…/…"),
        ("/suspects/4155550123/identifier", "/suspects/…/…"),
        ("/suspects/identifier", "/suspects/…"),
        ("/0/canary~1x", "/0/…"),
        ("/reports/0", "/…/…"),
        ("/profile/canary", "/profile/…"),
        ("canary", "…"),
    ],
)
def test_a_name_that_the_format_does_not_have_there_is_not(pointer: str, shown: str) -> None:
    """Whatever it is, and whatever it would mean elsewhere; all below it is unknown as well."""
    assert known_pointer(pointer) == shown


def test_a_finding_keeps_all_but_such_names() -> None:
    """Where it leads to is told by its pointer; places of the profile are the provider's own."""
    odd = {"code": "X002", "path": "/suspects/0/canary", "pointer": "", "message": "there is no such field"}
    assert with_known_places(odd) == odd | {"path": "/suspects/0/…"}
    built = {"code": "S205", "path": "/report/reporter", "pointer": "/suspects/0/canary"}
    assert place_of(with_known_places(built)) == "/suspects/0/…"
    gap = {"code": "P507", "path": "/profile/contact_person/emails/0/address", "pointer": ""}
    assert with_known_places(gap) == gap
