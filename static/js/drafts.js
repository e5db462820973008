// Texts survive a lost connection, an expired login and a closed tab: form[data-draft] is kept in this
// browser while it is written, and forgotten when the server says that it has it.
import { fieldsOf, find, keyOf, mayKeep, put, read, remove, removeOld, same, write } from "./draft-store.js";

const PAUSE_MS = 400;
const watched = new Map(); // form → {key, shown, older, timer, sent, sentAt}
const revisionOf = (form) => form.dataset.revision ?? "";

/** Tell whether the server sent back what was typed: then nothing of it is saved yet. */
const isRefused = (form) => document.querySelector("[data-focus]") ?? form.querySelector("[aria-invalid=true]");

/** Return the name of the draft that a page says is saved, or undefined. */
function savedOn(page) {
  const sign = page.querySelector("[data-saved], meta[name=didim-saved]");
  return sign?.dataset.saved ?? sign?.content;
}

/** Say when the form was kept, in words of its own or of the page: "kept in this browser {time}". */
function say(form, at) {
  const line = form.querySelector("[data-draft-status]");
  const { lang, dataset } = document.documentElement;
  const clock = new Intl.DateTimeFormat(lang, { timeStyle: "medium", timeZone: dataset.timeZone || undefined });
  const words = line?.dataset.draftStatus || document.body.dataset.draftKept || "{time}";
  if (line) line.textContent = at ? words.replace("{time}", clock.format(at)) : "";
}

/** Keep the form now; one that shows just what the server sent needs no keeping. */
function keep(form) {
  const { key, shown, older, timer } = watched.get(form);
  clearTimeout(timer);
  if (!form.isConnected) return;
  const values = read(form);
  if (same(values, shown)) {
    if (!older && !isRefused(form) && find(key)?.revision === revisionOf(form)) remove(key);
    return;
  }
  const at = Date.now();
  if (put(key, { revision: revisionOf(form), at, values, older })) say(form, at);
}

/** The record changed since: say that a text is kept, and leave the choice to the writer. */
function offer(form, values) {
  const { draftFound = "", draftRestore = "", draftDiscard = "" } = document.body.dataset;
  const state = watched.get(form);
  const notice = document.createElement("div");
  notice.className = "draft-notice";
  notice.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = draftFound;
  const button = (words, decide) => {
    const one = document.createElement("button");
    Object.assign(one, { type: "button", className: "btn btn-secondary", textContent: words });
    one.addEventListener("click", () => {
      state.older = undefined;
      remove(state.key);
      decide?.();
      keep(form);
      notice.remove();
      fieldsOf(form).find((field) => /^text/.test(field.type))?.focus();
    });
    return one;
  };
  state.older = values;
  notice.append(text, button(draftRestore, () => write(form, values)), button(draftDiscard));
  form.prepend(notice);
}

/** Begin to watch a form; put back or offer what was kept of it. */
function watch(form) {
  const [key, shown] = [keyOf(form.dataset.draft), read(form)];
  watched.set(form, { key, shown, timer: 0, sentAt: 0 });
  const draft = find(key);
  const current = draft?.revision === revisionOf(form);
  const older = current ? draft.older : draft?.values;
  if (older && !same(older, shown)) offer(form, older);
  else if (older && !current && !isRefused(form)) remove(key); // what was kept is what is saved
  if (current && !same(draft.values, shown)) {
    write(form, draft.values);
    say(form, draft.at);
  }
}

function watchAll() {
  for (const form of watched.keys()) if (!form.isConnected) watched.delete(form);
  for (const form of document.querySelectorAll("form[data-draft]")) if (!watched.has(form)) watch(form);
}

/** Note what is on its way, so that words typed while it travels are not forgotten with it. */
function onSend(form) {
  if (!watched.has(form)) return;
  keep(form);
  Object.assign(watched.get(form), { sent: read(form), sentAt: Date.now() });
}

/** The server has it, says a header or the page: forget the draft that was sent. */
function onAnswer({ response, text, sourceElement }) {
  const page = /data-saved|didim-saved/.test(text) && new DOMParser().parseFromString(text, "text/html");
  const saved = decodeURIComponent(response.headers.get("Didim-Saved") ?? "") || (page && savedOn(page));
  if (!saved) return;
  const form = sourceElement.closest("form[data-draft]");
  const state = form?.dataset.draft === saved && watched.get(form);
  if (state?.sent && !same(read(form), state.sent)) keep(form);
  if ((find(keyOf(saved))?.at ?? 0) <= (state?.sentAt || Date.now())) remove(keyOf(saved));
  if (state?.sent) state.shown = state.sent;
}

/** Watch the forms of this page and of every answer that is swapped in. */
export function startDrafts() {
  if (!mayKeep) return;
  removeOld();
  const saved = savedOn(document);
  if (saved) remove(keyOf(saved));
  watchAll();
  document.addEventListener("input", ({ target }) => {
    const state = watched.get(target.form);
    if (!state) return;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => keep(target.form), PAUSE_MS);
  });
  const keepAll = () => [...watched.keys()].forEach(keep);
  window.addEventListener("pagehide", keepAll);
  document.addEventListener("visibilitychange", () => document.hidden && keepAll());
  document.addEventListener("submit", (event) => onSend(event.target), true);
  document.addEventListener("htmx:before:request", (event) => onSend(event.target.closest("form")));
  document.addEventListener("htmx:after:request", (event) => onAnswer(event.detail.ctx));
  document.addEventListener("htmx:after:swap", watchAll);
}
