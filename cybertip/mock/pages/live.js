// Keeps the page up to date: asks for it again while it is looked at, and exchanges what has changed.
"use strict";
const PAUSE = 1000;
const shown = {};

async function refresh() {
  if (document.visibilityState === "visible" && !String(getSelection())) {
    try {
      const answer = await fetch(location.href);
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of ["main", "footer"]) {
          const now = page.querySelector(part);
          if (now.innerHTML !== shown[part]) {
            shown[part] = now.innerHTML;
            document.querySelector(part).replaceChildren(...now.childNodes);
          }
        }
        document.body.classList.remove("stale");
      }
    } catch {
      document.body.classList.add("stale");
    }
  }
  setTimeout(refresh, PAUSE);
}

setTimeout(refresh, PAUSE);
