// Keeps an open dashboard current: asks every few seconds whether the figures have changed, and only
// then fetches the page again and puts its parts marked data-live in place of the old ones.
const WAIT = 2000; // ms: with the answer's own time, a change shows within 3 s
const LONGEST = 60_000; // ms, where the server does not answer
const page = document.querySelector("[data-live-url]");
let shown = page?.dataset.liveVersion;
let wait = WAIT;
let timer = 0;

/** Fetch an address of ours; where it led elsewhere, the reader is signed out. */
async function ask(address) {
  const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
  if (answer.redirected) throw new DOMException("signed out", "AbortError");
  if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
  return answer;
}

/** Replace what has changed; a part in which the reader is at work waits for the next time. */
async function bringParts() {
  const text = await (await ask(window.location.href)).text();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  let waiting = false;
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(part.id);
    if (!now) window.location.reload(); // the first learner came, or the last one left
    else if (part.contains(document.activeElement)) waiting ||= !now.isEqualNode(part);
    else if (!now.isEqualNode(part)) part.replaceWith(document.adoptNode(now));
  }
  document.dispatchEvent(new CustomEvent("didim:figures"));
  return waiting;
}

async function look() {
  const { version } = await (await ask(page.dataset.liveUrl)).json();
  if (String(version) === shown) return;
  if (!(await bringParts())) shown = String(version);
}

async function next() {
  try {
    if (!document.hidden) await look();
    wait = WAIT;
  } catch (error) {
    if (error.name === "AbortError") return;
    wait = Math.min(wait * 2, LONGEST);
  }
  timer = setTimeout(next, wait);
}

if (page) {
  timer = setTimeout(next, wait);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    clearTimeout(timer);
    next();
  });
}
