// The timeline of the page: decodes what lib/report/timeline.cpp has written, draws it, and answers mouse and keyboard. Everything
// else on the page stands there without a script.
'use strict';
(() => {
const byId = id => document.getElementById(id);
const data = JSON.parse(byId('data').textContent);
const canvas = byId('timeline');
const pen = canvas.getContext('2d');
const workerName = r => data.workers ? data.workers[r] : 'worker ' + r;
const gutter = data.workers ? 76 + 6 * Math.min(Math.max(...data.workers.map(name => name.length)), 30) : 118, head = 24;
const looks = ['succeeded', 'failed and tried again, or stopped', 'failed'];
const rowHeight = data.rows <= 12 ? 30 : data.rows <= 40 ? 20 : data.rows <= 120 ? 12 : 7;
const gap = rowHeight > 12 ? 4 : 1;
let view = {from: 0, to: data.wall};
let selected = null;  // {row, at}: an attempt, or a row alone
let row = 0;
let colors, patterns, width = 0;

// ---- Decoding

function bytesOf(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; ++i) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

function decodeExact(bytes) {
  let at = 0;
  const number = () => {
    let value = 0, factor = 1, byte;
    do {
      byte = bytes[at++];
      value += (byte & 127) * factor;
      factor *= 128;
    } while (byte & 128);
    return value;
  };
  const signed = () => {
    const value = number();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  const rows = [];
  for (let r = 0; r < data.rows; ++r) {
    const count = number();
    const all = {count, start: new Float64Array(count), end: new Float64Array(count), index: new Float64Array(count),
                 flags: new Uint8Array(count), name: new Uint16Array(count), attempt: new Uint8Array(count), kind: new Uint8Array(count)};
    let end = 0, next = 0, name = 0;
    for (let i = 0; i < count; ++i) {
      const flags = all.flags[i] = bytes[at++];
      all.start[i] = end + signed();
      end = all.end[i] = all.start[i] + number();
      next = (all.index[i] = next + signed()) + 1;
      if (flags & 8) name = number();
      all.name[i] = name;
      all.attempt[i] = flags & 16 ? number() : 1;
      if (flags & 3) all.kind[i] = number();
    }
    rows.push(all);
  }
  return rows;
}

const bytes = bytesOf(data.bytes);
const rows = data.exact ? decodeExact(bytes) : null;

// ---- Numbers and calls in words

function duration(ns) {
  const digits = n => n < 9.995 ? n.toFixed(2) : n < 99.95 ? n.toFixed(1) : n.toFixed(0);
  if (ns < 999.5) return Math.round(ns) + ' ns';
  if (ns < 999.5e3) return digits(ns / 1e3) + ' \u00b5s';
  if (ns < 999.5e6) return digits(ns / 1e6) + ' ms';
  if (ns < 99.95e9) return digits(ns / 1e9) + ' s';
  const s = Math.round(ns / 1e9), two = n => String(n).padStart(2, '0');
  return s < 3600 ? Math.floor(s / 60) + 'm ' + two(s % 60) + 's' : Math.floor(s / 3600) + 'h ' + two(Math.floor(s % 3600 / 60)) + 'm';
}

/// Ticks at 1, 2 or 5 times a power of ten; from a minute on, at times of a clock.
function tickStep(span) {
  const wanted = span / 8;
  for (const step of [1e9, 2e9, 5e9, 1e10, 1.5e10, 3e10, 6e10, 1.2e11, 3e11, 6e11, 1.8e12, 3.6e12, 7.2e12, 2.16e13, 8.64e13]) {
    if (wanted <= step && wanted > 5e8) return step;
  }
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 2, 5, 10].find(n => n * power >= wanted) * power;
}

function tickText(ns, step) {
  if (step >= 6e10) return duration(ns);
  const [unit, name] = step >= 1e9 ? [1e9, ' s'] : step >= 1e6 && ns < 1e9 ? [1e6, ' ms'] : step >= 1e3 && ns < 1e6 ? [1e3, ' \u00b5s'] : ns < 1e3 ? [1, ' ns'] : [1e9, ' s'];
  return ns === 0 ? '0' : String(Number((ns / unit).toFixed(9))) + name;
}

function callOf(index, name) {
  if (data.calls[index] !== undefined) return data.calls[index];
  let low = 0, high = data.ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data.ranges[middle][0] <= index) low = middle + 1; else high = middle;
  }
  const range = data.ranges[low - 1];
  if (range && index < range[0] + range[1])
    return data.functions[range[2]] + '(' + (BigInt(range[3]) + BigInt(range[4]) * BigInt(index - range[0])) + ')';
  return (data.functions[name] || 'task') + ' #' + index;
}

function chunkOf(all, i) {
  let first = i, last = i;
  while (first > 0 && !(all.flags[first] & 4)) --first;
  if (!(all.flags[first] & 4)) return '';
  while (last + 1 < all.count && !(all.flags[last + 1] & 4)) ++last;
  return first === last ? 'in a chunk of its own' : 'in a chunk of ' + (last - first + 1) + ' tasks';
}

function describe(r, i) {
  const all = rows[r], look = all.flags[i] & 3;
  const parts = [callOf(all.index[i], all.name[i]),
                 'task ' + all.index[i] + (all.attempt[i] > 1 ? ', attempt ' + all.attempt[i] : '') + ', ' + workerName(r),
                 duration(all.end[i] - all.start[i]) + ', from ' + duration(all.start[i]) + ' on'];
  if (look) parts.push(looks[look] + ': ' + (data.kinds[all.kind[i]] || ''));
  const chunk = chunkOf(all, i);
  if (chunk) parts.push(chunk);
  return parts;
}

// ---- Drawing

function color(name) { return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim(); }

function pattern(draw) {
  const tile = document.createElement('canvas');
  const ratio = window.devicePixelRatio || 1;
  tile.width = tile.height = Math.round(8 * ratio);
  const p = tile.getContext('2d');
  p.scale(tile.width / 8, tile.height / 8);
  draw(p);
  const made = pen.createPattern(tile, 'repeat');
  made.setTransform(new DOMMatrix().scale(8 / tile.width));
  return made;
}

function stroke(p, tone, lines, line) {
  p.strokeStyle = tone;
  p.lineWidth = line;
  p.beginPath();
  for (const [x0, y0, x1, y1] of lines) { p.moveTo(x0, y0); p.lineTo(x1, y1); }
  p.stroke();
}

function loadColors() {
  colors = {};
  for (const name of ['paper', 'ink', 'soft', 'line', 'band', 'run', 'run-ink', 'retry', 'fail', 'wait', 'focus']) colors[name] = color(name);
  const diagonals = [[-2, 2, 2, -2], [0, 8, 8, 0], [6, 10, 10, 6]];
  patterns = {
    retried: pattern(p => { p.fillStyle = colors.paper; p.fillRect(0, 0, 8, 8); stroke(p, colors.retry, diagonals, 2.4); }),
    failed: pattern(p => { p.fillStyle = colors.fail; p.fillRect(0, 0, 8, 8); stroke(p, colors.paper, [[0, 0, 8, 8], [0, 8, 8, 0]], 0.9); }),
    waits: [
      pattern(p => { p.fillStyle = colors.wait; for (const [x, y] of [[1, 1], [5, 5]]) p.fillRect(x, y, 1.6, 1.6); }),
      pattern(p => stroke(p, colors.wait, [[2, 0, 2, 8], [6, 0, 6, 8]], 0.9)),
      pattern(p => stroke(p, colors.wait, [[0, 2, 8, 2], [0, 6, 8, 6]], 0.9)),
    ],
  };
}

const xOf = time => gutter + (time - view.from) / (view.to - view.from) * (width - gutter);
const timeOf = x => view.from + (x - gutter) / (width - gutter) * (view.to - view.from);
const topOf = r => head + r * rowHeight + gap / 2;

/// The first whose end lies behind `time`.
function firstBehind(all, time) {
  let low = 0, high = all.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all.end[middle] <= time) low = middle + 1; else high = middle;
  }
  return low;
}

function drawAxis(height) {
  const step = tickStep(view.to - view.from);
  pen.font = '12px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  for (let time = Math.ceil(view.from / step) * step; time <= view.to; time += step) {
    const x = Math.round(xOf(time)) + 0.5;
    pen.fillStyle = colors.line;
    pen.fillRect(x - 0.5, head - 6, 1, height - head + 6);
    pen.fillStyle = colors.soft;
    if (x + 4 < width - 30) pen.fillText(tickText(time, step), x + 4, head / 2);
  }
}

function drawRowHead(r) {
  const top = topOf(r), h = rowHeight - gap;
  pen.fillStyle = colors.band;
  pen.fillRect(gutter, top, width - gutter, h);
  const every = rowHeight >= 12 ? 1 : Math.ceil(14 / rowHeight);
  if (r % every) return;
  pen.textAlign = 'left';
  pen.fillStyle = r === row && document.activeElement === canvas ? colors.focus : colors.ink;
  pen.font = (rowHeight >= 20 ? 12 : 10.5) + 'px system-ui, sans-serif';
  pen.fillText(workerName(r), 0, top + h / 2, gutter - 50);
  pen.textAlign = 'right';
  pen.fillStyle = colors.soft;
  pen.fillText(Math.round(data.busy[r] * 100) + '%', gutter - 10, top + h / 2);
  pen.textAlign = 'left';
}

function drawWaits() {
  const bottom = topOf(data.rows) - gap;
  for (const [from, to, kind] of data.waits) {
    if (to < view.from || from > view.to) continue;
    const left = Math.max(xOf(from), gutter), right = Math.min(xOf(to), width);
    pen.fillStyle = patterns.waits[kind];
    for (let r = 0; r < data.rows; ++r) pen.fillRect(left, topOf(r), Math.max(right - left, 0.5), rowHeight - gap);
  }
  return bottom;
}

/// What is narrower than a pixel is summed up by column.
const columns = {cover: new Float32Array(0), looks: new Uint8Array(0)};
function clearColumns() {
  const count = Math.ceil(width) + 2;
  if (columns.cover.length < count) {
    columns.cover = new Float32Array(count);
    columns.looks = new Uint8Array(count);
  } else {
    columns.cover.fill(0);
    columns.looks.fill(0);
  }
}

function drawColumns(top, h) {
  const end = Math.ceil(width);
  for (let x = gutter; x < end;) {
    const cover = columns.cover[x];
    if (cover <= 0) { ++x; continue; }
    const level = Math.min(15, Math.floor(cover * 15.99));
    let to = x + 1;
    while (to < end && columns.cover[to] > 0 && Math.min(15, Math.floor(columns.cover[to] * 15.99)) === level) ++to;
    pen.globalAlpha = 0.22 + 0.78 * level / 15;
    pen.fillStyle = colors.run;
    pen.fillRect(x, top, to - x, h);
    x = to;
  }
  pen.globalAlpha = 1;
}

/// Attempts that failed have a mark above them: a cross where the task failed, a hatched bar where it was tried again.
function drawMarks(top, h) {
  let last = -9;
  for (let x = gutter; x < width; ++x) {
    if (!(columns.looks[x] & 2) || x - last < 3) continue;
    pen.fillStyle = patterns.retried;
    pen.fillRect(x, top + h * 0.55, 3, h * 0.45);
    last = x;
  }
  last = -9;
  const size = Math.min(3.5, h / 3);
  for (let x = gutter; x < width; ++x) {
    if (!(columns.looks[x] & 4) || x - last < 2 * size) continue;
    pen.fillStyle = colors.fail;
    pen.fillRect(x - 0.5, top, 1.5, h);
    pen.fillStyle = colors.paper;
    pen.beginPath();
    pen.arc(x, top + size + 0.5, size + 1, 0, 7);
    pen.fill();
    stroke(pen, colors.fail, [[x - size + 1, top + 1.5, x + size - 1, top + 2 * size - 0.5], [x - size + 1, top + 2 * size - 0.5, x + size - 1, top + 1.5]], 1.6);
    last = x;
  }
}

function drawBlock(all, i, left, right, top, h) {
  const look = all.flags[i] & 3;
  pen.fillStyle = look === 0 ? colors.run : look === 1 ? patterns.retried : patterns.failed;
  pen.fillRect(left, top, right - left, h);
  if (look) {
    pen.strokeStyle = look === 1 ? colors.retry : colors.fail;
    pen.lineWidth = 1;
    pen.strokeRect(left + 0.5, top + 0.5, right - left - 1, h - 1);
  }
  if (h < 12 || right - left < 34) return;
  const text = callOf(all.index[i], all.name[i]);
  pen.font = '11.5px ui-monospace, Menlo, Consolas, monospace';
  const fits = Math.floor((right - left - 10) / 7);
  if (fits < 3) return;
  const shown = text.length <= fits ? text : text.slice(0, fits - 1) + '\u2026';
  if (look) {
    pen.fillStyle = colors.paper;
    pen.fillRect(left + 3, top + 2, Math.min(shown.length * 7 + 4, right - left - 6), h - 4);
  }
  pen.fillStyle = look === 0 ? colors['run-ink'] : look === 1 ? colors.retry : colors.fail;
  pen.fillText(shown, left + 5, top + h / 2 + 0.5);
}

function drawExactRow(r) {
  const all = rows[r], top = topOf(r), h = rowHeight - gap;
  clearColumns();
  const chunks = [];
  const blocks = [];
  let chunk = -1;
  const closeChunk = end => { if (chunk >= 0 && xOf(end) - Math.max(xOf(chunk), gutter) >= 4) chunks.push([xOf(chunk), xOf(end)]); };
  const scale = (width - gutter) / (view.to - view.from), offset = gutter - view.from * scale;
  let i = firstBehind(all, view.from);
  for (let back = i; chunk < 0 && back >= 0 && i - back < 4096; --back) {
    if (back < all.count && all.flags[back] & 4) chunk = all.start[back];
  }
  for (; i < all.count && all.start[i] < view.to; ++i) {
    const left = all.start[i] * scale + offset, right = all.end[i] * scale + offset;
    if (all.flags[i] & 4) {
      if (i > 0) closeChunk(all.end[i - 1]);
      chunk = all.start[i];
    }
    const x = left < gutter ? gutter : left | 0, look = all.flags[i] & 3;
    if (right - left >= 2) {
      blocks.push(i);
    } else {
      const next = x + 1, visible = Math.max(left, gutter);
      if (right <= next) {
        columns.cover[x] += right - visible;
      } else {
        columns.cover[x] += next - visible;
        columns.cover[next] += right - next;
      }
      if (look) columns.looks[x] |= 1 << look;
    }
  }
  if (i > 0) closeChunk(all.end[i - 1]);
  drawColumns(top, h);
  for (const at of blocks) drawBlock(all, at, Math.max(all.start[at] * scale + offset, gutter), Math.min(all.end[at] * scale + offset, width), top, h);
  drawMarks(top, h);
  pen.save();
  pen.beginPath();
  pen.rect(gutter, 0, width - gutter, canvas.clientHeight);
  pen.clip();
  pen.strokeStyle = colors.ink;
  pen.lineWidth = 1;
  for (const [left, right] of chunks) pen.strokeRect(left + 0.5, top + 0.5, Math.max(right - left - 1, 1), h - 1);
  pen.restore();
}

function drawStepsRow(r) {
  const top = topOf(r), h = rowHeight - gap, first = r * data.steps;
  clearColumns();
  const scale = (width - gutter) / (view.to - view.from);
  const from = Math.max(0, Math.floor(view.from / data.step)), to = Math.min(data.steps, Math.ceil(view.to / data.step));
  for (let s = from; s < to; ++s) {
    const busy = bytes[2 * (first + s)], seen = bytes[2 * (first + s) + 1];
    if (!busy && !seen) continue;
    const left = gutter + (s * data.step - view.from) * scale, right = left + data.step * scale;
    const x = Math.max(Math.floor(left), gutter);
    if (right - left <= 1) {
      columns.cover[x] += busy / 255 * (right - left);
    } else {
      for (let column = x; column < right && column <= width; ++column)
        columns.cover[column] += busy / 255 * (Math.min(right, column + 1) - Math.max(left, column));
    }
    columns.looks[x] |= seen;
  }
  drawColumns(top, h);
  drawMarks(top, h);
}

function drawSelected() {
  if (!selected || !rows || document.documentElement.classList.contains('printing')) return;
  const all = rows[selected.row], left = xOf(all.start[selected.at]), right = xOf(all.end[selected.at]);
  if (right < gutter || left > width) return;
  pen.strokeStyle = colors.focus;
  pen.lineWidth = 2;
  const x = Math.max(left - 2, gutter);
  pen.strokeRect(x, topOf(selected.row) - 1, Math.max(Math.min(right + 2, width) - x, 4), rowHeight - gap + 2);
}

function draw() {
  const ratio = window.devicePixelRatio || 1, height = head + data.rows * rowHeight + 4;
  width = canvas.clientWidth;
  canvas.style.height = height + 'px';
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = colors.paper;
  pen.fillRect(0, 0, width, height);
  pen.textBaseline = 'middle';
  for (let r = 0; r < data.rows; ++r) drawRowHead(r);
  drawWaits();
  drawAxis(height);
  for (let r = 0; r < data.rows; ++r) {
    if (rows) drawExactRow(r); else drawStepsRow(r);
  }
  drawSelected();
  byId('window').textContent = duration(view.from) + ' to ' + duration(view.to) + ' of ' + duration(data.wall);
}

let pending = false;
function redraw() {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => { pending = false; draw(); });
}

function drawLegend() {
  for (const key of document.querySelectorAll('#legend canvas')) {
    const ratio = window.devicePixelRatio || 1;
    key.width = 22 * ratio;
    key.height = 12 * ratio;
    const p = key.getContext('2d');
    p.scale(ratio, ratio);
    const kind = key.dataset.kind;
    p.fillStyle = kind === 'run' ? colors.run : kind === 'chunk' || kind === 'idle' ? colors.band :
                  kind.startsWith('wait') ? patterns.waits[Number(kind[4])] : patterns[kind];
    p.fillRect(0, 0, 22, 12);
    p.strokeStyle = kind === 'chunk' ? colors.ink : kind === 'failed' ? colors.fail : kind === 'retried' ? colors.retry : kind === 'run' ? colors.run : colors.line;
    p.strokeRect(0.5, 0.5, 21, 11);
  }
}

// ---- Moving about

function show(from, to) {
  const least = rows ? 50 : data.step * 20;
  const span = Math.min(Math.max(to - from, Math.min(least, data.wall)), data.wall);
  const start = Math.min(Math.max(from + (to - from - span) / 2, 0), data.wall - span);
  view = {from: start, to: start + span};
  redraw();
}
function zoom(factor, around = (view.from + view.to) / 2) {
  show(around - (around - view.from) * factor, around + (view.to - around) * factor);
}
function pan(part) {
  const by = (view.to - view.from) * part;
  show(view.from + by, view.to + by);
}

function select(r, at) {
  row = r;
  selected = {row: r, at};
  const all = rows[r], start = all.start[at], end = all.end[at];
  if (start < view.from || end > view.to) {
    const span = Math.max(view.to - view.from, (end - start) * 1.2);
    const middle = (start + end) / 2;
    show(middle - span / 2, middle + span / 2);
  }
  byId('detail').textContent = describe(r, at).join(', ');
  redraw();
}

function step(by) {
  if (!rows || !rows[row].count) return;
  const here = selected && selected.row === row ? selected.at + by : firstBehind(rows[row], view.from);
  select(row, Math.min(Math.max(here, 0), rows[row].count - 1));
}

/// The next attempt, by time, that failed; behind the last the first.
function nextFailure() {
  if (!rows) return;
  const after = selected ? rows[selected.row].start[selected.at] : -1;
  let best = null, first = null;
  rows.forEach((all, r) => {
    for (let i = 0; i < all.count; ++i) {
      if (!(all.flags[i] & 3)) continue;
      const time = all.start[i];
      if (!first || time < first.time) first = {time, r, i};
      if ((time > after || (time === after && r > selected.row)) && (!best || time < best.time)) best = {time, r, i};
    }
  });
  const found = best || first;
  if (found) select(found.r, found.i); else byId('detail').textContent = 'No attempt failed.';
}

const keys = {
  '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), '0': () => show(0, data.wall), 'Home': () => show(0, view.to - view.from),
  'End': () => show(data.wall - (view.to - view.from), data.wall), 'ArrowLeft': () => pan(-0.2), 'ArrowRight': () => pan(0.2),
  'PageUp': () => pan(-0.9), 'PageDown': () => pan(0.9),
  'ArrowUp': () => { row = Math.max(row - 1, 0); redraw(); }, 'ArrowDown': () => { row = Math.min(row + 1, data.rows - 1); redraw(); },
  'n': () => step(1), 'p': () => step(-1), 'f': nextFailure,
};
canvas.addEventListener('keydown', event => {
  const action = !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
canvas.addEventListener('focus', redraw);
canvas.addEventListener('blur', redraw);
for (const [id, action] of Object.entries({'zoom-in': () => zoom(0.5), 'zoom-out': () => zoom(2), 'pan-left': () => pan(-0.4), 'pan-right': () => pan(0.4), 'fit': () => show(0, data.wall)}))
  byId(id).addEventListener('click', action);

function placeOf(event) {
  const box = canvas.getBoundingClientRect();
  return {x: event.clientX - box.left, y: event.clientY - box.top};
}

canvas.addEventListener('wheel', event => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.25 : 0.8, timeOf(Math.max(placeOf(event).x, gutter)));
}, {passive: false});
canvas.addEventListener('dblclick', event => zoom(0.4, timeOf(Math.max(placeOf(event).x, gutter))));

let drag = null;
canvas.addEventListener('pointerdown', event => {
  drag = {x: placeOf(event).x, from: view.from, to: view.to};
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener('pointerup', event => {
  const moved = drag && Math.abs(placeOf(event).x - drag.x) > 3;
  drag = null;
  canvas.classList.remove('dragging');
  const found = moved ? null : attemptAt(placeOf(event));
  if (found) select(found.row, found.at);
});
canvas.addEventListener('pointermove', event => {
  if (drag && event.buttons) {
    canvas.classList.add('dragging');
    const by = (drag.x - placeOf(event).x) / (width - gutter) * (drag.to - drag.from);
    show(drag.from + by, drag.to + by);
  }
  showTip(placeOf(event));
});
canvas.addEventListener('pointerleave', () => { byId('tip').hidden = true; });

/// The attempt below the mouse, or a narrow one beside it; one that failed first.
function attemptAt({x, y}) {
  const r = Math.floor((y - head) / rowHeight);
  if (!rows || x < gutter || r < 0 || r >= data.rows) return null;
  const all = rows[r], from = timeOf(x - 2), to = timeOf(x + 2), time = timeOf(x);
  let found = -1;
  for (let i = firstBehind(all, from), tries = 0; i < all.count && all.start[i] <= to && tries < 500; ++i, ++tries) {
    const exact = all.start[i] <= time && time < all.end[i];
    if (found < 0 || (all.flags[i] & 3) > (all.flags[found] & 3) || (exact && !(all.flags[found] & 3))) found = i;
  }
  return found < 0 ? null : {row: r, at: found};
}

function waitAt(time) {
  if (!data.waitsKnown) return 'idle';
  const span = data.waits.find(([from, to]) => from <= time && time < to);
  return span ? data.waitNames[span[2]] : data.waitNames[3];
}

function tipText(place) {
  const r = Math.floor((place.y - head) / rowHeight), time = timeOf(place.x);
  if (place.x < gutter || r < 0 || r >= data.rows) return '';
  const found = attemptAt(place);
  if (found) return describe(found.row, found.at).join('\n');
  if (rows) return workerName(r) + ' at ' + duration(time) + ': ' + waitAt(time);
  const s = Math.min(Math.floor(time / data.step), data.steps - 1), cell = 2 * (r * data.steps + s);
  const seen = bytes[cell + 1];
  return workerName(r) + ' at ' + duration(time) + '\nbusy ' + Math.round(bytes[cell] / 2.55) + '% of ' + duration(data.step) +
         (seen & 4 ? '\na task failed' : '') + (seen & 2 ? '\nan attempt failed and was tried again, or was stopped' : '');
}

function showTip(place) {
  const tip = byId('tip'), text = tipText(place);
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  tip.style.left = Math.min(place.x + 14, width - Math.min(tip.offsetWidth, width)) + 'px';
  tip.style.top = place.y + 16 + 'px';
}

// ---- Themes, printing, the first picture

function repaint() {
  loadColors();
  draw();
  drawLegend();
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
window.addEventListener('resize', redraw);
window.addEventListener('beforeprint', () => {
  document.documentElement.classList.add('printing');
  for (const details of document.querySelectorAll('details')) details.open = true;
  repaint();
});
window.addEventListener('afterprint', () => {
  document.documentElement.classList.remove('printing');
  repaint();
});
repaint();
document.documentElement.dataset.drawn = Math.round(performance.now());
})();
