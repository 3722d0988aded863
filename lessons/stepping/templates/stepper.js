const STORIES = JSON.parse(document.getElementById("stories").textContent);
const $ = (id) => document.getElementById(id);
const SIGNS = { right: "✓", wrong: "✗", follows: "↳" };

// What is shown: a program, one of its versions, and the step; `secret` while nobody has been told what is wrong.
const state = { story: STORIES[0], version: 0, secret: false, guess: 0, step: 0 };

const version = () => state.story.versions[state.version];
const moments = () => version().moments;
const first = () => moments().filter((moment) => moment.line === 0).length;
const steps = () => moments().length - first();
const now = () => first() + state.step - 1;
const moment = () => (state.step ? moments()[now()] : null);
const known = (one) => (state.secret ? "right" : one.mark);

function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// THE PROGRAM

function lines() {
  const text = [...state.story.lines];
  for (const change of version().changes) text[change.line - 1] = change.wrong;
  return text;
}

// The mark of a line: that of its last step so far.
function markOf(line) {
  const passed = moments().slice(first(), now() + 1).filter((one) => one.line === line);
  return passed.length ? known(passed[passed.length - 1]) : "";
}

function showProgram() {
  const here = moment()?.line;
  $("code").replaceChildren(...lines().map((text, k) => {
    const mark = version().changes.length && !state.secret ? markOf(k + 1) : "";
    const item = element("li", { "data-line": k + 1, class: state.guess === k + 1 ? "guessed" : "" },
      element("span", { class: "number" }, String(k + 1)),
      element("span", { class: `mark ${mark === "right" ? "good" : mark}`, title: mark }, SIGNS[mark] ?? ""),
      element("span", { class: "text" }, text));
    if (k + 1 === here) item.setAttribute("aria-current", "step");
    return item;
  }));
  const code = $("code");
  const shown = code.querySelector("[aria-current]") ?? code.children[state.story.first - 1];
  if (!here) code.scrollTop = shown.offsetTop - 4;
  else if (shown.offsetTop < code.scrollTop || shown.offsetTop + 2 * shown.offsetHeight > code.scrollTop + code.clientHeight) {
    code.scrollTop = shown.offsetTop - code.clientHeight / 3;
  }
}

function showCard() {
  const { changes, family, why } = version();
  $("card").hidden = changes.length === 0;
  $("vote").hidden = !state.secret;
  $("this").setAttribute("aria-disabled", String(!moment()));
  const parts = [];
  if (state.secret) parts.push("One line of this program is wrong. Step through it, vote, and then reveal it.");
  else {
    if (state.guess) {
      const right = changes.some((change) => change.line === state.guess);
      parts.push(element("b", { class: right ? "good" : "wrong" }, `You said line ${state.guess}: ${right ? "yes" : "no"}. `));
    }
    for (const { line, wrong, right } of changes) {
      parts.push(`Line ${line} is wrong.`, element("span", { class: "line wrong" }, "− ", element("code", {}, wrong.trim())),
        element("span", { class: "line good" }, "+ ", element("code", {}, right.trim())));
    }
    parts.push(element("b", {}, `${family.charAt(0).toUpperCase()}${family.slice(1)}. `), why);
  }
  $("card-text").replaceChildren(...parts);
}

function showStatus() {
  const one = moment();
  if (!one) {
    $("status").replaceChildren(`Before the first step. ${state.story.title}`);
    return;
  }
  const turn = one.turns > 1 ? `, time ${one.turn} of ${one.turns}` : "";
  const parts = [`Step ${state.step} of ${steps()}, line ${one.line}${turn}: ${one.name}${one.what ? `, meant to be ${one.what}` : ""}`];
  if (version().changes.length && !state.secret) {
    const mark = known(one);
    parts.push(" ", element("span", { class: mark === "right" ? "good" : mark }, `${SIGNS[mark]} ${mark}`));
  }
  $("status").replaceChildren(...parts);
}

// THE NUMBERS

function written(number) {
  if (!Number.isFinite(number)) return String(number);
  if (number === 0) return "0";
  const text = Math.abs(number) < 1e-3 || Math.abs(number) >= 1e5 ? number.toExponential(1) : String(Number(number.toPrecision(3)));
  return text.replaceAll("-", "−");
}

function table(name, grid, kind = "", other = null) {
  const close = (a, b) => Math.abs(a - b) <= 1e-5 * Math.max(Math.abs(a), Math.abs(b));
  const rows = grid.rows.map((row, i) => element("tr", {}, ...row.map((number, j) => {
    const there = other?.rows[i]?.[j];
    const off = other && (there === undefined || !close(number, there));
    return element("td", { class: off ? "off" : "", "data-value": number }, written(number));
  })));
  const size = grid.shape.length ? grid.shape.join(" × ") : "a number";
  return element("table", { class: `${kind} ${other ? "off" : ""}` },
    element("caption", {}, `${name} `, element("small", {}, grid.cut ? `${size}, the first` : size)), element("tbody", {}, ...rows));
}

function showNumbers() {
  const one = moment();
  const given = (one ? one.uses : [...moments().keys()].slice(0, first())).map((k) => moments()[k]);
  const shown = given.map((used) => table(used.name, used.value));
  if (one) {
    const should = state.secret ? null : one.should;
    const after = (text, part) => element("div", { class: "after" }, element("span", { "aria-hidden": "true" }, text), part);
    shown.push(after("→", table(one.name, one.value, "result", should)));
    if (should) shown.push(after("≠", table("should be", should, "should")));
  }
  $("numbers").replaceChildren(...shown);
  $("numbers-title").textContent = one ? `The numbers: ${one.name}, and what it is computed from` : "The numbers that it is called with";
}

function showDrawing() {
  const passed = moments().slice(first(), now() + 1);
  const used = new Set((moment()?.uses ?? []).map((k) => moments()[k].box));
  draw($("drawing"), state.story.drawing, moments(), now(), (k) => {
    const last = passed.findLast((one) => one.box === k);
    const name = moment()?.box === k ? "current" : used.has(k) ? "used" : k < first() || last ? "done" : "pending";
    const mark = last ? known(last) : "right";
    return { name, mark: mark === "right" ? "" : mark };
  });
}

// THE CONTROLS

function show() {
  $("slide").max = steps();
  $("slide").value = state.step;
  for (const id of ["first", "back"]) $(id).setAttribute("aria-disabled", String(state.step === 0));
  for (const id of ["next", "last"]) $(id).setAttribute("aria-disabled", String(state.step === steps()));
  $("title").textContent = state.story.name;
  showStatus();
  showCard();
  showProgram();
  showDrawing();
  showNumbers();
}

function go(step) {
  state.step = Math.max(0, Math.min(steps(), step));
  show();
}

function choose(chosen, secret = false) {
  Object.assign(state, { version: chosen, secret, guess: 0 });
  $("mistake").value = secret ? "surprise" : String(chosen);
  go(secret ? 0 : state.step);
}

// Another mistake than the one before, if there are several.
function surprise() {
  const all = state.story.versions.map((_, k) => k).filter((k) => state.story.versions[k].changes.length);
  const others = all.filter((k) => k !== state.version);
  const among = others.length ? others : all;
  if (among.length) choose(among[Math.floor(Math.random() * among.length)], true);
}

function reveal(guess) {
  if (!state.secret || (guess && !moment())) return;
  Object.assign(state, { secret: false, guess: guess ? moment().line : 0 });
  $("mistake").value = String(state.version);
  show();
}

// The menu gives nothing away either.
function menu() {
  const { versions } = state.story;
  let count = 0;
  const options = versions.map((one, k) => element("option", { value: k }, one.changes.length ? `mistake ${(count += 1)}` : "none"));
  if (count) options.splice(1, 0, element("option", { value: "surprise" }, "a surprise"));
  $("mistake").replaceChildren(...options);
}

function open(k) {
  Object.assign(state, { story: STORIES[k], step: 0 });
  menu();
  choose(0);
}

$("program").append(...STORIES.map((story, k) => element("option", { value: k }, story.name.replace(/\.py$/, ""))));
$("program").addEventListener("change", (event) => open(Number(event.target.value)));
$("mistake").addEventListener("change", (event) => {
  if (event.target.value === "surprise") surprise();
  else choose(Number(event.target.value));
});
$("slide").addEventListener("input", (event) => go(Number(event.target.value)));
const ACTIONS = {
  first: () => go(0), back: () => go(state.step - 1), next: () => go(state.step + 1), last: () => go(Infinity),
  this: () => reveal(true), reveal: () => reveal(false),
};
for (const [id, act] of Object.entries(ACTIONS)) $(id).addEventListener("click", act);
const KEYS = { ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last", g: "this", r: "reveal" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("select, input")) return;
  if (event.key.toLowerCase() === "s") surprise();
  const id = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (id) {
    event.preventDefault();
    ACTIONS[id]();
  }
});
const asked = STORIES.findIndex((story) => `#${story.name.replace(/\.py$/, "")}` === location.hash);
$("program").value = String(Math.max(0, asked));
open(Math.max(0, asked));
