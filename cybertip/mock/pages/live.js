// Keeps the page up to date: asks for it again while it is looked at, and changes what has changed.
"use strict";
const PAUSE = 1000;

async function refresh() {
  if (document.visibilityState === "visible") {
    let current = false;
    try {
      const answer = await fetch(location.href);
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of ["main", "footer"]) become(document.querySelector(part), page.querySelector(part));
        current = true;
      }
    } catch {
      // The mock is gone.
    }
    document.body.classList.toggle("stale", !current);
  }
  setTimeout(refresh, PAUSE);
}

// Makes an element like another one. What is like it already stays as it is: selected, scrolled or focused.
function become(old, wanted) {
  if (old.isEqualNode(wanted)) return;
  if (old.nodeName !== wanted.nodeName || old.nodeType !== Node.ELEMENT_NODE) {
    old.replaceWith(wanted);
    return;
  }
  for (const name of old.getAttributeNames()) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const name of wanted.getAttributeNames()) old.setAttribute(name, wanted.getAttribute(name));
  let next = old.firstChild;
  for (const child of [...wanted.childNodes]) {
    const known = counterpart(next, child);
    if (known) {
      next = without(next, known).nextSibling;
      become(known, child);
    } else {
      old.insertBefore(child, next);
    }
  }
  without(next, null);
}

// The node, or one behind it, that is to become another: by its id, so that a new row moves none of the others.
function counterpart(node, wanted) {
  if (!wanted.id) return node && !node.id ? node : null;
  while (node && node.id !== wanted.id) node = node.nextSibling;
  return node;
}

// Removes the nodes from one up to another, and gives the other.
function without(node, end) {
  while (node !== end) {
    const gone = node;
    node = node.nextSibling;
    gone.remove();
  }
  return end;
}

setTimeout(refresh, PAUSE);
