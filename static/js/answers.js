// What htmx's requests answer: saved forms, refused ones, and no answer at all.
// htmx 4 swaps every status but 204 and 304; here only pages meant for the reader's place are swapped.
const SWAPPED = new Set([409, 422]); // a form shown again, with what is wrong with it

/** Show one message on top of the page, in place of the last one; "" takes it away. */
export function tell(text) {
  const place = document.querySelector("#messages");
  place?.querySelector(".alert-now")?.remove();
  if (!place || !text) return;
  const message = document.createElement("p");
  message.className = "alert alert-danger alert-now";
  message.textContent = text;
  place.append(message);
}

/** Return the heading of an error page, or "" if there is none. */
function headingOf(html) {
  const page = new DOMParser().parseFromString(html ?? "", "text/html");
  return (page.querySelector("main h1") ?? page.querySelector("h1"))?.textContent.trim() ?? "";
}

/** Return the message for an answer that must not be swapped in, or "" for one that may. */
function refusal(ctx) {
  const { status, raw } = ctx.response;
  const { offline = "", signedOut = offline } = document.body.dataset;
  const at = raw.redirected ? new URL(raw.url).pathname : "";
  if (status === 401 || at === "/login") return signedOut;
  if (status >= 500) return offline;
  if (status >= 400 && !SWAPPED.has(status)) return headingOf(ctx.text) || offline;
  return "";
}

/** Listen to htmx on the whole page. */
export function startAnswers() {
  document.addEventListener("htmx:after:request", (event) => {
    const text = refusal(event.detail.ctx);
    tell(text);
    if (text) event.preventDefault(); // no swap: what was typed stays where it is
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.request && !event.detail.ctx.response) tell(document.body.dataset.offline);
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (SWAPPED.has(event.detail.ctx.response?.status)) document.querySelector("[data-focus]")?.focus();
  });
}
