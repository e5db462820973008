// What every page does beyond plain HTML. Each part works alone; without them every form still posts.
import { startAnswers, tell } from "./answers.js";
import { startDrafts } from "./drafts.js";
import { startLines } from "./lines.js";

const SENDING_MS = 10_000; // a button wakes up again even if the answer was a download

/** Keep the Enter that ends a Hangul syllable from submitting the form. */
function guardComposition(event) {
  const composing = event.isComposing || event.keyCode === 229; // Safari tells only by the code
  if (!composing || !(event.key === "Enter" || /Enter$/.test(event.code))) return;
  event.stopImmediatePropagation();
  if (!(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
}

/** Ctrl+Enter or Cmd+Enter in a long text presses the form's main button. */
function submitFromTextarea(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target instanceof HTMLTextAreaElement && event.target.form;
  if (!form) return;
  event.preventDefault();
  const buttons = [...form.elements].filter((one) => one.type === "submit" && !one.disabled);
  const main = buttons.find((one) => one.matches(".btn-primary")) ?? buttons[0];
  if (main || ![...form.elements].some((one) => one.type === "submit")) form.requestSubmit(main);
}

/** Without a network an ordinary form stays on its page, with what was typed. */
function stayWhenOffline(event) {
  if (navigator.onLine || event.target.method !== "post" || event.defaultPrevented) return;
  event.preventDefault();
  tell(document.body.dataset.offline);
}

/** An ordinary post is sent once: its button sleeps until the page changes or comes back. */
function sleepWhileSending(event) {
  const form = event.target;
  const ordinary = !form.matches("[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]");
  if (event.defaultPrevented || form.method !== "post" || !ordinary || form.target) return;
  const buttons = [...form.querySelectorAll("button, input[type=submit]")].filter(
    (one) => one.type === "submit" && !one.disabled,
  );
  const wake = () => buttons.forEach((one) => (one.disabled = false));
  // Not at once: a disabled button would not send its own name and value.
  setTimeout(() => buttons.forEach((one) => (one.disabled = true)));
  setTimeout(wake, SENDING_MS);
  window.addEventListener("pageshow", wake, { once: true });
}

/** button[data-copy="#field"] copies the field's value and says so (data-copied). */
async function copy(event) {
  const button = event.target.closest?.("button[data-copy]");
  const source = button && document.querySelector(button.dataset.copy);
  if (!source) return;
  event.preventDefault();
  const text = "value" in source ? source.value : source.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    source.select?.(); // no clipboard outside https: the text is selected, ready for the keyboard
    if (!document.execCommand("copy")) return;
  }
  const said = button.dataset.copied;
  if (!said || button.dataset.words) return;
  button.dataset.words = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.textContent = said;
  setTimeout(() => {
    button.textContent = button.dataset.words;
    delete button.dataset.words;
  }, 2000);
}

/** What scrolls inside itself can be reached, and scrolled, from the keyboard. */
function reachScrollers() {
  for (const place of document.querySelectorAll(".markdown :is(pre, table), .part-source, .kept-text")) {
    const scrolls = place.scrollWidth > place.clientWidth || place.scrollHeight > place.clientHeight;
    if (scrolls && getComputedStyle(place).overflowX === "auto") place.tabIndex = 0;
  }
}

document.addEventListener("keydown", guardComposition, true);
document.addEventListener("keydown", submitFromTextarea);
document.addEventListener("submit", stayWhenOffline);
document.addEventListener("submit", sleepWhileSending);
document.addEventListener("click", copy);
document.addEventListener("htmx:after:swap", reachScrollers);
window.addEventListener("resize", reachScrollers);
reachScrollers();
startAnswers();
startDrafts();
startLines();
document.querySelector("[data-focus]")?.focus();
