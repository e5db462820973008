// Paints the part of the matrix that is in view: marks, the lessons' titles above, the names beside.
import { heightFor, paintLessons, paintSteps } from "./matrix-head.js";
import { clip, coloursOf, fit, font, spritesOf } from "./matrix-marks.js";

const GUTTER = 52; // px beside the wrap that its panel's padding and a scroll bar may take
const WIDEST = 44; // px: few lessons share the room, but a cell stays a cell

export class Painter {
  #pointed = null;
  #waiting = 0;

  constructor(canvas, wrap, stepWord) {
    Object.assign(this, { canvas, wrap, stepWord, view: { rows: [], columns: [] } });
    this.pen = canvas.getContext("2d");
    this.space = document.createElement("div");
    this.space.className = "matrix-space";
    canvas.replaceWith(this.space);
    this.space.append(canvas);
    this.cell = window.matchMedia("(pointer: coarse)").matches ? 32 : 24;
    wrap.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.later()).observe(wrap);
    const theme = new MutationObserver(() => this.later(true));
    theme.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    document.fonts?.ready.then(() => this.later());
  }

  /** Show these rows and columns from the top. */
  show(view) {
    this.view = view;
    this.#measure();
    this.wrap.scrollTo(0, 0);
    this.draw();
  }

  /** Share the width among names and lessons, and take the theme's colours. */
  #measure() {
    const { view, wrap, pen, cell } = this;
    const room = wrap.parentElement.clientWidth - GUTTER;
    pen.font = font(14);
    const widest = Math.max(...view.rows.slice(0, 400).map(({ name }) => pen.measureText(name).width));
    this.names = Math.round(Math.min(Math.max(widest + 28, 72), room < 560 ? 112 : 208));
    const share = Math.floor((room - this.names - 8) / view.columns.length);
    this.wide = Math.min(Math.max(share, cell), WIDEST);
    this.head = heightFor(pen, view.columns, wrap);
    this.space.style.width = `${this.names + view.columns.length * this.wide}px`;
    this.space.style.height = `${this.head + view.rows.length * cell + 4}px`;
    this.#dress();
  }

  rowsInView() {
    return Math.max(1, Math.floor((this.wrap.clientHeight - this.head) / this.cell) - 1);
  }

  point(cell) {
    this.#pointed = cell;
    this.later();
  }

  /** Return the cell under a pointer, column -1 for a name, or null. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (y < this.head || x < 0) return null;
    const row = Math.floor((y - this.head + this.wrap.scrollTop) / this.cell);
    const column = x < this.names ? -1 : Math.floor((x - this.names + this.wrap.scrollLeft) / this.wide);
    return row < this.view.rows.length && column < this.view.columns.length ? { row, column } : null;
  }

  /** Scroll so far that the cell is seen. */
  reveal({ row, column }) {
    const { wrap, names, cell, wide } = this;
    const near = (start, size, now, room) => Math.max(Math.min(now, start), start + size - room);
    const top = near(row * cell, cell, wrap.scrollTop, wrap.clientHeight - this.head);
    const left = column < 0 ? 0 : near(column * wide, wide, wrap.scrollLeft, wrap.clientWidth - names);
    wrap.scrollTo(left, top);
  }

  later(dress = false) {
    if (dress) this.#dress();
    this.#waiting ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.#waiting = 0;
    const { canvas, wrap, pen, cell, view } = this;
    const [width, height, ratio] = [wrap.clientWidth, wrap.clientHeight, window.devicePixelRatio || 1];
    if (!width || !view.rows.length) return;
    if (this.size !== `${width} ${height} ${ratio}`) {
      this.size = `${width} ${height} ${ratio}`;
      Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
      Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
      this.#measure();
    }
    const { names, wide, head, colours } = this;
    const { scrollLeft: left, scrollTop: top } = wrap;
    const first = { row: Math.floor(top / cell), column: Math.floor(left / wide) };
    const last = {
      row: Math.min(view.rows.length, Math.ceil((top + height - head) / cell)),
      column: Math.min(view.columns.length, Math.ceil((left + width - names) / wide)),
    };
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = colours.surface;
    pen.fillRect(0, 0, width, height);
    pen.textBaseline = "middle";
    clip(pen, names, head, width, height, () => {
      for (let row = first.row; row < last.row; row += 1) {
        const { marks } = view.rows[row];
        for (let column = first.column; column < last.column; column += 1) {
          const sprite = this.sprites[marks[column]] ?? this.sprites["."];
          pen.drawImage(sprite, names + column * wide - left, head + row * cell - top, wide, cell);
        }
      }
    });
    clip(pen, names, 0, width, head, () => paintLessons(this, first.column, last.column));
    clip(pen, 0, head, names, height, () => {
      pen.fillStyle = colours.text;
      pen.font = font(14);
      for (let row = first.row; row < last.row; row += 1) {
        pen.fillText(fit(pen, view.rows[row].name, names - 24), 12, head + (row + 0.5) * cell - top + 1);
      }
    });
    clip(pen, names, 0, width, height, () => paintSteps(this, first.column, last.column, height));
    pen.fillStyle = colours.line;
    pen.fillRect(names - 1, 0, 1, height);
    pen.fillRect(0, head - 1, width, 1);
    this.#frame(left, top, width, height);
  }

  #frame(left, top, width, height) {
    if (!this.#pointed) return;
    const { pen, names, cell, wide, head, colours } = this;
    const { row, column } = this.#pointed;
    const y = head + row * cell - top;
    clip(pen, column < 0 ? 0 : names, head, width, height, () => {
      const x = column < 0 ? 2 : names + column * wide - left;
      pen.strokeStyle = colours.accent;
      pen.lineWidth = 2;
      pen.strokeRect(x + 1, y + 1, (column < 0 ? names - 4 : wide) - 2, cell - 2);
    });
  }

  /** Take the colours of the theme and one picture for each state. */
  #dress() {
    this.colours = coloursOf();
    this.sprites = spritesOf(this.wide, this.cell);
  }
}
