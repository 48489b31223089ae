"""Chat, follow-ups, labels and the digest that was viewed, from the record to the documents."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.builder import Package, build
from cybertip.checks import validate_record
from cybertip.findings import RecordError, Severity
from cybertip.intake import accept, make_record
from cybertip.transcript import LONGEST_CONTENT


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    """The sample record as plain data."""
    data: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    return data


def built(content: dict[str, Any]) -> Package:
    """What is built of a record, proven to break no rule."""
    errors = [item for item in validate_record(accept(content), sample.profile()) if item.severity is Severity.ERROR]
    assert errors == []
    return build(make_record(content), sample.profile())


def chat(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"client": "Example Chat", "room": "lobby", "viewed": "full", "messages": list(messages), **fields}


def test_messages_become_the_content_of_a_chat(content: dict[str, Any]) -> None:
    """Each message is a line with its time as it was recorded, its sender, its text and its files."""
    content["incident"]["chats"] = [
        chat(
            {"sender": "user-4711", "sent_at": "2026-03-02T09:58:12+01:00", "text": "[message text]"},
            {"text": "two\nlines", "attachments": ["file-1", "file-2"]},
            notes="Three weeks of it.",
        )
    ]
    told = built(content).report.internet_details[-1].chat_im_incident
    assert told is not None
    assert (told.chat_client, told.chat_room_name, told.additional_info) == (
        *("Example Chat", "lobby", "Three weeks of it.\nA person at the provider read all of this conversation."),
    )
    assert told.content == (
        "[2026-03-02T09:58:12+01:00] user-4711: [message text]\nunknown sender: two\n    lines (files: file-1, file-2)"
    )


def test_a_message_cannot_pass_for_two(content: dict[str, Any]) -> None:
    """Whatever line breaks a message or a name holds, only the first line of a message looks like one; none is lost."""
    forged = "hello\n[2026-03-02T09:58:12+01:00] user-2: bye\r\u2028\x0b[2026-03-02T09:58:13+01:00] user-3: x"
    content["incident"]["chats"] = [chat({"sender": "user-1\n[x] user-9", "text": forged}, {"text": "end"})]
    accepted = accept(content)
    told = build(accepted.record, sample.profile()).report.internet_details[-1].chat_im_incident
    assert told is not None
    starts = [line for line in (told.content or "").splitlines() if not line.startswith("    ")]
    assert [line.partition(": ")[0] for line in starts] == ["user-1", "unknown sender"]


@pytest.mark.parametrize(("viewed", "said"), [("full", "all"), ("partial", "part"), ("none", "nothing")])
def test_how_much_of_a_chat_was_read_is_said(content: dict[str, Any], viewed: str, said: str) -> None:
    """Also of a chat that needs no file, the report tells how much of it a person at the provider read."""
    content["incident"]["chats"] = [chat({"text": "x"}, viewed=viewed, notes="A note.")]
    told = built(content).report.internet_details[-1].chat_im_incident
    assert told is not None
    assert told.additional_info == f"A note.\nA person at the provider read {said} of this conversation."


def test_a_short_chat_needs_no_file(content: dict[str, Any]) -> None:
    """What the report itself can hold is not sent twice."""
    content["incident"]["chats"] = [chat({"text": "[message text]"})]
    assert len(built(content).files) == 2


@pytest.mark.parametrize(("viewed", "said"), [("full", "all"), ("partial", "part"), ("none", "nothing")])
def test_a_long_chat_becomes_two_supplemental_files(content: dict[str, Any], viewed: str, said: str) -> None:
    """The whole stands as text and as CSV, in order; the report has its start and says where the rest is."""
    messages = [{"sender": f"user-{number % 2}", "text": f'message "{number}", {"x" * 90}'} for number in range(2000)]
    content["incident"]["chats"] = [chat({"text": "first"}), chat(*messages, viewed=viewed)]
    package = built(content)
    text, table = package.files[2:]
    told = package.report.internet_details[-1].chat_im_incident
    assert told is not None
    assert told.content is not None
    assert told.content.startswith("(The first ")
    assert " of 2000 messages; all are in the files chat-2.txt and chat-2.csv.)\n" in told.content
    assert told.content.endswith("x" * 90)
    assert len(told.content) < LONGEST_CONTENT + 200
    rows = list(csv.reader(io.StringIO((table.content or b"").decode(), newline="")))
    assert [row[3] for row in rows[1:]] == [message["text"] for message in messages]
    assert len((text.content or b"").splitlines()) == 2000
    for made, name in ((text, "chat-2.txt"), (table, "chat-2.csv")):
        details = made.details(5, "f" * 32)
        assert (made.evidence, made.name, details.original_file_name) == (None, name, name)
        assert (details.file_relevance, details.file_viewed_by_esp, details.exif_viewed_by_esp) == (
            *("Supplemental Reported", False, False),
        )
        # Nobody looked at a file that was made just now; what was read is said in words.
        assert details.additional_info[0].endswith(f"A person at the provider read {said} of this conversation.")
        assert made.file(Path()) == made.content
        assert made.sha256 == hashlib.sha256(made.content or b"").hexdigest()


def test_a_finding_on_a_made_file_names_the_chat(content: dict[str, Any]) -> None:
    """What is found about a transcript leads to the conversation, and to no evidence."""
    content["incident"]["chats"] = [chat({"text": "first"}), chat(*({"text": "x" * 1000} for _ in range(200)))]
    found = validate_record(accept(content), sample.profile())
    pointers = {item.pointer for item in found if item.document in ("files[2]", "files[3]")}
    assert pointers == {"/incident/chats/1"}


def test_every_place_of_a_chat_leads_to_it(content: dict[str, Any]) -> None:
    """A chat stands behind the record's own kinds of incident; the map leads back to its fields."""
    content["incident"]["details"] = [{"chat_im_incident": {"chat_client": "own"}}]
    content["incident"]["chats"] = [
        chat({"text": "first"}),
        chat({"text": "second"}, client="Example Chat", room="room", notes="notes"),
    ]
    package = built(content)
    summary = "/report/internetDetails[{}]/chatImIncident/"
    own, first, second = (summary.format(number) for number in (1, 2, 3))
    assert package.map.pointer("report", f"{own}chatClient") == "/incident/details/0/chat_im_incident/chat_client"
    assert package.map.pointer("report", f"{first}content") == "/incident/chats/0/messages"
    fields = {"chatClient": "client", "chatRoomName": "room", "content": "messages", "additionalInfo": "notes"}
    for name, field in fields.items():
        assert package.map.pointer("report", second + name) == f"/incident/chats/1/{field}"
        assert package.map.places(f"/incident/chats/1/{field}") == [("report", second + name)]


def test_a_chat_of_ten_megabytes_is_built_twice_alike(content: dict[str, Any]) -> None:
    """A very long chat is no trouble, and gives the same bytes again."""
    content["incident"]["chats"] = [chat(*({"text": "x" * 1000, "sender": "a"} for _ in range(10_000)))]
    one, two = built(content), built(content)
    assert [item.content for item in one.files] == [item.content for item in two.files]
    assert sum(len(item.content or b"") for item in one.files) > 20_000_000


def test_an_attachment_is_evidence_of_the_record(content: dict[str, Any]) -> None:
    """A message that names a file which the record does not have is refused, with the message."""
    content["incident"]["chats"] = [chat({"text": "x"}, {"attachments": ["file-9"]})]
    with pytest.raises(RecordError, match="attachment of message 1 of chat 0"):
        make_record(content)


def test_a_file_is_called_as_the_conversation_calls_it(content: dict[str, Any]) -> None:
    """Who reads of an attachment finds the file: its details have the name that the conversation has."""
    content["incident"]["chats"] = [chat({"text": "x", "attachments": ["file-2"]})]
    first, second = (item.described.additional_info for item in built(content).files)
    said = "The texts of this report call this file file-2."
    assert said in "\n".join(second)
    assert "conversations" not in "\n".join(first)


def test_how_much_was_read_is_mandatory(content: dict[str, Any]) -> None:
    """Nothing is guessed about what a person read."""
    content["incident"]["chats"] = [chat({"text": "x"})]
    del content["incident"]["chats"][0]["viewed"]
    with pytest.raises(RecordError) as caught:
        make_record(content)
    assert [(item.code, item.path) for item in caught.value.findings] == [("X002", "/incident/chats/0/viewed")]


def test_a_follow_up_names_the_earlier_reports(content: dict[str, Any]) -> None:
    """The text says why there is another report, and the suspect is linked with the earlier ones, each once."""
    content["suspects"][0]["prior_reports"] = [77, 88]
    content["follow_up"] = {"reports": [88, 99], "reason": "Further files were found."}
    report = built(content).report
    assert "Follow-up to CyberTipline report 88, 99: Further files were found." in (report.additional_info or "")
    assert report.persons_or_users_reported[0].prior_ct_reports == (77, 88, 99)


def test_labels_stand_with_their_file(content: dict[str, Any]) -> None:
    """What a classifier called a file is said of that file."""
    content["evidence"][1]["labels"] = ["landscape", "blue"]
    package = built(content)
    assert package.files[0].described.additional_info == ()
    assert package.files[1].described.additional_info == ("Labels: landscape; blue",)


@pytest.mark.parametrize(("viewed", "refused"), [("full", True), ("partial", True), ("none", False)])
def test_only_the_file_that_was_viewed_counts_as_viewed(content: dict[str, Any], viewed: str, refused: bool) -> None:
    """P504: nothing is claimed for a file when another one was looked at."""
    content["evidence"][0] |= {"viewed": viewed, "viewed_sha256": "0" * 64}
    if not refused:
        assert built(content).files[0].described.file_viewed_by_esp is False
        return
    with pytest.raises(RecordError) as caught:
        build(make_record(content), sample.profile())
    assert [(item.code, item.path) for item in caught.value.findings] == [("P504", "/evidence/0/viewed_sha256")]


def test_the_digest_that_was_viewed_may_be_the_same(content: dict[str, Any]) -> None:
    """Saying that this very file was viewed changes nothing."""
    content["evidence"][0]["viewed_sha256"] = content["evidence"][0]["sha256"].upper()
    assert built(content).files[0].described.file_viewed_by_esp is True


def test_every_line_end_of_a_message_is_kept(content: dict[str, Any]) -> None:
    """Lines are indented, not rewritten: without the four spaces the text is what was sent."""
    text = "col1\u2028col2\r\n\nlast\n"
    content["incident"]["chats"] = [chat({"sender": "a", "text": text})]
    told = built(content).report.internet_details[-1].chat_im_incident
    assert told is not None
    assert (told.content or "").removeprefix("a: ").replace("    ", "") == text
