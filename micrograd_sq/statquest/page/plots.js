// ---- Plots: axes that fit their place and their range; D3 makes scales, axes and curves
class Plot {
  constructor(container, xName, yName) {
    this.svg = make(container, "svg", { class: "plot", role: "group", "aria-label": yName });
    this.axes = ["x", "y"].map(kind => make(this.svg, "g", { class: `axis ${kind}` }));
    this.area = make(this.svg, "svg", { overflow: "hidden" });
    this.xName = make(this.svg, "text", { class: "soft", "text-anchor": "end" }, xName);
    this.yName = make(this.svg, "text", { class: "soft", x: 4, y: 13 }, yName);
    this.told = make(container, "p", { class: "hidden" });
    [this.x, this.y] = [d3.scaleLinear(), d3.scaleLinear()];
    [this.width, this.height, this.em] = [0, 0, 13];
    new ResizeObserver(() => this.measure()).observe(this.svg);
  }
  measure() {
    [this.width, this.height, this.drawn] = [this.svg.clientWidth, this.svg.clientHeight, ""];
    this.em = parseFloat(getComputedStyle(this.xName).fontSize) || 13; // a page that is being left has no styles
    wake();
  }
  get visible() { return this.width > 40 && this.height > 40; }
  fit(left, right, bottom, top) {
    const { em } = this, inset = this.svg.closest(".second"), box = inset // without letters
      ? { x: 4, y: 8, width: this.width - 8, height: this.height - 16 }
      : { x: 3.8 * em, y: 2 * em, width: Math.max(20, this.width - 4.7 * em), height: Math.max(20, this.height - 5 * em) };
    this.box = box;
    if (this.held) [left, right, bottom, top] = this.held; // nothing moves away under the hand
    this.x.domain([left, right]).range([0, box.width]);
    this.y.domain([bottom, top]).range([box.height, 0]);
    const drawn = [left, right, bottom, top, ...Object.values(box)].join();
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    set(this.area, box);
    set(this.xName, { x: box.x + box.width, y: this.height - 0.4 * em });
    set(this.yName, { y: 1.1 * em });
    const short = number => Math.abs(number) >= 1e5 ? number.toExponential(1).replace(".0", "").replace(/e\+(\d+)/, " × 10^$1") : String(Number(number.toPrecision(6)));
    const [x, y] = [d3.axisBottom(this.x).ticks(Math.max(2, box.width / 110)), d3.axisLeft(this.y).ticks(Math.max(2, box.height / 130)).tickSize(-box.width)];
    if (this.ticks) x.tickValues(this.ticks);
    if (this.levels) y.tickValues(this.levels);
    d3.select(this.axes[0]).attr("transform", `translate(${box.x} ${box.y + box.height})`).call(x.tickFormat(short));
    d3.select(this.axes[1]).attr("transform", `translate(${box.x} ${box.y})`).call(y.tickFormat(this.format ?? short));
  }
  grip(label, by, put) { // the handle is a slider for the keyboard
    set(this.handle, { role: "slider", tabindex: 0, "aria-label": label });
    this.handle.addEventListener("keydown", event => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!step || !this.show.has("handle")) return;
      event.preventDefault();
      put(step * by);
    });
  }
  gripped(value, shown) {
    set(this.handle, { "aria-valuenow": value, "aria-valuemin": -20, "aria-valuemax": 20, "aria-valuetext": `${digits(value)}, SSR ${ssrDigits(lesson.ssr[0])}`, tabindex: shown ? 0 : -1 });
  }
  path(left, right, y, count = 120) {
    const points = Array.from({ length: count + 1 }, (_, place) => left + (right - left) * place / count).map(x => [x, y(x)]);
    return d3.line(([x]) => this.across(x), ([, at]) => this.level(at)).defined(([, at]) => Number.isFinite(at)).digits(1)(points) || "M0 0";
  }
  across(x) { return near(this.x(x)); }
  level(y) { return near(this.y(y)); }
  dragged(cursor, put) { // by pointer, with what it points at in the plot's own numbers
    this.svg.classList.add(cursor);
    const act = event => {
      if (event.type === "pointerdown") this.svg.setPointerCapture(event.pointerId);
      else if (!this.svg.hasPointerCapture(event.pointerId)) return;
      const { left, top } = this.svg.getBoundingClientRect();
      if (event.type === "pointerdown") this.held = [...this.x.domain(), ...this.y.domain()];
      put(this.x.invert(event.clientX - left - this.box.x), this.y.invert(event.clientY - top - this.box.y), event.type === "pointerdown");
    };
    for (const kind of ["pointerdown", "pointermove"]) this.svg.addEventListener(kind, act);
    for (const kind of ["pointerup", "pointercancel"]) this.svg.addEventListener(kind, () => { this.held = null; wake(); });
  }
}
function ceiling(number) { // the next number that reads well on an axis
  const power = 10 ** Math.floor(Math.log10(number));
  return power * ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(times => times * power >= number * 0.9999) ?? 10);
}

class Squiggle extends Plot {
  constructor(container) {
    super(container, "dosage", "effectiveness");
    const add = (name, attributes, text) => make(this.area, name, attributes, text);
    this.line = add("line", { class: "chosen-dosage" });
    this.curves = { orange: add("path", { class: "curve orange" }), blue: add("path", { class: "curve blue" }), green: add("path", { class: "curve green" }) };
    this.names = Object.fromEntries(Object.entries({ orange: "orange", blue: "blue", green: "squiggle" }).map(([kind, text]) => [kind, add("text", { class: `curve-name ${kind}` }, text)]));
    this.residuals = data.dosages.map(() => add("line", { class: "residual" }));
    this.sizes = data.dosages.map((_, k) => add("text", { class: "size", "text-anchor": k === 2 ? "end" : "start" }));
    this.people = data.dosages.map((_, k) => add("text", { class: "size", "text-anchor": ["start", "middle", "end"][k] }));
    this.ticks = data.dosages;
    this.fitted = data.dosages.map(() => add("circle", { class: "fitted", r: 4.5 }));
    this.points = data.dosages.map(() => add("circle", { class: "point", r: 7 }));
    this.handle = add("g", { class: "handle" });
    make(this.handle, "circle", { class: "pulse", r: 16 });
    make(this.handle, "circle", { r: 16 });
    make(this.handle, "path", { d: "M0 -8L4 -3H-4ZM0 8L4 3H-4Z" });
    this.grip("The height of the curve, b3", 0.05, by => move(lesson.values[B3] + by));
    const move = b3 => {
      lesson.put(B3, Math.max(-20, Math.min(20, Math.round(b3 * 100) / 100)));
      happened.add("pull");
    };
    let grip = 0;
    this.dragged("ns", (_, y, first) => {
      if (!this.show.has("handle")) return;
      if (first) grip = y - lesson.values[B3];
      else move(y - grip);
    });
    this.show = new Set();
  }
  draw(show) { // what is shown: points, curves, green, residuals, handle
    this.show = show;
    if (!this.visible) return;
    this.svg.classList.toggle("fixed", !show.has("handle"));
    const at = curve => dosage => curve(...lesson.shown, dosage)[0];
    const curves = { blue: at(blueCurve), orange: at(orangeCurve), green: at(squiggle) };
    let [bottom, top] = show.has("green") || show.has("curves") ? [-3, 1.5] : [-0.5, 1.5];
    if (show.has("green") || show.has("curves")) for (const curve of Object.values(curves))
      for (let dosage = 0; dosage <= 1; dosage += 0.125) {
        const y = curve(dosage);
        if (y > top - 0.2) top = y < 5 ? Math.ceil(2 * y + 0.4) / 2 : ceiling(y * 1.1);
        if (y < bottom + 0.2) bottom = y > -5 ? -Math.ceil(-2 * y + 0.4) / 2 : -ceiling(-y * 1.1);
      }
    const inset = this.svg.closest(".second"), beyond = inset ? 0.25 : 0.06; // so that no dot is cut
    if (inset) [bottom, top] = [-3.2, 3.5]; // a small picture keeps its scale
    this.fit(-beyond, 1 + beyond, Math.max(bottom, -1e18), Math.min(top, 1e18));
    for (const [name, curve] of Object.entries(curves)) {
      const shown = show.has("curves") || name === "green" && show.has("green");
      set(this.curves[name], { d: shown ? this.path(-beyond, 1 + beyond, curve) : "M0 0" });
    }
    this.nameCurves(curves, show);
    set(this.line, { x1: this.x(lesson.flowing), x2: this.x(lesson.flowing), y1: 0, y2: this.box.height, visibility: show.has("flow") ? "visible" : "hidden" });
    data.dosages.forEach((dosage, k) => {
      const x = this.x(dosage), seen = this.y(data.observed[k]), predicted = this.level(curves.green(dosage));
      const residual = data.observed[k] - squiggle(...lesson.values, dosage)[0];
      const shown = show.has("residuals"), away = k === 2 ? -9 : 9;
      set(this.residuals[k], { x1: x, x2: x, y1: seen, y2: predicted, visibility: shown ? "visible" : "hidden" });
      set(this.sizes[k], { x: x + away, y: (seen + predicted) / 2 + 4, visibility: !show.has("sizes") || Math.abs(seen - predicted) < 24 ? "hidden" : "visible" });
      say(this.sizes[k], digits(residual));
      set(this.fitted[k], { cx: x, cy: predicted, visibility: show.has("green") || show.has("curves") ? "visible" : "hidden" });
      set(this.points[k], { cx: x, cy: seen });
      set(this.people[k], { x: x + [10, 0, -10][k], y: k === 1 ? seen - 14 : seen + 2 * this.em, visibility: show.has("people") ? "visible" : "hidden" });
      say(this.people[k], `${this.box.width > 420 ? ["low dose: ", "middle dose: ", "high dose: "][k] : ""}${data.observed[k] ? "cured" : "no effect"}`);
    });
    set(this.handle, { transform: `translate(${this.x(0.25)} ${Math.max(14, Math.min(this.box.height - 14, this.level(curves.green(0.25))))})`, visibility: show.has("handle") ? "visible" : "hidden" });
    this.gripped(lesson.values[B3], show.has("handle"));
    set(this.svg, { "aria-label": `Three dots, the observed effectiveness${show.has("green") ? ", and the green squiggle, the prediction" : ""}` });
    say(this.told, data.dosages.map((dosage, k) => `At dosage ${dosage}, observed ${data.observed[k]}${show.has("green") ? `, predicted ${digits(curves.green(dosage))}` : ""}.`).join(" "));
  }
  nameCurves(curves, show) { // each where it is furthest from the others, and from the dots
    const wanted = Object.keys(curves).filter(name => show.has("curves") || name === "green" && show.has("green") && !show.has("people"));
    for (const name of Object.keys(this.names)) {
      set(this.names[name], { visibility: wanted.includes(name) ? "visible" : "hidden" });
      if (!wanted.includes(name)) continue;
      let best = { room: -Infinity };
      for (const dosage of [0.1, 0.18, 0.32, 0.4, 0.62, 0.7, 0.78, 0.86]) {
        const x = this.x(dosage), y = this.level(curves[name](dosage)) - 13;
        const others = wanted.filter(other => other !== name).flatMap(other => [0, 0.06].map(on => Math.abs(this.level(curves[other](dosage + on)) - y)));
        const dots = data.dosages.map((at, k) => Math.hypot(this.x(at) - x, this.y(data.observed[k]) - y));
        if (show.has("handle")) dots.push(Math.hypot(this.x(0.25) - x, this.level(curves.green(0.25)) - y) - 30);
        const room = Math.min(60, ...others, ...dots, y - 8, this.box.height - y);
        if (room > best.room + 3) best = { room, x, y, anchor: dosage > 0.5 ? "end" : "start" };
      }
      set(this.names[name], { x: best.x ?? 0, y: best.y ?? 0, "text-anchor": best.anchor ?? "start", visibility: best.room > 9 ? "visible" : "hidden" }); // curves may lie upon each other
    }
  }
}

class Ssr extends Plot { // the SSR against one parameter: the pink curve
  constructor(container) {
    super(container, "", "SSR");
    this.curve = make(this.area, "path", { class: "curve pink" });
    this.dots = make(this.area, "path", { class: "visited" });
    this.tangents = make(this.area, "g");
    this.tangent = make(this.area, "line", { class: "tangent" });
    this.trail = make(this.area, "path", { class: "trail" });
    this.taken = make(this.area, "g");
    this.handle = make(this.area, "g", { class: "handle" });
    make(this.handle, "circle", { r: 13 });
    make(this.handle, "path", { d: "M-8 0L-3 -4V4ZM8 0L3 -4V4Z" });
    this.grip("The parameter of the curve", 0.05, by => lesson.put(this.which, Math.round((lesson.values[this.which] + by) * 100) / 100));
    this.visits = []; // where the reader has been
    this.which = B3;
    this.show = new Set();
    this.dragged("ew", x => { if (this.show.has("handle")) lesson.put(this.which, Math.round(x * 100) / 100); });
  }
  range(at, here) { // the minimum in the middle, and the present place in it, and where the steps have been
    const visited = [...lesson.steps.slice(-300).map(step => step.values[this.which]), here];
    if (this.kept && visited.every(x => x > this.kept[0] && x < this.kept[1]) && (lesson.steps.length || this.show.has("visits"))) return this.kept;
    const tried = Array.from({ length: 49 }, (_, place) => place / 4 - 6);
    const lowest = tried.reduce((one, other) => at(other)[0] < at(one)[0] ? other : one);
    const middle = Math.abs(lowest) < 6 ? lowest : here, half = Math.min(1e15, Math.max(3, ...visited.map(x => Math.abs(x - middle) + 0.5)));
    return this.kept = [Math.floor(2 * (middle - half)) / 2, Math.ceil(2 * (middle + half)) / 2];
  }
  draw(show) { // what is shown: curve, visits, tangent, trail, handle
    this.show = show;
    if (!this.visible) return;
    const { which } = this, values = [...lesson.shown], at = value => { values[which] = value; return ssr(...values); };
    const here = lesson.shown[which], [loss, slopes] = at(here), slope = slopes[which], [left, right] = this.range(at, here);
    this.svg.classList.toggle("fixed", !show.has("handle"));
    const sampled = Array.from({ length: 17 }, (_, place) => at(left + (right - left) * place / 16)[0]).filter(Number.isFinite).sort((one, other) => one - other);
    const usual = sampled[Math.floor(sampled.length * 0.6)] ?? 1, height = Math.max(0.5, 1.25 * Math.min(1e18, Math.max(loss || 0, ...lesson.steps.slice(-20).map(step => step.loss), lesson.steps.length ? 0 : usual)));
    const top = this.top = lesson.steps.length || show.has("visits") ? Math.max(this.top ?? 0, ceiling(height)) : ceiling(height);
    this.fit(left, right, -0.04 * top, top);
    say(this.xName, cut(data.labels[which], 30));
    set(this.curve, { d: show.has("curve") ? this.path(left, right, value => at(value)[0], 160) : "M0 0" });
    if (show.has("visits")) {
      const last = this.visits.at(-1);
      if (last === undefined || Math.abs(last - here) > 1e-9) this.visits.push(here);
      if (this.visits.length > 2000) this.visits.shift();
    }
    set(this.dots, { d: show.has("visits") ? this.visits.map(x => `M${this.across(x).toFixed(1)} ${this.level(at(x)[0]).toFixed(1)}h0`).join("") || "M0 0" : "M0 0" });
    this.line(this.tangent, here, loss, slope, show.has("tangent") && Number.isFinite(loss + slope));
    const dots = []; // a dot for each step, but for those that lie upon each other
    const taken = lesson.steps.length > 300 ? [...lesson.steps.slice(0, 60), ...lesson.steps.slice(-240)] : lesson.steps;
    for (const step of show.has("trail") ? taken : []) {
      const x = this.across(step.values[which]), y = this.level(step.loss), before = dots.at(-1);
      if (!before || Math.hypot(x - before.x, y - before.y) >= 6) dots.push({ x, y, step });
    }
    const match = (parent, name, attributes, count) => {
      while (parent.childElementCount < count) make(parent, name, attributes);
      while (parent.childElementCount > count) parent.lastChild.remove();
    };
    match(this.taken, "circle", { class: "taken", r: 4 }, dots.length);
    match(this.tangents, "line", { class: "tangent past" }, lesson.finding.size === 1 ? Math.min(dots.length, 12) : 0);
    dots.forEach(({ x, y, step }, place) => {
      set(this.taken.children[place], { cx: x, cy: y });
      if (this.tangents.children[place]) this.line(this.tangents.children[place], step.values[which], step.loss, step.slopes[which], true);
    });
    const path = dots.map(({ x, y }, place) => `${place ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    set(this.trail, { d: path ? `${path}L${this.across(here).toFixed(1)} ${this.level(loss).toFixed(1)}` : "M0 0" });
    set(this.handle, { transform: `translate(${this.across(here)} ${this.level(loss)})`, class: show.has("handle") ? "handle" : "handle still" });
    this.gripped(lesson.values[which], show.has("handle"));
    set(this.svg, { "aria-label": `The SSR for each value of ${data.labels[which]}` });
    say(this.told, `At ${data.labels[which]} = ${digits(lesson.values[which])} the SSR is ${ssrDigits(lesson.ssr[0])}${show.has("tangent") ? ` and the slope ${digits(lesson.ssr[1][which])}` : ""}.`);
  }
  line(element, x, y, slope, shown) { // a tangent of 90 pixels to each side, however steep
    const reach = 90 / Math.hypot(this.x(1) - this.x(0), this.y(slope) - this.y(0)) || 0;
    set(element, { x1: this.across(x - reach), y1: this.level(y - slope * reach), x2: this.across(x + reach), y2: this.level(y + slope * reach), visibility: shown ? "visible" : "hidden" });
  }
}

class Journey extends Plot { // each SSR that the reader has seen, as powers of ten
  constructor(container) {
    super(container, "every change that you made", "SSR");
    this.line = make(this.area, "path", { class: "curve pink" });
    this.dot = make(this.area, "circle", { class: "point", r: 7 });
    this.ticks = [];
    this.format = power => power > 4 || power < -4 ? `10^${power}` : String(Number((10 ** power).toPrecision(1)));
    this.seen = [];
    this.sent = 0;
    try {
      const { seen, sent } = JSON.parse(sessionStorage.getItem("journey") ?? "{}");
      if (seen) Object.assign(this, { seen, sent });
      addEventListener("pagehide", () => sessionStorage.setItem("journey", JSON.stringify({ seen: this.seen, sent: this.sent })));
    } catch { /* a page without a storage begins again */ }
  }
  note() {
    const [now] = lesson.ssr;
    if (sectionOf(active).id === "end" || printing || !Number.isFinite(now) || now === this.seen.at(-1)) return;
    if (this.chapter !== (this.chapter = sectionOf(active).id)) this.entry = now; // not the reader's
    if (now === this.entry) return;
    if (this.entry !== null) this.seen.push(null, this.entry); // a gap in the line
    this.entry = null;
    this.seen.push(now);
    if (this.seen.length > 2000) this.seen = this.seen.filter((_, place) => place % 2 === 0); // every second one will do
  }
  draw() {
    if (!this.visible) return;
    const powers = this.seen.map(each => each === null ? NaN : Math.log10(Math.max(each, 1e-9))), known = powers.filter(Number.isFinite);
    const [bottom, top] = [Math.floor(Math.min(-1, ...known)), Math.ceil(Math.max(1, ...known))];
    this.levels = Array.from({ length: top - bottom + 1 }, (_, k) => bottom + k);
    this.fit(0, Math.max(1, 1.03 * powers.length), bottom, top);
    set(this.line, { d: d3.line((_, place) => this.across(place), power => this.level(power)).defined(Number.isFinite).digits(1)(powers) || "M0 0" });
    set(this.dot, { cx: this.across(powers.length - 1), cy: this.level(powers.at(-1) ?? 0) });
  }
}

let celebrating = false;
function celebrate(here) { // once the curve fits, in the first chapter
  const fits = here && lesson.ssr[0] < 0.1;
  document.body.classList.toggle("fits-now", fits);
  if (fits && !celebrating && !calm.matches) {
    const { svg, box } = squigglePlot, begun = performance.now(), colours = ["blue", "orange", "green", "pink"];
    const paper = Array.from({ length: 48 }, (_, k) => ({
      dot: make(svg, "circle", { class: `paper ${colours[k % 4]}`, r: 3 + k % 3 }),
      angle: 2 * Math.PI * Math.random(), speed: 0.15 + 0.35 * Math.random(),
    }));
    frames.moving.add(time => {
      const t = Math.max(0, time - begun);
      for (const { dot, angle, speed } of paper) {
        set(dot, { cx: near(box.x + box.width / 2 + Math.cos(angle) * speed * t), cy: near(box.y + box.height / 2 + Math.sin(angle) * speed * t + 0.0004 * t * t), opacity: 1 - t / 1400 });
        if (t >= 1400) dot.remove();
      }
      return t < 1400;
    });
  }
  celebrating = fits;
}
