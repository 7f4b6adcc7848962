// Adds to a page that is whole without it: sorting, charts, and a threshold to move.
"use strict";
(() => {
  const main = document.querySelector("main");
  const level = Number(main.dataset.level), z = Number(main.dataset.z);
  const make = (tag, more = {}, ...inside) => {
    const { data, ...properties } = more;
    const made = Object.assign(document.createElement(tag), properties);
    Object.assign(made.dataset, data || {});
    made.append(...inside);
    return made;
  };
  const number = (text) => (/^[-+−]?[\d,]*\.?\d+(e[-+]?\d+)?/i.test(text)
    ? parseFloat(text.replace("−", "-").replaceAll(",", "")) : NaN);
  const shown = (value) => (Number.isFinite(value) ? value.toFixed(4) : "—");
  const counted = (value) => value.toLocaleString("en", { maximumSignificantDigits: 15 });

  // ---- tables: sorted by a column

  const compare = (a, b) => {
    const x = number(a), y = number(b);
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    return Number.isNaN(x) ? a.localeCompare(b, "en", { numeric: true }) : x - y;
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (!head.textContent.trim()) return;
      const button = make("button", { type: "button" }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const text = (row) => row.cells[column].textContent.trim();
        const rows = [...table.tBodies[0].rows].sort((a, b) => compare(text(a), text(b)) * (up ? 1 : -1));
        table.tBodies[0].append(...rows);
      });
    });
  }

  // ---- rows behind the cells of a confusion matrix

  const examples = document.querySelector("table[data-examples]");
  if (examples) {
    const rows = [...examples.tBodies[0].rows];
    const said = make("p", { role: "status" });
    const all = make("button", { type: "button" }, "show all rows");
    const at = (name) => [...examples.tHead.rows[0].cells].findIndex((cell) => cell.textContent === name);
    const truth = at("truth"), predicted = at("predicted");
    const only = (t, p) => {
      let left = 0;
      for (const row of rows) {
        const fits = t === null || (row.cells[truth].textContent === t && row.cells[predicted].textContent === p);
        row.hidden = !fits;
        left += fits;
      }
      said.textContent = t === null ? "" : `${left} of the rows here are ${t}, predicted ${p}`;
    };
    all.addEventListener("click", () => only(null, null));
    examples.closest(".scroll").before(said, all);
    for (const table of document.querySelectorAll("table[data-matrix]")) {
      const names = [...table.tBodies[0].rows].map((row) => row.cells[0].dataset.name);
      [...table.tBodies[0].rows].forEach((row, i) => names.forEach((name, j) => {
        const cell = row.cells[j + 1];
        const has = rows.some((r) => r.cells[truth].textContent === names[i]
          && r.cells[predicted].textContent === name);
        if (!has) return;
        const button = make("button", { type: "button" }, cell.textContent);
        button.setAttribute("aria-label", `${cell.textContent}: ${names[i]} predicted ${name}, show rows`);
        button.addEventListener("click", () => {
          examples.closest("details").open = true;
          only(names[i], name);
          said.tabIndex = -1;
          said.focus();
        });
        cell.replaceChildren(button);
      }));
    }
  }

  // ---- charts

  const views = {};
  const redraw = [];
  const threshold = document.querySelector("#threshold");
  if (!threshold) return;
  threshold.hidden = false;
  const charts = make("div", { className: "charts" });
  const config = () => {
    const ink = getComputedStyle(document.body).color;
    const axis = { labelColor: ink, titleColor: ink, tickColor: ink, domainColor: ink, gridColor: "#8884" };
    return { axis, legend: { labelColor: ink, titleColor: ink }, title: { color: ink }, background: "transparent" };
  };
  const chart = (name, title, datasets) => {
    const box = make("div");
    const figure = make("figure", { data: { chart: name } }, make("figcaption", {}, title), box);
    charts.append(figure);
    const draw = () => {
      const spec = { ...CHARTS[name], description: `${title}: the same numbers are in the tables below` };
      views[name]?.finalize();
      const view = new vega.View(vega.parse(spec, config(), { ast: true }), {
        expr: evalcliInterpreter, renderer: "svg", container: box, hover: true, logLevel: vega.Warn,
      });
      views[name] = view;
      for (const [dataset, rows] of Object.entries(datasets())) view.data(dataset, rows);
      view.addEventListener("click", (event, item) => {
        if (item?.datum?.place !== undefined) moveTo(item.datum.place);
      });
      view.run();
    };
    redraw.push(draw);
    return figure;
  };
  const cells = (table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((c) => c.textContent));
  const numbers = (table) => cells(table).map((row) => row.map((text) => (text === "" ? null : number(text))));

  // ---- one curve at a threshold

  const wilson = (hits, of) => {
    if (!(z > 0) || !(of > 0)) return [NaN, NaN];
    const p = hits / of, scale = 1 + (z * z) / of, middle = (p + (z * z) / (2 * of)) / scale;
    const half = (z / scale) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
    return [hits === 0 ? 0 : middle - half, hits === of ? 1 : middle + half];
  };
  const ratio = (a, b) => (b > 0 ? a / b : NaN);
  const curves = [...document.querySelectorAll("table[data-curve]")].map((table) => ({
    name: table.dataset.curve, slice: table.dataset.slice || "",
    positives: Number(table.dataset.positives), negatives: Number(table.dataset.negatives),
    given: table.dataset.threshold === undefined ? null : Number(table.dataset.threshold),
    points: cells(table).map(([at, tp, fp], place) => ({
      place, at: number(at), label: at, tp: number(tp), fp: number(fp),
    })),
  }));
  for (const curve of curves) {
    for (const point of curve.points) {
      point.recall = point.tpr = ratio(point.tp, curve.positives);
      point.fpr = ratio(point.fp, curve.negatives);
      point.precision = point.tp + point.fp > 0 ? point.tp / (point.tp + point.fp) : null;
      [point.low, point.high] = wilson(point.tp, curve.positives);
      [point.below, point.above] = wilson(point.tp, point.tp + point.fp);
    }
  }
  const figuresOf = (curve, { tp, fp }) => {
    const fn = curve.positives - tp, tn = curve.negatives - fp, n = curve.positives + curve.negatives;
    const recall = ratio(tp, tp + fn), specificity = ratio(tn, tn + fp);
    const product = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
    return {
      precision: [tp, tp + fp], recall: [tp, tp + fn], specificity: [tn, tn + fp],
      npv: [tn, tn + fn], accuracy: [tp + tn, n], predicted_positive_rate: [tp + fp, n],
      f1: ratio(2 * tp, 2 * tp + fp + fn), balanced_accuracy: (recall + specificity) / 2,
      mcc: ratio(tp * tn - fp * fn, product),
    };
  };

  let curve = curves[0], place = 0, moveTo = () => {};
  const bins = (name) => document.querySelector(`table[data-bins="${name}"]`);
  const here = (name) => (curve && bins(name).dataset.name === curve.name ? [curve.points[place]] : []);
  const costs = { fp: 1, fn: 1 };
  const costAt = (of, point) => (costs.fp * point.fp + costs.fn * (of.positives - point.tp))
    / (of.positives + of.negatives);

  const explorer = () => {
    const slider = make("input", { type: "range", min: 0, step: 1, id: "slider" });
    const typed = make("input", { type: "number", step: "any", id: "at" });
    const classes = make("select", { id: "class" }), parts = make("select", { id: "slice" });
    const costOf = (name) => make("input", { type: "number", min: 0, step: "any", value: 1, id: name });
    const costFp = costOf("cost-fp"), costFn = costOf("cost-fn");
    const labelled = (text, input, className = "") => make("label", { className }, text, input);
    const best = make("button", { type: "button", id: "cheapest" });
    const body = make("tbody");
    const said = make("p", { id: "said", role: "status" });
    const head = make("thead", {}, make("tr", {}, ...["metric", "value", `${100 * level}% interval`].map(
      (text) => make("th", { scope: "col" }, text))));
    for (const name of new Set(curves.map((c) => c.name))) classes.append(make("option", { value: name }, name));
    const controls = make("div", { className: "controls" });
    if (classes.length > 1) controls.append(labelled("class or label", classes));
    if (curves.some((c) => c.slice)) controls.append(labelled("slice", parts));
    controls.append(labelled("threshold", slider, "wide"), labelled("threshold as a number", typed),
      labelled("cost of a false positive", costFp), labelled("cost of a false negative", costFn), best);
    threshold.append(controls, said, make("div", { className: "beside" }, make("div", {},
      make("table", { className: "l0", id: "figures" }, head, body)), charts));

    const fillSlices = () => {
      const own = curves.filter((c) => c.name === classes.value).map((c) => c.slice);
      parts.replaceChildren(...own.map((slice) => make("option", { value: slice }, slice || "all rows")));
    };
    const row = (name, value, interval = "") => make("tr", {},
      make("th", { scope: "row" }, name), make("td", { data: { figure: name } }, value), make("td", {}, interval));
    const cheapest = () => curve.points.reduce((a, b) => (costAt(curve, b) < costAt(curve, a) ? b : a));
    const now = () => [curve.points[place]];
    const update = () => {
      const point = curve.points[place];
      const fn = curve.positives - point.tp, tn = curve.negatives - point.fp;
      const rows = Object.entries(figuresOf(curve, point)).map(([name, value]) => {
        if (!Array.isArray(value)) return row(name, shown(value));
        const [low, high] = wilson(...value);
        return row(name, shown(ratio(...value)), Number.isFinite(low) ? `${shown(low)} – ${shown(high)}` : "");
      });
      body.replaceChildren(...rows, row("cost per row", shown(costAt(curve, point))), row("tp", counted(point.tp)),
        row("fp", counted(point.fp)), row("fn", counted(fn)), row("tn", counted(tn)));
      const words = Number.isFinite(point.at) ? `score ≥ ${point.label}` : point.label;
      said.textContent = `${curve.name}${curve.slice ? `, ${curve.slice}` : ""}: predicted where ${words}`;
      slider.value = place;
      slider.setAttribute("aria-valuetext", words);
      typed.value = Number.isFinite(point.at) ? point.label.replaceAll(",", "") : "";
      best.textContent = `lowest cost: ${shown(costAt(curve, cheapest()))}`;
      for (const name of ["roc", "pr", "cost"]) views[name].data("now", now()).runAsync();
      for (const name of ["reliability", "scores"]) views[name]?.data("now", here(name)).runAsync();
    };
    moveTo = (to) => { place = to; update(); };
    const withCosts = () => curve.points.map((p) => ({ ...p, cost: costAt(curve, p) }))
      .filter((p) => Number.isFinite(p.at));
    const choose = () => {
      curve = curves.find((c) => c.name === classes.value && c.slice === (parts.value || "")) || curves[0];
      slider.max = curve.points.length - 1;
      place = curve.given === null ? cheapest().place
        : Math.max(curve.points.findLastIndex((p) => p.at >= curve.given), 0);
      for (const draw of redraw) draw();
      update();
    };
    chart("roc", "ROC", () => ({ points: curve.points, now: now() }));
    chart("pr", "precision and recall", () => ({
      points: curve.points.filter((p) => p.precision !== null), now: now(),
      chance: [{ share: curve.positives / (curve.positives + curve.negatives) }],
    }));
    chart("cost", "cost per row by threshold", () => ({ points: withCosts(), now: now() }));
    slider.addEventListener("input", () => moveTo(Number(slider.value)));
    typed.addEventListener("change", () => {
      const at = Number(typed.value);
      const apart = (p) => (Number.isFinite(p.at) ? Math.abs(p.at - at) : Infinity);
      if (typed.value !== "") moveTo(curve.points.reduce((a, b) => (apart(b) < apart(a) ? b : a)).place);
    });
    const recost = () => {
      costs.fp = Math.max(Number(costFp.value), 0);
      costs.fn = Math.max(Number(costFn.value), 0);
      views.cost?.data("points", withCosts());
      update();
    };
    costFp.addEventListener("input", recost);
    costFn.addEventListener("input", recost);
    best.addEventListener("click", () => moveTo(cheapest().place));
    classes.addEventListener("change", () => { fillSlices(); choose(); });
    parts.addEventListener("change", choose);
    fillSlices();
    return choose;
  };

  const binned = (table) => numbers(table).map(([from, to, rows, probability, observed, low, high]) => ({
    from, to, rows, probability, observed, low: low ?? observed, high: high ?? observed,
    with: rows * (observed ?? 0), without: rows * (1 - (observed ?? 0)),
  }));
  const others = () => {
    if (bins("reliability")) {
      chart("reliability", "reliability, all rows", () => ({
        bins: binned(bins("reliability")).filter((b) => b.rows), now: here("reliability"),
      }));
    }
    if (bins("scores")) {
      chart("scores", bins("scores").dataset.title, () => ({ bins: binned(bins("scores")), now: here("scores") }));
    }
    const grid = document.querySelector("table[data-grid]"), errors = document.querySelector("table[data-quantiles]");
    if (grid) {
      const across = [...grid.tHead.rows[0].cells].slice(1).map((c) => number(c.textContent));
      const width = across[1] - across[0];
      chart("predicted", "predicted against true values", () => ({
        cells: numbers(grid).flatMap(([from, ...counts], i, every) => counts.flatMap((rows, j) => (rows ? [{
          truth: from, truth2: from + (every[1][0] - every[0][0]), predicted: across[j],
          predicted2: across[j] + width, rows,
        }] : []))),
      }));
    }
    if (errors) {
      chart("residuals", "quantiles of the errors",
        () => ({ points: numbers(errors).map(([quantile, error]) => ({ quantile, error })) }));
    }
  };

  const begin = curves.length ? explorer() : () => redraw.forEach((draw) => draw());
  if (!curves.length) threshold.append(charts);
  others();
  begin();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw.forEach((draw) => draw()));
})();
