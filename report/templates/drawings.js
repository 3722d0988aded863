// The drawings of the page. Texts from the results become text nodes, never markup.
"use strict";

function make(name, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "line", "path", "text", "title"].includes(name);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function short(value) {
  if (value === null || value === undefined) return "–";
  const [digits, exponent] = value.toExponential(1).split("e").map(Number);
  if (value === 0) return "0";
  return exponent < -4 || exponent >= 4 ? `${digits}e${exponent}` : String(Number(`${digits}e${exponent}`));
}

// Signed errors on two log scales that meet at zero; outlined, how far rounding could take a correct program.
function histogram(spread) {
  const { least, per_decade: per, below, above, bounds, exact } = spread;
  const used = [below, above, bounds].flatMap((counts) => counts.flatMap((count, bin) => (count ? [bin] : [])));
  const first = Math.min(...used, per * 3) - 1;
  const bins = Math.max(...used, first + 2 * per) - first + 1;
  const width = 360, height = 180, half = 166, middle = width / 2, floor = 158, top = 24, gap = 12;
  const step = (half - gap) / bins;
  const tallest = Math.log1p(Math.max(1, exact, ...below, ...above, ...bounds));
  const rise = (count) => (Math.log1p(count) / tallest) * (floor - top);
  const total = exact + [...below, ...above].reduce((sum, count) => sum + count, 0);
  const words = `Distribution of ${total} signed errors: ${below.reduce((a, b) => a + b, 0)} below the truth, ` +
    `${exact} exact, ${above.reduce((a, b) => a + b, 0)} above.`;
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, class: "histogram", role: "img", "aria-label": words });
  const bars = [];
  const edge = (bin, sign) => middle + sign * (gap + (bin - first) * step);
  const bar = (bin, count, sign, kind) => {
    const x = Math.min(edge(bin, sign), edge(bin + 1, sign));
    const from = short(10 ** (least + bin / per)), to = short(10 ** (least + (bin + 1) / per));
    const rect = make("rect", { class: kind, x, y: floor - rise(count), width: step - 1, height: rise(count) });
    bars.push({ x, width: step, count, words: `${count} entries, ${from} to ${to} ulps ${sign < 0 ? "below" : "above"} the truth` });
    return rect;
  };
  for (let bin = first; bin <= first + bins; bin += 1) {
    const decade = least + bin / per;
    if (!Number.isInteger(decade)) continue;
    for (const sign of [-1, 1]) {
      svg.append(make("line", { class: "grid", x1: edge(bin, sign), x2: edge(bin, sign), y1: top, y2: floor }));
      if (decade % Math.ceil(bins / per / 2) === 0 && Math.abs(edge(bin, sign) - middle) > 34) {
        svg.append(make("text", { x: edge(bin, sign), y: floor + 15, "text-anchor": "middle" },
          (sign < 0 ? "−" : "") + (decade < -2 || decade > 2 ? `1e${decade}` : String(10 ** decade))));
      }
    }
  }
  below.forEach((count, bin) => count && svg.append(bar(bin, count, -1, "below")));
  above.forEach((count, bin) => count && svg.append(bar(bin, count, 1, "above")));
  if (exact) {
    const rect = make("rect", { class: "exact", x: middle - 5, y: floor - rise(exact), width: 10, height: rise(exact) });
    bars.push({ x: middle - 5, width: 10, count: exact, words: `${exact} entries without any error` });
    svg.append(rect);
  }
  for (const sign of [-1, 1]) {
    let path = "";
    bounds.forEach((count, bin) => {
      if (!count) return;
      const y = floor - rise(count);
      path += `M${edge(bin, sign)} ${floor}V${y}H${edge(bin + 1, sign)}V${floor}`;
    });
    if (path) svg.append(make("path", { class: "bound", d: path }));
  }
  svg.append(make("line", { class: "axis", x1: 8, x2: width - 8, y1: floor, y2: floor }),
    make("text", { x: middle, y: floor + 15, "text-anchor": "middle" }, "0"),
    make("text", { x: 10, y: 12 }, "too small"),
    make("text", { x: width - 10, y: 12, "text-anchor": "end" }, "too large"));
  if (!bars.length) return make("div", {}, svg);
  const highest = bars.reduce((a, b) => (b.count > a.count ? b : a));
  const line = make("p", { class: "pointed" }, `most: ${highest.words}`);
  pointed(svg, line, (right) => bars.find(({ x, width: wide }) => right * width >= x && right * width < x + wide)?.words);
  const legend = "Error in ulps; the height is the number of entries, on a log scale. Dashed: how far rounding can take a correct program.";
  return make("div", {}, svg, line, make("p", { class: "aside" }, legend));
}

// While the pointer is on a drawing, the line below says what is there; afterwards what it said before.
function pointed(drawing, line, what) {
  const still = line.textContent;
  for (const kind of ["pointermove", "pointerdown"]) {
    drawing.addEventListener(kind, (event) => {
      const box = drawing.getBoundingClientRect();
      line.textContent = what((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height) ?? still;
    });
  }
  drawing.addEventListener("pointerleave", () => { line.textContent = still; });
}

function palette() {
  const style = getComputedStyle(document.documentElement);
  return [...Array(9).keys()].map((k) => {
    const hex = style.getPropertyValue(`--level-${k}`).trim();
    return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
  });
}

// Where the errors of dW1 lie: a picture for each hidden unit, one pixel for each input.
function maps(packed) {
  const colours = palette();
  const grid = make("div", { class: "maps" });
  const pictures = packed.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  const size = (level) => (level ? `about ${short(10 ** (level / 16 - 3))} ulps` : "the truth is exactly 0");
  const at = (unit, pixel) => `unit ${unit + 1}, row ${Math.floor(pixel / 28) + 1}, column ${pixel % 28 + 1}, ${size(pictures[unit][pixel])}`;
  let [most, place] = [0, ""];
  pictures.forEach((levels, unit) => levels.forEach((level, pixel) => {
    if (level > most) [most, place] = [level, `largest: ${at(unit, pixel)}`];
  }));
  const line = make("p", { class: "pointed" }, place || "nothing to compare");
  pictures.forEach((levels, unit) => {
    const canvas = make("canvas", { width: 28, height: 28, role: "img" });
    const context = canvas.getContext("2d");
    const image = context.createImageData(28, 28);
    let worst = 0, zeros = 0;
    levels.forEach((level, pixel) => {
      worst = Math.max(worst, level);
      zeros += level === 0;
      const decade = Math.min(8, Math.max(0, Math.floor(level / 16 - 3) + 1));
      const colour = level ? colours[decade] : [128, 128, 128];
      image.data.set([...colour, 255], 4 * pixel);
    });
    context.putImageData(image, 0, 0);
    const largest = worst ? `about ${short(10 ** (worst / 16 - 3))} ulps` : "nothing to compare";
    canvas.setAttribute("aria-label", `Unit ${unit + 1}: largest error ${largest}; the truth is 0 at ${zeros} pixels`);
    pointed(canvas, line, (...parts) => {
      const [column, row] = parts.map((part) => Math.min(27, Math.max(0, Math.floor(part * 28))));
      return at(unit, row * 28 + column);
    });
    grid.append(make("figure", {}, canvas, make("figcaption", {}, `unit ${unit + 1}`)));
  });
  const ramp = make("div", { class: "ramp", "aria-hidden": "true" });
  ["<1", "1", "10", "100", "1e3", "1e4", "1e5", "1e6", "1e7"].forEach((text, k) =>
    ramp.append(make("span", { class: `level-${k}` }, text)));
  return make("div", { class: "where" }, make("h4", {}, "Where the errors lie"),
    make("p", {}, "The largest error of each entry of dW1: a picture for each hidden unit, a pixel for each input. Grey: the truth is exactly 0, for the input is."),
    grid, line, ramp);
}

