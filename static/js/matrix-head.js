// The matrix's head: a band of steps, and below it each lesson's title, read upwards.
import { fit, font } from "./matrix-marks.js";

const BAND = 24; // px: the names of the steps
const LEAST = 96; // px: the whole head
const MOST = 188;

/** Return the height of the head, in px: the longest title fits if it is not longer than most. */
export function heightFor(pen, columns, wrap) {
  pen.font = font(12.5);
  const longest = Math.max(...columns.map(({ title }) => pen.measureText(title).width));
  const most = wrap.clientWidth < 560 ? MOST - 40 : MOST;
  return Math.round(Math.min(Math.max(longest + BAND + 16, LEAST), most));
}

/** Return the runs of lessons of the same step that are at least partly in view. */
function runsOf(columns, first, last) {
  const runs = [];
  for (let start = first; start < last; ) {
    const { step } = columns[start];
    let [from, end] = [start, start + 1];
    while (from > 0 && columns[from - 1].step === step) from -= 1;
    while (end < columns.length && columns[end].step === step) end += 1;
    runs.push({ start: from, end, step });
    start = end;
  }
  return runs;
}

/** Paint the titles of these lessons and the names of their steps. */
export function paintLessons({ pen, names, wide, head, colours, view, wrap, stepWord }, first, last) {
  const left = names - wrap.scrollLeft;
  pen.font = font(12.5);
  pen.fillStyle = colours.muted;
  for (let column = first; column < last; column += 1) {
    pen.save();
    pen.translate(left + (column + 0.5) * wide, head - 8);
    pen.rotate(-Math.PI / 2);
    pen.fillText(fit(pen, view.columns[column].title, head - BAND - 12), 0, 1);
    pen.restore();
  }
  pen.font = font(12.5, 650);
  pen.fillStyle = colours.text;
  for (const { start, end, step } of runsOf(view.columns, first, last)) {
    const from = Math.max(left + start * wide, names);
    const room = left + end * wide - from - 10;
    const words = [`${stepWord} ${step}`.trim(), String(step)].find((one) => pen.measureText(one).width <= room);
    if (words) pen.fillText(words, from + 7, BAND / 2 + 1);
  }
}

/** Paint a line where a step begins. */
export function paintSteps({ pen, names, wide, colours, view, wrap }, first, last, height) {
  pen.fillStyle = colours.lineStrong;
  for (const { start } of runsOf(view.columns, first, last)) {
    if (start > 0) pen.fillRect(Math.round(names + start * wide - wrap.scrollLeft) - 1, 0, 1, height);
  }
}
