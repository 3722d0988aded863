"use strict";
// The drawing of the data flow: boxes where the story says, and a path for each use of one in another.

const HEIGHT = 28;
const BULGE = 26;
const SMALLEST = 0.94; // so that 15 px are 14 at least

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// From border to border: straight to a neighbour, round the others in a row, a curve to another row.
function way(boxes, from, to) {
  const a = boxes[from];
  const b = boxes[to];
  const half = HEIGHT / 2;
  if (a.y === b.y) {
    const right = Math.sign(b.x - a.x);
    const [low, high] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
    const between = boxes.some((box) => box.y === a.y && box.x > low && box.x < high);
    if (!between) return `M ${a.x + right * a.width / 2} ${a.y} L ${b.x - right * b.width / 2} ${b.y}`;
    const up = a.kind === "forward" ? -1 : 1;
    const edge = a.y + up * half;
    return `M ${a.x} ${edge} C ${a.x} ${edge + up * BULGE} ${b.x} ${edge + up * BULGE} ${b.x} ${edge}`;
  }
  const down = Math.sign(b.y - a.y);
  const [start, end] = [a.y + down * half, b.y - down * half];
  const middle = (start + end) / 2;
  return `M ${a.x} ${start} C ${a.x} ${middle} ${b.x} ${middle} ${b.x} ${end}`;
}

// Pairs of boxes, in the order of the moments that they belong to, each once.
function uses(moments) {
  const found = new Map();
  moments.forEach((moment, at) => {
    for (const used of moment.uses) {
      const pair = [moments[used].box, moment.box];
      if (pair[0] !== pair[1] && !found.has(pair.join())) found.set(pair.join(), { from: pair[0], to: pair[1], at });
    }
  });
  return [...found.values()];
}

// `state` says of each box: pending, done, used or current, and its mark, wrong or follows, or "".
function draw(place, drawing, moments, now, state) {
  const { boxes, width, height } = drawing;
  const current = moments[now];
  const isNow = (edge) => current && current.box === edge.to && current.uses.some((k) => moments[k].box === edge.from);
  const edges = uses(moments).sort((a, b) => isNow(a) - isNow(b)).map((edge) => {
    const name = isNow(edge) ? "current" : edge.at <= now ? "done" : "";
    const path = svg("path", { d: way(boxes, edge.from, edge.to), class: name });
    if (name === "current") path.setAttribute("marker-end", "url(#arrow)");
    return path;
  });
  const arrow = svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 4, markerHeight: 4, orient: "auto" },
    svg("path", { d: "M 0 0 L 8 4 L 0 8 z" }));
  const nodes = boxes.map((box, k) => {
    const { name, mark } = state(k);
    const [left, top] = [box.x - box.width / 2, box.y - HEIGHT / 2];
    const group = svg("g", { class: `${box.kind} ${name} ${mark}`, "data-box": k },
      svg("rect", { x: left, y: top, width: box.width, height: HEIGHT, rx: 5 }), svg("text", { x: box.x, y: box.y }, box.name));
    if (mark) {
      group.append(svg("circle", { cx: left + box.width - 2, cy: top, r: 9 }),
        svg("text", { x: left + box.width - 2, y: top, class: "badge" }, mark === "wrong" ? "✗" : "↳"));
    }
    return group;
  });
  const label = `Data flow between ${boxes.length} arguments and variables; the lines and the numbers tell the same.`;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    svg("defs", {}, arrow), ...edges, ...nodes);
  picture.style.minWidth = `${SMALLEST * width}px`;
  picture.style.minHeight = `${SMALLEST * height}px`;
  picture.style.maxHeight = `${1.7 * height}px`;
  place.replaceChildren(picture);
  const shown = place.querySelector(".current");
  if (shown && place.scrollWidth > place.clientWidth) {
    place.scrollLeft = boxes[current.box].x * (place.scrollWidth / width) - place.clientWidth / 2;
  }
}
