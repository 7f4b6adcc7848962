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
  const number = (text) => {
    const found = /^[[<±~]?\s*([-+−]?[\d,]*\.?\d+(?:e[-+]?\d+)?)(?=$|[\s%\],(])/i.exec(text);
    return found ? parseFloat(found[1].replace("−", "-").replaceAll(",", "")) : NaN;
  };
  const digits = Number(main.dataset.digits || 4);
  const shown = (value) => { // exact halves to the even digit, as in the tables
    if (!Number.isFinite(value)) return "—";
    const scaled = value * 10 ** digits, below = Math.floor(scaled);
    const half = scaled - below === 0.5 && below % 2 === 0 && (value * 2 ** 40) % 1 === 0;
    return (half ? below / 10 ** digits : value).toFixed(digits);
  };
  const counted = (value) => value.toLocaleString("en", { maximumSignificantDigits: 15 });

  // ---- tables: sorted by a column; a third click restores their order

  const missing = (text) => text === "" || text === "—";
  const compare = (a, b) => {
    const x = number(a), y = number(b);
    if (Number.isNaN(x) || Number.isNaN(y)) return a.localeCompare(b, "en", { numeric: true });
    return x - y;
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0], given = [...body.rows];
    heads.forEach((head, column) => {
      if (!head.textContent.trim()) return;
      const button = make("button", { type: "button" }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: null }[head.getAttribute("aria-sort")];
        const order = next === undefined ? "ascending" : next;
        for (const other of heads) other.removeAttribute("aria-sort");
        if (order === null) return body.append(...given);
        head.setAttribute("aria-sort", order);
        const text = (row) => row.cells[column].textContent.trim();
        body.append(...[...given].sort((a, b) => {
          const one = text(a), other = text(b);
          if (missing(one) || missing(other)) return missing(one) - missing(other);
          return compare(one, other) * (order === "ascending" ? 1 : -1);
        }));
        return undefined;
      });
    });
  }

  // ---- rows behind the cells of a confusion matrix, or of its largest cells

  const examples = document.querySelector("table[data-examples]");
  if (examples) {
    const rows = [...examples.tBodies[0].rows];
    const at = (name) => [...examples.tHead.rows[0].cells].findIndex((cell) => cell.textContent === name);
    const truth = at("truth"), predicted = at("predicted");
    const said = make("p", { role: "status", tabIndex: -1 });
    const all = make("button", { type: "button", hidden: true }, "Show all rows");
    const isOf = (row, t, p) => row.cells[truth].textContent === t && row.cells[predicted].textContent === p;
    const show = (fits, words) => {
      for (const row of rows) row.hidden = !fits(row);
      said.textContent = words;
      all.hidden = !words;
    };
    all.addEventListener("click", () => show(() => true, ""));
    examples.closest(".scroll").before(said, all);
    const open = (cell, t, p) => {
      const here = rows.filter((row) => isOf(row, t, p)).length;
      if (!here) return;
      const button = make("button", { type: "button" }, cell.textContent);
      button.setAttribute("aria-label", `${cell.textContent} rows of ${t}, predicted ${p}: show`);
      button.addEventListener("click", () => {
        examples.closest("details").open = true;
        show((row) => isOf(row, t, p), `${here} of the ${cell.textContent} rows whose true class is ${t} and `
          + `whose predicted class is ${p}`);
        said.focus();
      });
      cell.replaceChildren(button);
    };
    for (const table of document.querySelectorAll("table[data-matrix]")) {
      const lines = [...table.tBodies[0].rows], names = lines.map((row) => row.cells[0].dataset.name);
      lines.forEach((row, i) => names.forEach((name, j) => open(row.cells[j + 1], names[i], name)));
    }
    for (const table of document.querySelectorAll("table[data-pairs]")) {
      for (const { cells } of table.tBodies[0].rows) open(cells[2], cells[0].textContent, cells[1].textContent);
    }
  }

  // ---- charts

  const views = {};
  const redraw = [];
  const charts = make("div", { className: "charts" });
  const config = () => {
    const ink = getComputedStyle(document.body).color;
    const axis = { labelColor: ink, titleColor: ink, tickColor: ink, domainColor: ink, gridColor: "#8884" };
    return { axis, legend: { labelColor: ink, titleColor: ink }, title: { color: ink }, background: "transparent" };
  };
  const plain = (rows) => rows.map((row) => ({ ...row })); // Vega marks the objects that it is given
  const chart = (name, title, datasets, view = name, to = charts) => {
    const box = make("div");
    const figure = make("figure", { data: { chart: name } }, make("figcaption", {}, title), box);
    to.append(figure);
    const draw = () => {
      const spec = { ...CHARTS[name], description: `${title}: the same numbers are in the tables below` };
      views[view]?.finalize();
      const made = new vega.View(vega.parse(spec, config(), { ast: true }), {
        expr: evalcliInterpreter, renderer: "svg", container: box, hover: true, logLevel: vega.Warn,
      });
      views[view] = made;
      for (const [dataset, rows] of Object.entries(datasets())) made.data(dataset, plain(rows));
      made.addEventListener("click", (event, item) => {
        if (item?.mark.marktype === "symbol" && item.datum.place !== undefined) moveTo(item.datum.place);
      });
      made.run();
    };
    redraw.push(draw);
  };
  const cells = (table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((c) => c.textContent));
  const numbers = (table) => cells(table).map((row) => row.map((text) => (text === "" ? null : number(text))));

  // ---- one curve at a threshold

  const hasIntervals = z > 0;
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
    above: table.dataset.above,
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

  let curve = curves[0], place = 0, moveTo = () => {}, first = true, wanted = NaN;
  const MEANINGS = {
    precision: "tp / (tp + fp)", recall: "tp / (tp + fn)", specificity: "tn / (tn + fp)",
    npv: "negative predictive value, tn / (tn + fn)", accuracy: "(tp + tn) / all rows",
    predicted_positive_rate: "(tp + fp) / all rows", f1: "2 tp / (2 tp + fp + fn)",
    balanced_accuracy: "mean of recall and specificity", mcc: "Matthews correlation coefficient",
    tp: "true positives", fp: "false positives", fn: "false negatives", tn: "true negatives",
    "cost per row": "(cost of a false positive × fp + cost of a false negative × fn) / all rows",
  };
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
    const heads = ["metric", "value"];
    if (hasIntervals) heads.push(`${Number((100 * level).toPrecision(6))}% interval`);
    const head = make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text))));
    for (const name of new Set(curves.map((c) => c.name))) classes.append(make("option", { value: name }, name));
    const controls = make("div", { className: "controls" });
    if (classes.length > 1) controls.append(labelled(main.dataset.noun, classes));
    if (curves.some((c) => c.slice)) controls.append(labelled("slice", parts));
    controls.append(labelled("threshold", slider, "wide"), labelled("threshold as a number", typed),
      labelled("cost of a false positive", costFp), labelled("cost of a false negative", costFn), best);
    threshold.append(controls, said, make("div", { className: "beside" }, make("div", { className: "scroll" },
      make("table", { className: "l0", id: "figures" }, head, body)), charts));

    const fillSlices = () => {
      const own = curves.filter((c) => c.name === classes.value).map((c) => c.slice);
      parts.replaceChildren(...own.map((slice) => make("option", { value: slice }, slice || "all rows")));
    };
    const row = (name, value, interval = "") => make("tr", {},
      make("th", { scope: "row", title: MEANINGS[name] || "" }, name), make("td", { data: { figure: name } }, value),
      ...(hasIntervals ? [make("td", {}, interval)] : []));
    const cheapest = () => curve.points.reduce((a, b) => (costAt(curve, b) < costAt(curve, a) ? b : a));
    const wordsOf = (point) => {
      if (point.place === curve.given_place && curve.above !== undefined) return `above ${curve.above}`;
      return Number.isFinite(point.at) ? `at least ${point.label}` : "";
    };
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
      const of = `${main.dataset.noun} ${curve.name}${curve.slice ? ` in ${curve.slice}` : ""}`;
      const words = wordsOf(point);
      said.textContent = words ? `Rows whose score is ${words} are predicted as ${of}.`
        : `Rows predicted as ${of}: ${point.label}.`;
      if (first && curve.given === null) said.textContent += " To begin with, where false positives and false "
        + "negatives cost least; the report predicts in another way.";
      slider.value = place;
      slider.setAttribute("aria-valuetext", words || point.label);
      typed.value = Number.isFinite(point.at) ? point.label.replaceAll(",", "") : "";
      best.textContent = `Go to the lowest cost (${shown(costAt(curve, cheapest()))} per row)`;
      for (const name of ["roc", "pr", "cost"]) views[name].data("now", plain(now())).runAsync();
      for (const name of ["reliability", "scores"]) views[name]?.data("now", plain(here(name))).runAsync();
    };
    moveTo = (to) => {
      place = to;
      first = false;
      wanted = curve.points[to].at;
      update();
    };
    const at = (threshold) => { // the rows that score at least that
      const last = curve.points.findLastIndex((p) => p.at >= threshold);
      const every = curve.points.length - 1;
      if (last === -1) return 0;
      return threshold <= 0 && Number.isNaN(curve.points[every].at) && main.dataset.unit ? every : last;
    };
    const withCosts = () => curve.points.map((p) => ({ ...p, cost: costAt(curve, p) }))
      .filter((p) => Number.isFinite(p.at));
    const choose = () => {
      curve = curves.find((c) => c.name === classes.value && c.slice === (parts.value || "")) || curves[0];
      slider.max = curve.points.length - 1;
      curve.given_place = curve.given === null ? -1 : at(curve.given);
      if (!first && Number.isFinite(wanted)) place = at(wanted);
      else place = curve.given === null ? cheapest().place : curve.given_place;
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
      const threshold = Number(typed.value);
      if (typed.value === "" || !Number.isFinite(threshold)) update();
      else moveTo(at(threshold));
    });
    const recost = () => {
      for (const [name, input] of [["fp", costFp], ["fn", costFn]]) {
        const fits = input.value !== "" && input.checkValidity() && Number(input.value) < 1e100;
        input.setAttribute("aria-invalid", !fits);
        if (fits) costs[name] = Number(input.value);
      }
      views.cost.data("points", plain(withCosts())).runAsync();
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
      const title = bins("scores").dataset.name ? "scores: blue positive, grey negative rows"
        : "probability of the predicted class: blue right, grey wrong";
      chart("scores", title, () => ({ bins: binned(bins("scores")), now: here("scores") }));
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

  const report = () => {
    threshold.hidden = false;
    const begin = curves.length ? explorer() : () => redraw.forEach((draw) => draw());
    if (!curves.length) threshold.append(charts);
    others();
    begin();
  };

  // ---- a training run: curves of a metric and of its classes, and the matrix of an epoch

  const run = (place) => {
    place.hidden = false;
    const tables = [...document.querySelectorAll("table[data-metric]")];
    const read = (table) => {
      const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
      const splits = heads.filter((_, i) => i % 3 === 1);
      return numbers(table).flatMap(([epoch, ...rest]) => splits.map((split, i) => ({
        epoch, split, value: rest[3 * i], low: rest[3 * i + 1], high: rest[3 * i + 2],
      }))).filter((row) => row.value !== null);
    };
    const best = Number(main.dataset.best ?? NaN);
    const alike = (main.dataset.alike || "").split(" ").filter(Boolean).map(Number);
    const datasets = (table, metric) => () => {
      const points = read(table);
      return {
        points, bands: points.map((row) => ({ ...row, low: row.low ?? row.value, high: row.high ?? row.value })),
        best: points.filter((row) => row.epoch === best),
        alike: metric === main.dataset.by && !table.dataset.class
          ? alike.map((epoch) => ({ from: epoch - 0.5, to: epoch + 0.5 })) : [],
      };
    };
    const wholes = tables.filter((table) => !table.dataset.class);
    const ofClasses = [...new Set(tables.filter((t) => t.dataset.class).map((t) => t.dataset.metric))];
    const options = (names) => names.map((name) => make("option", { value: name }, name));
    const metrics = make("select", { id: "metric" }, ...options(wholes.map((table) => table.dataset.metric)));
    const byClass = make("select", { id: "class-metric" }, ...options(ofClasses));
    const whole = make("div", { className: "charts" }), small = make("div", { className: "charts" });
    const draws = (to, shown, titles) => {
      to.replaceChildren();
      shown.forEach((table, i) => {
        chart("history", titles[i], datasets(table, table.dataset.metric), `${to.id} ${i}`, to);
      });
    };
    whole.id = "whole";
    small.id = "small";
    const show = () => {
      redraw.length = 0;
      const names = (main.dataset.shown || "").split(" ").filter((name) => name && name !== metrics.value);
      const shown = [metrics.value, ...names].map((name) => wholes.find((t) => t.dataset.metric === name))
        .filter(Boolean);
      draws(whole, shown, shown.map((table) => table.dataset.metric));
      const parts = tables.filter((table) => table.dataset.class && table.dataset.metric === byClass.value);
      const last = (table) => read(table).at(-1)?.value ?? 0;
      const kept = new Set([...parts].sort((a, b) => last(a) - last(b)).slice(0, 20)); // the worst of very many
      const few = parts.filter((table) => kept.has(table));
      draws(small, few, few.map((table) => `${table.dataset.metric} of ${table.dataset.class}`));
      if (few.length < parts.length) {
        small.prepend(make("p", {}, `The ${few.length} of ${parts.length} classes whose last value is lowest.`));
      }
      for (const draw of redraw) draw();
    };
    const labelled = (text, input) => make("label", {}, text, input);
    place.append(make("div", { className: "controls" }, labelled("metric", metrics)), whole);
    if (ofClasses.length) {
      place.append(make("div", { className: "controls" }, labelled("of each class", byClass)), small);
      byClass.value = ofClasses.includes("f1") ? "f1" : ofClasses[0];
    }
    metrics.value = main.dataset.by || metrics.value;
    metrics.addEventListener("change", show);
    byClass.addEventListener("change", show);
    show();
  };
  const epochs = (place) => {
    const parts = [...document.querySelectorAll("details[data-epoch]")];
    const slider = make("input", { type: "range", min: 0, max: parts.length - 1, step: 1, id: "epoch" });
    const said = make("output", { htmlFor: "epoch" });
    const show = () => {
      const { epoch, mark } = parts[slider.value].dataset;
      said.textContent = `epoch ${epoch}${mark || ""}`;
      slider.setAttribute("aria-valuetext", said.textContent);
      parts.forEach((part, i) => {
        part.hidden = i !== Number(slider.value);
        part.open = !part.hidden;
      });
    };
    slider.value = Math.max(parts.findIndex((part) => part.dataset.epoch === main.dataset.best), 0);
    slider.addEventListener("input", show);
    place.hidden = false;
    place.append(make("div", { className: "controls" }, make("label", { className: "wide" }, "epoch", slider), said));
    show();
  };

  const threshold = document.querySelector("#threshold");
  const history = document.querySelector("#history"), matrices = document.querySelector("#epochs");
  if (matrices) epochs(matrices);
  if (history) run(history);
  if (threshold) report();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw.forEach((draw) => draw()));
})();
