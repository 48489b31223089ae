"""The mock's pages in a real browser: what they show, that they are live, and that nothing on them ever runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from cybertip.mock import MockServer
from cybertip.mock.faults import RandomFaults, Reset, Status, Throttle
from tests.mock_http import END, MULTIPART, XML, connect, part, response
from tests.samples import file_details_xml, picture, report_xml

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"></pre></td></main><script>alert(3)</script>',
    "<svg/onload=alert(4)><iframe src=https://elsewhere.example.com></iframe>",
    "{{ 7 * 7 }}{% raw %}&lt;b&gt;&#60;b&#62;",
    "javascript:alert(5)//' onmouseover='alert(6)",
)
"""What would run, load or show something, if it were not shown as text."""

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and in CI these tests must run")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MockServer]:
    """A mock with an account that has a hostile name, and which keeps the bytes of files."""
    accounts = {"esp-one": "password-one", HOSTILE[1]: "password-two"}
    with MockServer(accounts, keep_files=tmp_path / "kept") as server:
        yield server


@pytest.fixture
def api(server: MockServer) -> Iterator[httpx.Client]:
    with connect(server) as client:
        yield client


class Watch:
    """What a page did that it must not do."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.wrong: list[str] = []
        self._origin = origin
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.wrong.append(f"error: {error.error}"))
        context.on("dialog", self._dialog)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(f"{self._origin}/_mock/"):
            self.wrong.append(f"request: {request.url}")

    def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        # Violations of the Content-Security-Policy are reported here, too.
        self.wrong.append(f"console: {message.text}")


@pytest.fixture
def watch(browser: Browser, server: MockServer) -> Iterator[tuple[BrowserContext, Watch]]:
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    yield context, Watch(context, server.inspection_url.removesuffix("/_mock"))
    context.close()


@pytest.fixture
def page(watch: tuple[BrowserContext, Watch], server: MockServer) -> Iterator[Page]:
    """The front page. Whatever a test does, no page may run, load or ask anything that is not the mock's own."""
    context, watched = watch
    page = context.new_page()
    page.goto(f"{server.inspection_url}/")
    yield page
    assert not watched.wrong
    assert context.pages == [page]


def open_report(api: httpx.Client, xml: bytes | None = None) -> int:
    report_id = response(api.post("/submit", content=xml or report_xml(), headers=XML)).report_id
    assert report_id is not None
    return report_id


def upload(api: httpx.Client, report_id: int, name: str, content: bytes = b"abc") -> str:
    body = part("id", str(report_id).encode()) + part("file", content, name) + END
    return response(api.post("/upload", content=body, headers=MULTIPART)).file_id or ""


def with_texts(bio: str, info: str) -> bytes:
    """A report whose suspect has these texts in the profile and in the additional information."""
    return (
        report_xml()
        .replace(b"</screenName>", f"</screenName><profileBio>{escape(bio)}</profileBio>".encode())
        .replace(
            b"</personOrUserReported>",
            f"<additionalInfo>{escape(info)}</additionalInfo></personOrUserReported>".encode(),
        )
    )


def view(page: Page, server: MockServer, report_id: int) -> None:
    page.goto(f"{server.inspection_url}/view/{report_id}")


def rows(page: Page) -> Locator:
    return page.locator("#reports tbody tr")


def wait_for_refreshes(page: Page) -> None:
    """Until the page has asked for itself twice, and so has dealt with the first of the answers."""
    for _ in range(2):
        with page.expect_response(page.url, timeout=20_000):
            pass


# --- what they show ---


def test_reports_are_listed_newest_first_with_their_states(server: MockServer, api: httpx.Client, page: Page) -> None:
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


def test_an_empty_mock_tells_what_to_do(server: MockServer, page: Page) -> None:
    """Before the first report the page has the address and a command to try."""
    expect(page.locator("main")).to_contain_text(f"Point a client at {server.base_url}, as esp-one:")
    expect(page.locator("pre")).to_have_text(f"curl -u esp-one {server.base_url}/status")


def test_filters_and_links_lead_on(server: MockServer, api: httpx.Client, page: Page) -> None:
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


def test_a_report_is_shown_in_full(server: MockServer, api: httpx.Client, page: Page) -> None:
    """The page of a report has its facts, files with digests and details, document and requests."""
    report_id = open_report(api)
    file_id = upload(api, report_id, "holiday.png")
    upload(api, report_id, "other.png")
    api.post("/fileinfo", content=file_details_xml(report_id, file_id), headers=XML)
    api.post("/retract", data={"id": str(report_id)})
    view(page, server, report_id)
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


def test_faults_in_store_are_listed(server: MockServer, api: httpx.Client, page: Page) -> None:
    """The page tells which faults are left, and which request met one."""
    server.set_faults(
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
    server.set_faults()
    expect(faults).to_have_count(0)


def test_a_refused_report_tells_why(server: MockServer, api: httpx.Client, page: Page) -> None:
    """A request that was refused shows the answer's words and the rules that were broken."""
    api.post("/submit", content=report_xml().replace(b"2025-03-14T15:09:26", b"2999-03-14T15:09:26", 1), headers=XML)
    words = page.locator("#requests .words")
    expect(words).to_contain_text("incidentDateTime must be in the past")
    expect(words.locator(".rule")).to_have_text("S203 /report/incidentSummary/incidentDateTime")


@pytest.mark.parametrize("width", [1300, 420])
def test_nothing_is_wider_than_the_window(server: MockServer, api: httpx.Client, page: Page, width: int) -> None:
    """Long names and long words are wrapped: on a wide screen and on a narrow one nothing is cut off."""
    report_id = open_report(api, with_texts("w" * 900, "words " * 300))
    upload(api, report_id, "n" * 250 + ".png")
    api.post("/submit", content=report_xml().replace(b"</platform>", b"</platform><" + b"x" * 300 + b"/>"), headers=XML)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", f"/view/{report_id}"):
        page.goto(server.inspection_url + path)
        cut = page.locator("body, body *").evaluate_all(
            "all => all.filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1).map(one => one.tagName)"
        )
        assert cut == []


# --- live ---


def test_a_new_report_appears_without_reloading(server: MockServer, api: httpx.Client, page: Page) -> None:
    """A report that arrives while the page is open comes up on top, on the same page."""
    page.evaluate("window.stays = true")
    expect(page.locator("#reports")).to_contain_text("None yet.")
    numbers: list[str] = []
    for _ in range(2):
        numbers.insert(0, str(open_report(api)))
        expect(page.locator("#reports td:first-child")).to_have_text(numbers)
    assert page.evaluate("window.stays")


def test_a_change_of_state_shows_on_the_open_page(server: MockServer, api: httpx.Client, page: Page) -> None:
    """On a report's open page its files, its requests and its state change as they do on the server."""
    report_id = open_report(api)
    view(page, server, report_id)
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


def test_nothing_is_touched_when_nothing_changed(server: MockServer, api: httpx.Client, page: Page) -> None:
    """A refresh that brings nothing new leaves every element of the page in its place."""
    report_id = open_report(api)
    api.post("/finish", data={"id": str(report_id)})
    upload(api, report_id, "a.png")
    for path in ("/", f"/view/{report_id}"):
        page.goto(server.inspection_url + path)
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


def test_focus_selection_and_scrolling_survive_a_change(server: MockServer, api: httpx.Client, page: Page) -> None:
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
    view(page, server, report_id)
    page.evaluate("document.querySelector('#document pre').scrollTop = 700")
    api.post("/finish", data={"id": str(report_id)})
    expect(page.locator("h1 .state")).to_have_text("finished")
    assert page.evaluate("document.querySelector('#document pre').scrollTop") == 700


def test_reports_that_were_deleted_leave_the_page(server: MockServer, api: httpx.Client, page: Page) -> None:
    """The list is empty again after a DELETE."""
    open_report(api)
    expect(rows(page)).to_have_count(1)
    httpx.delete(f"{server.inspection_url}/reports", trust_env=False)
    expect(page.locator("main")).to_contain_text("Point a client at")


def test_a_page_that_is_not_kept_up_says_so(
    server: MockServer, api: httpx.Client, watch: tuple[BrowserContext, Watch]
) -> None:
    """The page of a report that was deleted stays as it was, and says that it is out of date."""
    context, watched = watch
    page = context.new_page()
    view(page, server, open_report(api))
    notice = "getComputedStyle(document.querySelector('header'), '::after').content"
    assert page.evaluate(notice) == "none"
    httpx.delete(f"{server.inspection_url}/reports", trust_env=False)
    expect(page.locator("body")).to_have_class("stale")
    assert "No longer up to date" in page.evaluate(notice)
    expect(page.locator("#document pre")).to_contain_text("sample_user")
    assert all("404" in wrong for wrong in watched.wrong)  # Chromium's own note of the answer


# --- nothing runs, nothing is shown that was uploaded ---


def test_hostile_content_is_shown_as_text(server: MockServer, api: httpx.Client, page: Page) -> None:
    """Markup and scripts in texts, file names, user names and refusals show as they were sent, and run nowhere."""
    with connect(server, (HOSTILE[1], "password-two")) as hostile:
        for text in HOSTILE:
            report_id = open_report(hostile, with_texts(text, text))
            name = text.replace('"', "'")
            upload(hostile, report_id, name)
            wrong = report_xml().replace(b">Upload<", f">{escape(text)}<".encode())
            assert hostile.post("/submit", content=wrong, headers=XML).status_code == 400
            view(page, server, report_id)
            expect(page.locator("#document pre")).to_contain_text(escape(text, quote=False))
            expect(page.locator(".file h3")).to_have_text(name)
            expect(page.locator("main > dl")).to_contain_text(HOSTILE[1])
            assert page.locator("script").count() == 1
    page.goto(f"{server.inspection_url}/")
    expect(rows(page).first.locator(".name")).to_have_text(HOSTILE[1])
    for text in HOSTILE:
        expect(page.locator("#requests")).to_contain_text(f"Value '{text}' is not in the enumeration.")
    wait_for_refreshes(page)
    # What arrives while the page is open goes through the script instead of the browser's own parser.
    view(page, server, report_id)
    upload(api, open_report(api), "other.png")
    with connect(server, (HOSTILE[1], "password-two")) as hostile:
        for text in HOSTILE[:3]:
            upload(hostile, report_id, text.replace('"', "'"))
    expect(page.locator(".file h3")).to_have_count(4)
    wait_for_refreshes(page)


def test_no_page_has_media_or_leads_to_any(server: MockServer, api: httpx.Client, page: Page, tmp_path: Path) -> None:
    """No page holds an element that shows media, and whatever can be reached from them, no uploaded byte is in it."""
    png = picture()
    report_id = open_report(api)
    upload(api, report_id, "holiday.png", png)
    assert [file.read_bytes() for file in (tmp_path / "kept").rglob("*") if file.is_file()] == [png]
    origin = server.inspection_url.removesuffix("/_mock")
    seen, ahead = set[str](), [f"{server.inspection_url}/"]
    while ahead:
        url = ahead.pop()
        if url in seen:
            continue
        seen.add(url)
        answer = httpx.get(url, trust_env=False)
        assert answer.status_code == 200
        assert png[:8] not in answer.content
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page.goto(url)
        assert page.locator("img, picture, video, audio, source, object, embed, iframe, canvas, svg, form").count() == 0
        links = page.locator("[href], [src]").evaluate_all(
            "all => all.map(one => one.getAttribute('href') ?? one.getAttribute('src'))"
        )
        ahead += [urljoin(url, link) for link in links]
    assert all(url.startswith(f"{origin}/_mock/") for url in seen)
    assert {urlsplit(url).path for url in seen} == {
        "/_mock/",
        "/_mock/assets/live.js",
        "/_mock/assets/style.css",
        f"/_mock/reports/{report_id}",
        f"/_mock/reports/{report_id}/xml",
        f"/_mock/view/{report_id}",
    }


# --- for everybody ---


def test_the_pages_work_without_javascript(browser: Browser, server: MockServer, api: httpx.Client) -> None:
    """Where scripts are switched off the pages are complete, and reload themselves."""
    report_id = open_report(api)
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.inspection_url}/")
        expect(rows(page).locator("td:first-child")).to_have_text(str(report_id))
        assert page.locator("noscript meta[http-equiv=refresh]").count() == 1
        second = open_report(api)
        expect(rows(page).locator("td:first-child")).to_have_text([str(second), str(report_id)])
        page.locator("#reports").get_by_role("link", name=str(report_id)).click()
        expect(page.locator("#document pre")).to_contain_text("sample_user")
    finally:
        context.close()


def test_everything_can_be_reached_with_the_keyboard(server: MockServer, api: httpx.Client, page: Page) -> None:
    """Tab goes through all links in the order of reading, each shows that it has the focus, and Enter follows it."""
    report_id = open_report(api)
    page.reload()
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached == ["cybertip mock", "all", "open", "finished", "retracted", "lapsed", str(report_id)]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Report {report_id}")
    # A document that is longer than its frame can be scrolled with the keyboard, too.
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "PRE"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_colour_schemes(
    server: MockServer, api: httpx.Client, page: Page, scheme: str
) -> None:
    """Every text has a contrast of at least 4.5 to 1 to its ground, in the light and in the dark."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    reports = [open_report(api) for _ in range(3)]
    api.post("/finish", data={"id": str(reports[0])})
    api.post("/retract", data={"id": str(reports[1])})
    api.post("/retract", data={"id": str(reports[1])})
    server.set_faults(Throttle())
    page.reload()
    contrasts: dict[str, float] = page.evaluate(_CONTRASTS)
    assert len(contrasts) > 8
    assert not {text: ratio for text, ratio in contrasts.items() if ratio < 4.5}


_CONTRASTS = """() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = ([red, green, blue]) => [red, green, blue]
        .map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = element => {
        const colour = numbers(getComputedStyle(element).backgroundColor);
        return colour[3] === 0 && element.parentElement ? ground(element.parentElement) : colour;
    };
    const found = {};
    for (const element of document.querySelectorAll("body *")) {
        if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const pair = [light(numbers(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
        found[element.textContent.trim()] = (pair[0] + 0.05) / (pair[1] + 0.05);
    }
    return found;
}"""
"""In the page: the contrast of every text to what is behind it, after WCAG 2."""
