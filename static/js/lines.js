// The Today page from the keyboard: Enter saves a line and goes on to the next, arrows move between.
const LINE = ".line-form input[type=text]";

/** Go to the line that lies `steps` further; return whether there is one. */
function move(from, steps) {
  const lines = [...document.querySelectorAll(LINE)];
  const next = lines[lines.indexOf(from) + steps];
  if (!next) return false;
  next.focus();
  next.select();
  return true;
}

function onKey(event) {
  const steps = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!steps || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.matches?.(LINE) && move(event.target, steps)) event.preventDefault();
}

/** A line about a lesson that was not started means it is done, unless the learner says otherwise. */
function onInput(event) {
  const select = event.target.form?.matches(".line-form") && event.target.form.querySelector("select");
  if (!select) return;
  if (event.target === select) select.dataset.chosen = "";
  else if (event.target.value && select.value === "not_started" && !("chosen" in select.dataset)) {
    select.value = "done";
  }
}

/** Listen on the whole page, so that lines swapped in later take part. */
export function startLines() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", onInput);
  document.addEventListener("submit", (event) => {
    // A prevented submit is htmx's: the answer comes into this row while the hands are in the next.
    if (event.target.matches(".line-form[hx-post]") && document.activeElement?.matches(LINE)) {
      move(document.activeElement, 1);
    }
  });
}
