// What the matrix is painted with: the colours of the theme, a picture for each state, text that fits.
// A state is a shape and a colour; the colours are those of tokens.css.
const STATE_OF = { "+": "done", "!": "stuck", "-": "in-progress", ".": "not-started" };

/** Return a token's value, "surface" for --surface. */
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Return the page's font in px. */
export function font(size, weight = 400) {
  return `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
}

export function coloursOf() {
  const names = ["surface", "text", "muted", "line", "accent"];
  return { ...Object.fromEntries(names.map((name) => [name, token(name)])), lineStrong: token("line-strong") };
}

/** Cut a text with … to a width in px. */
export function fit(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  let [least, most] = [0, text.length];
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    if (pen.measureText(`${text.slice(0, middle)}…`).width <= width) least = middle;
    else most = middle - 1;
  }
  return `${text.slice(0, least).trimEnd()}…`;
}

/** Paint within a part of the canvas only. */
export function clip(pen, left, top, right, bottom, paint) {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, right - left, bottom - top);
  pen.clip();
  paint();
  pen.restore();
}

/** Draw one state once, at the screen's resolution. */
function sprite(state, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const picture = document.createElement("canvas");
  Object.assign(picture, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const pen = picture.getContext("2d");
  const disc = (radius, from = 0, to = 2 * Math.PI) => {
    pen.beginPath();
    pen.arc(width / 2, height / 2, radius * height, from, to);
  };
  pen.scale(ratio, ratio);
  pen.fillStyle = token(state === "stuck" ? "stuck-mark" : `${state}-soft`);
  pen.beginPath();
  pen.roundRect(1, 1, width - 2, height - 2, 4);
  if (state !== "not-started") pen.fill();
  Object.assign(pen, { fillStyle: token(state), strokeStyle: token(state), lineWidth: 1.5 });
  if (state === "done") {
    disc(0.2);
    pen.fill();
  } else if (state === "in-progress") {
    disc(0.2);
    pen.stroke();
    disc(0.2, Math.PI / 2, 1.5 * Math.PI);
    pen.fill();
  } else if (state === "stuck") {
    pen.fillStyle = token("on-stuck-mark");
    pen.font = font(Math.round(height * 0.62), 800);
    Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
    pen.fillText("!", width / 2, height / 2 + 1);
  } else {
    disc(0.11);
    pen.stroke();
  }
  return picture;
}

/** Return a picture for each mark of matrix.json. */
export function spritesOf(width, height) {
  const pictures = Object.entries(STATE_OF).map(([mark, state]) => [mark, sprite(state, width, height)]);
  return Object.fromEntries(pictures);
}
