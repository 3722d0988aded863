// What a chosen cell shows, and how cells are chosen.
(() => {
  // What is wider or taller than its frame can be reached by Tab, to be scrolled by keys; what is not, is no stop.
  const frames = [...document.querySelectorAll(".scroll")].map((frame) =>
    ({ frame, name: frame.getAttribute("aria-label") ?? frame.querySelector("caption")?.innerText ?? "Table" }));
  function stops() {
    for (const { frame, name } of frames) {
      const stop = frame.scrollWidth > frame.clientWidth && !frame.querySelector("[tabindex='0']");
      if (stop === frame.hasAttribute("tabindex") && stop === frame.hasAttribute("role")) continue;
      for (const [key, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", name]]) {
        if (stop) frame.setAttribute(key, value);
        else frame.removeAttribute(key);
      }
    }
    const aside = document.getElementById("detail");
    if (aside && aside.scrollHeight > aside.clientHeight) aside.tabIndex = 0;
    else if (aside) aside.removeAttribute("tabindex");
  }
  const sizes = new ResizeObserver(stops);
  for (const { frame } of frames) sizes.observe(frame);
  stops();

  const embedded = document.getElementById("results");
  const panel = document.getElementById("detail");
  if (!embedded || !panel) return;
  const { verdicts, rulings, lines, letters, meanings } = JSON.parse(embedded.textContent);
  const title = document.getElementById("detail-title");
  const body = document.getElementById("detail-body");
  const closing = document.getElementById("detail-close");
  const cells = [...document.querySelectorAll("[data-cell]")];
  let chosen = Number(panel.dataset.chosen);
  title.removeAttribute("aria-live"); // the focused cell already says what it is
  sizes.observe(panel);

  const quantity = (value, unit = "") => make("span", {}, make("data", { value: value ?? "" }, short(value)), unit);

  function facts(cell) {
    const line = lines[cell.line];
    const list = make("dl");
    const add = (term, ...what) => list.append(make("dt", {}, term), make("dd", {}, ...what));
    if (line) add("formula", make("code", {}, line.formula));
    const form = line && !cell.inherited_from && line.forms[cell.form];
    const cause = cell.inherited_from ? `${cell.inherited_from}: ${cell.form}` : cell.form;
    if (cause) add(cell.verdict === "cancels" ? "digits lost by" : "computed as", make("code", {}, cause));
    if (form && form.loses) add("loses digits", form.loses);
    if (cell.digits_lost !== null) add("digits lost", quantity(cell.digits_lost));
    add("median error", quantity(cell.median_ulps, " ulps"));
    add("largest error", quantity(cell.largest_ulps, " ulps"));
    const spread = cell.distribution;
    if (spread && spread.median_bound !== null) {
      add("rounding can do", quantity(spread.median_bound, " ulps in the median entry; "),
        ...(spread.largest_share <= 1 ? ["at most ", quantity(spread.largest_share * 100, " % of it is used")]
          : ["the largest error is ", quantity(spread.largest_share), " times that"]));
    }
    if (cell.power) {
      add("would be seen", "a mistake of more than ", quantity(cell.power.median, " of an entry (in the median)"),
        ...(cell.power.blind ? ["; but in ", quantity(cell.power.blind * 100, " % of the entries not even a wrong sign")] : []));
    }
    const ruling = rulings.find((r) => r.line === cell.line && r.weights === cell.weights && r.dtype === cell.dtype);
    if (ruling) add("closest here", ruling.closest.join(", "));
    return list;
  }

  function show() {
    const cell = verdicts[chosen];
    if (!cell) return;
    title.textContent = `${cell.line} in ${cell.engine}, ${cell.weights} weights, ${cell.dtype}`;
    const exception = meanings[cell.verdict];
    const verdict = make("b", {}, exception ? `${exception[0]} ${cell.verdict}` : cell.verdict);
    body.replaceChildren(make("p", { class: "said" }, verdict, exception ? `: ${cell.note || exception[1]}.` : " explains every entry."));
    const form = !cell.inherited_from && lines[cell.line]?.forms[cell.form];
    if (cell.distribution) body.append(histogram(cell.distribution));
    body.append(facts(cell));
    if (cell.error_map) body.append(maps(cell.error_map));
    if (form) {
      body.append(make("details", {}, make("summary", {}, "What rounding can do, as a formula"),
        make("p", {}, "At most ", make("code", {}, form.bound), ". ", letters)));
    }
  }

  // Where there is no room beside the tables, the details lie over the page: from a choice on until they are closed.
  function open(shown) {
    panel.classList.toggle("open", shown);
    const button = cells.find((cell) => cell.tabIndex === 0);
    if (shown) button.scrollIntoView({ block: "nearest" });
    else button.focus();
  }

  function choose(button, focus) {
    chosen = Number(button.dataset.cell);
    for (const other of cells) {
      const own = other === button;
      other.setAttribute("aria-pressed", own);
      other.tabIndex = own ? 0 : -1;
    }
    show();
    stops();
    if (focus) button.focus();
  }

  // The arrow keys, Home and End move through the tables of a type, as they lie side by side; then to the next type.
  function neighbour(button, key) {
    const grid = [...document.querySelectorAll(".settings-tried")].flatMap((beside) => {
      const tables = [...beside.querySelectorAll("table.lines")];
      const rows = [...tables[0].tBodies[0].rows].map((_, row) => tables.map((table) => table.tBodies[0].rows[row]));
      return rows.map((parts) => parts.flatMap((part) => [...part.querySelectorAll("[data-cell]")]));
    });
    const row = grid.findIndex((buttons) => buttons.includes(button));
    const column = grid[row].indexOf(button);
    const moves = { ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1], ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column], Home: [row, 0], End: [row, grid[row].length - 1] };
    return moves[key] && grid[moves[key][0]]?.[moves[key][1]];
  }

  for (const button of cells) {
    button.addEventListener("click", () => {
      choose(button, false);
      open(true);
    });
    button.addEventListener("keydown", (event) => {
      const next = neighbour(button, event.key);
      if (!next) return;
      event.preventDefault();
      choose(next, true);
    });
  }
  closing.addEventListener("click", () => open(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.classList.contains("open")) open(false);
  });
  for (const media of ["(prefers-color-scheme: dark)", "print"]) window.matchMedia(media).addEventListener("change", show);
  show();
  stops();
})();
