"""The mock's pages in a real browser: nothing that was sent ever runs on them, and everybody can use them."""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from cybertip.mock import MockServer
from cybertip.mock.faults import Throttle
from tests.acceptance.browsing import HOSTILE, rows, view, wait_for_refreshes, with_texts
from tests.mock_http import XML, connect, open_report, upload
from tests.samples import picture, report_xml

# --- nothing runs, nothing is shown that was uploaded ---


def test_hostile_content_is_shown_as_text(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
    """Markup and scripts in texts, file names, user names and refusals show as they were sent, and run nowhere."""
    with connect(watched_mock, (HOSTILE[1], "password-two")) as hostile:
        for text in HOSTILE:
            report_id = open_report(hostile, with_texts(text, text))
            name = text.replace('"', "'")
            upload(hostile, report_id, name)
            wrong = report_xml().replace(b">Upload<", f">{escape(text)}<".encode())
            assert hostile.post("/submit", content=wrong, headers=XML).status_code == 400
            view(page, watched_mock, report_id)
            expect(page.locator("#document pre")).to_contain_text(escape(text, quote=False))
            expect(page.locator(".file h3")).to_have_text(name)
            expect(page.locator("main > dl")).to_contain_text(HOSTILE[1])
            assert page.locator("script").count() == 1
    page.goto(f"{watched_mock.inspection_url}/")
    expect(rows(page).first.locator(".name")).to_have_text(HOSTILE[1])
    for text in HOSTILE:
        expect(page.locator("#requests")).to_contain_text(f"Value '{text}' is not in the enumeration.")
    wait_for_refreshes(page)
    # What arrives while the page is open goes through the script instead of the browser's own parser.
    view(page, watched_mock, report_id)
    upload(api, open_report(api), "other.png")
    with connect(watched_mock, (HOSTILE[1], "password-two")) as hostile:
        for text in HOSTILE[:3]:
            upload(hostile, report_id, text.replace('"', "'"))
    expect(page.locator(".file h3")).to_have_count(4)
    wait_for_refreshes(page)


def test_no_page_has_media_or_leads_to_any(
    watched_mock: MockServer, api: httpx.Client, page: Page, tmp_path: Path
) -> None:
    """No page holds an element that shows media, and whatever can be reached from them, no uploaded byte is in it."""
    png = picture()
    report_id = open_report(api)
    upload(api, report_id, "holiday.png", png)
    assert [file.read_bytes() for file in (tmp_path / "kept").rglob("*") if file.is_file()] == [png]
    origin = watched_mock.inspection_url.removesuffix("/_mock")
    seen, ahead = set[str](), [f"{watched_mock.inspection_url}/"]
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


def test_the_pages_work_without_javascript(browser: Browser, watched_mock: MockServer, api: httpx.Client) -> None:
    """Where scripts are switched off the pages are complete, and reload themselves."""
    report_id = open_report(api)
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{watched_mock.inspection_url}/")
        expect(rows(page).locator("td:first-child")).to_have_text(str(report_id))
        assert page.locator("noscript meta[http-equiv=refresh]").count() == 1
        second = open_report(api)
        expect(rows(page).locator("td:first-child")).to_have_text([str(second), str(report_id)])
        page = context.new_page()
        view(page, watched_mock, report_id)
        expect(page.locator("#document pre")).to_contain_text("sample_user")
    finally:
        context.close()


def test_everything_can_be_reached_with_the_keyboard(watched_mock: MockServer, api: httpx.Client, page: Page) -> None:
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
    watched_mock: MockServer, api: httpx.Client, page: Page, scheme: str
) -> None:
    """Every text has a contrast of at least 4.5 to 1 to its ground, in the light and in the dark."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    reports = [open_report(api) for _ in range(3)]
    api.post("/finish", data={"id": str(reports[0])})
    api.post("/retract", data={"id": str(reports[1])})
    api.post("/retract", data={"id": str(reports[1])})
    watched_mock.set_faults(Throttle())
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
