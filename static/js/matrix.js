// The matrix of learners and lessons on the dashboard: a canvas fed by matrix.json. Only what is in view
// is painted. The same figures stand in a table, to which the page links.
const STATES = { "+": "done", "!": "stuck", "-": "in_progress", ".": "not_started" };
const MARKS = Object.fromEntries(Object.entries(STATES).map(([mark, state]) => [state, mark]));
const canvas = document.querySelector("canvas.matrix[data-url]");
const sorting = canvas?.dataset.sort && document.querySelector(canvas.dataset.sort);
const count = (marks, mark) => marks.split(mark).length - 1;

/** Return the rows and columns that the page's filters leave, in the order the reader wants. */
function choose({ lessons, learners }) {
  const { step, state, standing, coach } = canvas.dataset;
  const columns = lessons
    .map((lesson, index) => ({ ...lesson, index }))
    .filter((lesson) => !step || step === "all" || String(lesson.step) === step);
  const rows = learners
    .map((learner) => ({ ...learner, marks: columns.map(({ index }) => learner.marks[index] ?? ".").join("") }))
    .filter(({ marks }) => !state || marks.includes(MARKS[state]))
    .filter((learner) => !standing || learner.standing === standing)
    .filter((learner) => !coach || learner.coach === (coach === "none" ? "" : coach));
  const { compare } = new Intl.Collator(document.documentElement.lang);
  const byName = (one, other) => compare(one.name, other.name);
  const most = (mark) => (one, other) =>
    count(other.marks, mark) - count(one.marks, mark) || byName(one, other);
  const orders = { name: byName, stuck: most("!"), progress: most("+") };
  const order = orders[sorting?.value];
  return { columns, rows: order ? rows.sort(order) : rows };
}

/** Return the words of a cell, or of a learner's name when the column is -1. */
function words(view, { row, column }) {
  const learner = view.rows[row];
  if (!learner) return "";
  if (column < 0) return `${learner.name} · ${count(learner.marks, "+")} / ${view.columns.length}`;
  const state = STATES[learner.marks[column]] ?? "not_started";
  return [learner.name, view.columns[column].title, wordOf(state)].join(" · ");
}

/** Return the translated word: data-word-done, -stuck, -in-progress, -not-started. */
function wordOf(state) {
  return canvas.getAttribute(`data-word-${state.replace("_", "-")}`) ?? state;
}

function open(view, { row, column }, event) {
  const learner = view.rows[row];
  if (!learner) return;
  const home = canvas.dataset.learnerUrl.replace("ID", encodeURIComponent(learner.id));
  const lesson = view.columns[column];
  const address = lesson ? `${home}/lessons/${encodeURIComponent(lesson.slug)}` : home;
  if (event.ctrlKey || event.metaKey || event.button === 1) window.open(address, "_blank", "noopener");
  else window.location.assign(address);
}

/** Return where a key moves the cursor, or null if it is not ours. */
function moved({ row, column }, event, { rows, columns }, page) {
  const all = event.ctrlKey || event.metaKey;
  const to = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    PageUp: [row - page, column],
    PageDown: [row + page, column],
    Home: [all ? 0 : row, -1],
    End: [all ? rows.length - 1 : row, columns.length - 1],
  }[event.key];
  if (!to || event.altKey) return null;
  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  return { row: within(to[0], 0, rows.length - 1), column: within(to[1], -1, columns.length - 1) };
}

function show(data, Painter) {
  const wrap = canvas.closest(".matrix-wrap");
  const line = document.getElementById(canvas.getAttribute("aria-describedby"));
  const tip = document.createElement("div");
  Object.assign(tip, { className: "matrix-tip", hidden: true, ariaHidden: "true" });
  document.body.append(tip);
  const painter = new Painter(canvas, wrap, canvas.dataset.wordStep ?? "STEP");
  let view = choose(data);
  let cursor = { row: 0, column: -1 };

  const refresh = () => {
    view = choose(data);
    cursor = { row: 0, column: -1 };
    const empty = !view.rows.length || !view.columns.length;
    wrap.hidden = empty;
    line.textContent = empty ? (canvas.dataset.wordEmpty ?? "") : "";
    if (!empty) painter.show(view);
  };
  /** Paint newer figures where the reader is: the cursor stays on its learner and lesson. */
  const update = (fresh) => {
    const [learner, lesson] = [view.rows[cursor.row]?.id, view.columns[cursor.column]?.slug];
    const { scrollLeft, scrollTop } = wrap;
    data = fresh;
    refresh();
    cursor.row = Math.max(0, view.rows.findIndex(({ id }) => id === learner));
    cursor.column = view.columns.findIndex(({ slug }) => slug === lesson);
    wrap.scrollTo(scrollLeft, scrollTop);
    if (document.activeElement === canvas) point(cursor);
  };
  const point = (at) => {
    cursor = at;
    painter.point(document.activeElement === canvas ? cursor : null);
    line.textContent = words(view, cursor);
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return open(view, cursor, event);
    const at = moved(cursor, event, view, painter.rowsInView());
    if (!at) return;
    event.preventDefault();
    painter.reveal(at);
    point(at);
  });
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && point(cursor));
  canvas.addEventListener("blur", () => painter.point(null));
  canvas.addEventListener("pointermove", (event) => {
    const at = painter.at(event);
    tip.hidden = !at || event.pointerType === "touch";
    if (tip.hidden) return;
    tip.textContent = words(view, at);
    tip.style.left = `${Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${event.clientY + 16}px`;
  });
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  const press = (event) => painter.at(event) && open(view, painter.at(event), event);
  canvas.addEventListener("click", press);
  canvas.addEventListener("auxclick", (event) => event.button === 1 && press(event));
  sorting?.addEventListener("change", refresh);
  document.addEventListener("didim:figures", () => figures().then(update, console.error));
  refresh();
  performance.measure("didim-matrix", { start: 0, end: performance.now() });
}

/** Return the figures; the browser sends the version it has and may be told that nothing changed. */
async function figures() {
  const answer = await fetch(canvas.dataset.url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`matrix.json: HTTP ${answer.status}`);
  return answer.json();
}

if (canvas) {
  Promise.all([figures(), import("./matrix-draw.js")]) // side by side: both are on the way at once
    .then(([data, { Painter }]) => show(data, Painter))
    .catch((error) => {
      console.error(error);
      canvas.closest(".matrix-wrap").replaceChildren(canvas.dataset.wordFailed ?? "");
    });
}
