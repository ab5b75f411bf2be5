// The page is complete without this file and then reloads itself. With it, the server says when there is news: the page
// is asked for again, and the parts marked data-live that differ take the place of the old ones.
"use strict";

const told = document.getElementById("told");
const connection = document.getElementById("connection");
let asking = false;
let missed = false;
let last = "";

const busy = () => document.hidden || asking || getSelection().type === "Range";

// Where the keyboard is, in words that find the same place in the new markup.
function place(part) {
  const focused = document.activeElement;
  if (!part.contains(focused)) return null;
  if (focused.id) return `#${CSS.escape(focused.id)}`;
  const link = focused.getAttribute("href");
  return link ? `a[href="${CSS.escape(link)}"]` : focused.localName;
}

function replace(part, fresh) {
  const focused = place(part);
  const open = [...part.querySelectorAll("details[open]")].map((each) => each.id);
  part.replaceChildren(...fresh.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) part.querySelector(focused)?.focus({ preventScroll: true });
}

async function refresh() {
  missed = busy();
  if (missed) return;
  asking = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = next.title;
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = next.getElementById(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML) replace(part, fresh);
    }
  } catch {
    return; // the server has gone: its first event says when it is back
  } finally {
    asking = false;
  }
  if (missed) refresh();
}

// Screen readers hear of what changes at the top, not of every number.
function tell(news) {
  const words = `${news.firing} firing, ${news.met} of ${news.instances} objectives met`;
  if (last && words !== last) told.textContent = words;
  last = words;
}

const events = new EventSource("/events");
events.addEventListener("status", (event) => {
  tell(JSON.parse(event.data));
  refresh();
});
events.addEventListener("open", () => { connection.textContent = "updates by itself"; });
events.addEventListener("error", () => { connection.textContent = "connection lost, trying again"; });
for (const event of ["visibilitychange", "selectionchange"]) {
  document.addEventListener(event, () => { if (missed) refresh(); });
}
addEventListener("pagehide", () => events.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
