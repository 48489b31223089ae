"""The mock's pages in a real browser: what they show, and that they keep up with what happens."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from cybertip.mock import MockServer
from cybertip.mock.faults import RandomFaults, Reset, Status, Throttle
from tests.acceptance.browsing import Watch, rows, view, wait_for_refreshes, with_texts
from tests.mock_http import XML, open_report, upload
from tests.samples import file_details_xml, report_xml

# --- what they show ---


def test_reports_are_listed_newest_first_with_their_states(
    watched_mock: MockServer, api: httpx.Client, page: Page
) -> None:
    """The list has the newest report on top, each with its state, account and files."""
    reports = [open_report(api) for _ in range(3)]
    api.post("/finish", data={"id": str(reports[0])})
    api.post("/retract", data={"id": str(reports[1])})
    upload(api, reports[2], "a.txt", bytes(1500))
    page.reload()
    assert page.locator("#reports td:first-child").all_inner_texts() == [str(number) for number in reversed(reports)]
    assert page.locator("#reports .state").all_inner_texts() == ["open", "retracted", "finished"]
    expect(rows(page).first).to_contain_text("esp-one")
    expect(rows(page).first.locator(".number")).to_have_text(["1", "1.5 kB"])


def test_an_empty_mock_tells_what_to_do(watched_mock: MockServer, page: Page) -> None:
    """Before the first report the page has the address and a command to try."""
    expect(page.locator("main")).to_contain_text(f"Point a client at {watched_mock.base_url}, as esp-one:")
    expect(page.locator("pre")).to_have_text(f"curl -u esp-one {watched_mock.base_url}/status")


def test_filters_and_links_lead_on(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """The filters leave one state and show which; a report's number leads to its page, and the title back."""
    first, second = open_report(api), open_report(api)
    api.post("/finish", data={"id": str(first)})
    page.get_by_role("link", name="finished").click()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("nav [aria-current]")).to_have_text("finished")
    page.get_by_role("link", name="lapsed").click()
    expect(page.locator("#reports")).to_contain_text("None of these.")
    page.get_by_role("link", name="all", exact=True).click()
    page.locator("#reports").get_by_role("link", name=str(second)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Report {second} open")
    expect(page).to_have_title(f"Report {second} · cybertip mock")
    page.get_by_role("link", name="cybertip mock").click()
    expect(rows(page)).to_have_count(2)


def test_a_report_is_shown_in_full(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """The page of a report has its facts, files with digests and details, document and requests."""
    report_id = open_report(api)
    file_id = upload(api, report_id, "holiday.png")
    upload(api, report_id, "other.png")
    api.post("/fileinfo", content=file_details_xml(report_id, file_id), headers=XML)
    api.post("/retract", data={"id": str(report_id)})
    view(page, watched_mock, report_id)
    facts = page.locator("main > dl")
    for fact in ("esp-one", "Example Pictures", "web_page_incident", "user-7f3a, sample_user"):
        expect(facts).to_contain_text(fact)
    expect(page.locator(".file h3")).to_have_text(["holiday.png", "other.png"])
    first, second = page.locator(".file").all()
    expect(first).to_contain_text("900150983cd24fb0d6963f7d28e17f72")
    expect(first.locator("pre")).to_contain_text("<originalFileName>holiday.png</originalFileName>")
    expect(second).to_contain_text("No file details.")
    expect(page.locator("#document pre")).to_contain_text("<screenName>sample_user</screenName>")
    assert [text.split("\t")[1] for text in page.locator("#requests tbody tr").all_inner_texts()] == [
        "POST /retract",
        "POST /fileinfo",
        "POST /upload",
        "POST /upload",
        "POST /submit",
    ]
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it as it arrived").click()
    assert download.value.suggested_filename == f"{report_id}.xml"
    assert download.value.path().read_bytes() == report_xml()


def test_faults_in_store_are_listed(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """The page tells which faults are left, and which request met one."""
    watched_mock.set_faults(
        Status(call="status", status=503, times=2),
        Reset(call="upload", at="before-reading", times=None, skip=3),
        Throttle(call="*", for_seconds=600),
        random=RandomFaults(rate=0.25, seed=7),
    )
    api.get("/status")
    faults = page.locator("#faults li")
    expect(faults).to_have_count(4)
    expect(faults.nth(0)).to_have_text("HTTP 503 for /status, once")
    expect(faults.nth(1)).to_have_text("reset before-reading for /upload, always, after 3 others")
    expect(faults.nth(2)).to_contain_text("throttle for any call, once, for")
    expect(faults.nth(3)).to_have_text("at random: 25 % of requests, seed 7")
    expect(page.locator("#requests .words").first).to_have_text("fault: HTTP 503")
    watched_mock.set_faults()
    expect(faults).to_have_count(0)


def test_a_refused_report_tells_why(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """A request that was refused shows the answer's words and the rules that were broken."""
    api.post("/submit", content=report_xml().replace(b"2025-03-14T15:09:26", b"2999-03-14T15:09:26", 1), headers=XML)
    words = page.locator("#requests .words")
    expect(words).to_contain_text("incidentDateTime must be in the past")
    expect(words.locator(".rule")).to_have_text("S203 /report/incidentSummary/incidentDateTime")


@pytest.mark.parametrize("width", [1300, 420])
def test_nothing_is_wider_than_the_window(watched_mock: MockServer, api: httpx.Client, page: Page, width: int) -> None:
    """Long names and long words are wrapped: on a wide screen and on a narrow one nothing is cut off."""
    report_id = open_report(api, with_texts("w" * 900, "words " * 300))
    upload(api, report_id, "n" * 250 + ".png")
    api.post("/submit", content=report_xml().replace(b"</platform>", b"</platform><" + b"x" * 300 + b"/>"), headers=XML)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", f"/view/{report_id}"):
        page.goto(watched_mock.inspection_url + path)
        cut = page.locator("body, body *").evaluate_all(
            "all => all.filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1).map(one => one.tagName)"
        )
        assert cut == []


# --- live ---


def test_a_new_report_appears_without_reloading(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """A report that arrives while the page is open comes up on top, on the same page."""
    page.evaluate("window.stays = true")
    expect(page.locator("#reports")).to_contain_text("None yet.")
    numbers: list[str] = []
    for _ in range(2):
        numbers.insert(0, str(open_report(api)))
        expect(page.locator("#reports td:first-child")).to_have_text(numbers)
    assert page.evaluate("window.stays")


def test_a_change_of_state_shows_on_the_open_page(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """On a report's open page its files, its requests and its state change as they do on the watched_mock."""
    report_id = open_report(api)
    view(page, watched_mock, report_id)
    page.evaluate("window.stays = true")
    expect(page.locator("h1 .state")).to_have_text("open")
    expect(page.locator("h1 .state")).to_have_class("state open")
    upload(api, report_id, "late.png")
    expect(page.locator(".file h3")).to_have_text("late.png")
    api.post("/finish", data={"id": str(report_id)})
    expect(page.locator("h1 .state")).to_have_text("finished")
    expect(page.locator("h1 .state")).to_have_class("state finished")
    expect(page.locator("#requests tbody tr")).to_have_count(3)
    assert page.evaluate("window.stays")


def test_nothing_is_touched_when_nothing_changed(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """A refresh that brings nothing new leaves every element of the page in its place."""
    report_id = open_report(api)
    upload(api, report_id, "a.png")
    api.post("/finish", data={"id": str(report_id)})
    for path in ("/", f"/view/{report_id}"):
        page.goto(watched_mock.inspection_url + path)
        page.evaluate(
            """() => {
                window.changes = 0;
                const observer = new MutationObserver(records => { window.changes += records.length; });
                const all = { childList: true, subtree: true, attributes: true, characterData: true };
                observer.observe(document.querySelector("main"), all);
            }"""
        )
        wait_for_refreshes(page)
        assert page.evaluate("window.changes") == 0


def test_focus_selection_and_scrolling_survive_a_change(
    watched_mock: MockServer, api: httpx.Client, page: Page
) -> None:
    """When a report arrives, what was focused, selected and scrolled stays so, in the middle of the list as well."""
    middle = [open_report(api) for _ in range(40)][20]
    page.reload()
    page.locator(f"#report-{middle} a").focus()
    page.evaluate(f"getSelection().selectAllChildren(document.querySelector('#report-{middle} .name'))")
    new = open_report(api)
    expect(page.locator(f"#report-{new}")).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == str(middle)
    assert page.evaluate("String(getSelection())").strip() == "esp-one"

    report_id = open_report(api, with_texts("", "line of a long text\n" * 200))
    view(page, watched_mock, report_id)
    page.evaluate("document.querySelector('#document pre').scrollTop = 700")
    api.post("/finish", data={"id": str(report_id)})
    expect(page.locator("h1 .state")).to_have_text("finished")
    assert page.evaluate("document.querySelector('#document pre').scrollTop") == 700


def test_reports_that_were_deleted_leave_the_page(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """The list is empty again after a DELETE."""
    open_report(api)
    expect(rows(page)).to_have_count(1)
    httpx.delete(f"{watched_mock.inspection_url}/reports", trust_env=False)
    expect(page.locator("main")).to_contain_text("Point a client at")


def test_a_page_that_is_not_kept_up_says_so(
    watched_mock: MockServer, api: httpx.Client, watch: tuple[BrowserContext, Watch]
) -> None:
    """The page of a report that was deleted stays as it was, and says that it is out of date."""
    context, watched = watch
    page = context.new_page()
    view(page, watched_mock, open_report(api))
    notice = "getComputedStyle(document.querySelector('header'), '::after').content"
    assert page.evaluate(notice) == "none"
    httpx.delete(f"{watched_mock.inspection_url}/reports", trust_env=False)
    expect(page.locator("body")).to_have_class("stale")
    assert "No longer up to date" in page.evaluate(notice)
    expect(page.locator("#document pre")).to_contain_text("sample_user")
    assert all("404" in wrong for wrong in watched.wrong)  # Chromium's own note of the answer
