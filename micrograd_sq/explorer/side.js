// ---- Next to the picture: the leaves' sliders, the program, and the picked Value
const rounded = number => Number(number.toPrecision(12));
class Leaves {
  constructor(container, model, changed) {
    Object.assign(this, { model, changed });
    container.classList.add("leaves");
    const byRole = ["find", "optimised", ""].flatMap(role => model.labelled.filter(leaf => model.nodes[leaf].role === role));
    this.rows = byRole.map(leaf => this.row(container, leaf));
    if (!this.rows.length) make(container, "p", { class: "note" }, "No leaf has a label. Write Value(2.0, \"a\") to get a slider for a.");
  }
  row(container, leaf) {
    const { model } = this, label = model.nodes[leaf].label, line = make(container, "div", { class: `leaf ${model.nodes[leaf].role}` });
    const field = (parent, name) => make(parent, "input", { type: "number", step: "any", "aria-label": name });
    make(line, "b", { title: label }, model.name(leaf));
    const number = field(line, `${label}, a number`), slider = make(line, "input", { type: "range", step: "any", "aria-label": label });
    const unfold = make(line, "button", { type: "button", "aria-expanded": false, "aria-label": `range of ${label}` }, "range");
    const fold = make(line, "div", { class: "range note", hidden: "" });
    make(fold, "span", {}, "from");
    const least = field(fold, `least value of ${label}`);
    make(fold, "span", {}, "to");
    const most = field(fold, `greatest value of ${label}`), row = { leaf, number, slider, least, most, start: model.number(leaf) };
    this.around(row);
    unfold.addEventListener("click", () => set(unfold, { "aria-expanded": !(fold.hidden = !fold.hidden) }));
    slider.addEventListener("input", () => this.put(leaf, rounded(Math.round(slider.valueAsNumber / row.step) * row.step)));
    slider.addEventListener("keydown", event => { // by steps that change the digits
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.put(leaf, rounded(model.number(leaf) + by * row.step));
    });
    number.addEventListener("input", () => {
      set(number, { "aria-invalid": !Number.isFinite(number.valueAsNumber) });
      this.put(leaf, number.valueAsNumber);
      number.typed = model.number(leaf); // the field keeps the text while this is the number
    });
    for (const kind of ["change", "blur"]) number.addEventListener(kind, () => {
      number.typed = null;
      set(number, { "aria-invalid": false });
      if (!row.chosen) this.around(row);
      wake();
    });
    for (const end of [least, most]) end.addEventListener("change", () => {
      const [from, to] = [least.valueAsNumber, most.valueAsNumber], good = from < to && Number.isFinite(to - from);
      set(end, { "aria-invalid": !good });
      if (!good) return;
      row.chosen = true;
      this.range(row, from, to);
      this.put(leaf, Math.max(from, Math.min(to, model.number(leaf))));
    });
    return row;
  }
  put(leaf, number) {
    if (!Number.isFinite(number)) return;
    this.model.put(leaf, number);
    this.changed();
  }
  range(row, from, to) {
    row.step = 10 ** Math.floor(Math.log10((to - from) / 500));
    set(row.slider, { min: from, max: to });
  }
  around(row) { // a range around the number, with the same space on both sides
    const middle = this.model.number(row.leaf), reach = Math.max(3, Math.min(2 * Math.abs(middle) || 0, Number.MAX_VALUE / 4));
    const step = 10 ** Math.floor(Math.log10(reach / 250)), start = Number.isFinite(middle) ? rounded(Math.round(middle / step) * step) : 0;
    row.chosen = false;
    this.range(row, start - reach, start + reach);
  }
  reset() {
    for (const row of this.rows) {
      this.model.put(row.leaf, row.start);
      this.around(row);
    }
  }
  draw() {
    for (const { leaf, number, slider, least, most } of this.rows) {
      const value = this.model.number(leaf), text = document.activeElement === number ? String(value) : String(Number(value.toPrecision(7)));
      if (number.typed !== value) number.typed = null;
      if (!Number.isFinite(value)) { // neither the field nor the slider can show it
        if (number.typed === null && number.value) number.value = "";
        continue;
      }
      if (number.typed === null && number.value !== text) number.value = text;
      if (value < Number(slider.min)) slider.min = String(value);
      if (value > Number(slider.max)) slider.max = String(value);
      if (slider.valueAsNumber !== value) slider.value = String(value);
      for (const [end, limit] of [[least, slider.min], [most, slider.max]])
        if (document.activeElement !== end && end.valueAsNumber !== Number(limit)) [end.value, end.ariaInvalid] = [limit, "false"];
    }
  }
}

const inPython = number => Number.isFinite(number) ? String(number) : `float("${four(number)}")`;
class Code {
  constructor(container, model, pick) {
    this.model = model;
    this.list = make(container, "div", { class: "code", role: "listbox", tabindex: 0, "aria-label": "The program of the graph, line by line; arrow keys pick a line" });
    this.lines = [];
    const add = ([text, of, sender, side], kind) => {
      const item = make(this.list, "div", { role: "option", id: `${model.id}-line-${this.lines.length}`, class: kind, [kind === "gradient" ? "data-gradient-of" : "data-line-of"]: of });
      const code = make(item, "code", {}, text), number = make(item, "span", { class: "live" });
      const line = { item, code, number, text, of, sender, side, kind };
      item.addEventListener("click", () => pick(of));
      this.lines.push(line);
    };
    const comment = text => make(this.list, "div", { class: "comment", role: "presentation" }, text);
    for (const line of model.leaves) add(line, "leaf");
    if (model.forward.length) comment("# forward");
    for (const line of model.forward) add(line, "forward");
    comment("# backward");
    for (const line of model.backward) add(line, "gradient");
    this.at = -1;
    this.list.addEventListener("keydown", event => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.at = Math.max(0, Math.min(this.lines.length - 1, this.at + by));
      set(this.list, { "aria-activedescendant": this.lines[this.at].item.id });
      pick(this.lines[this.at].of);
      this.lines[this.at].item.scrollIntoView({ block: "nearest" });
    });
  }
  draw(seen, picked, arrow = null) { // arrow: the one below the pointer
    const { model } = this;
    let first = null;
    if (this.early !== model.early) { // in the order in which they run
      this.early = model.early;
      const turn = new Map(model.senders.map((node, place) => [node, place]));
      const backward = this.lines.filter(line => line.kind === "gradient").sort((one, other) => (turn.get(one.sender) ?? -1) - (turn.get(other.sender) ?? -1));
      for (const { item } of backward) this.list.append(item);
    }
    const { after } = model.sent(model.senders.slice(0, Math.max(0, model.place - model.BACKWARD)));
    for (const { item, code, number, text, of, sender, side, kind } of this.lines) {
      let shown = "", lit = false;
      if (kind === "forward") {
        if (seen.known.has(of)) shown = four(model.data[of]);
        lit = !arrow && of === seen.lit && !seen.backward;
      } else if (kind === "gradient" && sender < 0) {
        if (seen.backward) shown = "1";
        lit = arrow ? arrow.to < 0 : model.place === model.BACKWARD;
      } else if (kind === "gradient") {
        const sum = after.get(`${sender}_${side}`);
        if (sum !== undefined && !model.hidden?.has(of)) shown = four(sum);
        lit = arrow ? sender === arrow.to && side === arrow.side : sum !== undefined && sender === seen.lit && seen.shares.length > 0;
      }
      if (kind === "leaf") say(code, text + inPython(model.number(of)));
      say(number, shown);
      dress(item, `${kind}${lit ? " lit" : ""}${of === picked ? " picked" : ""}`);
      const selected = String(of === picked);
      if (item.selected !== selected) set(item, { "aria-selected": item.selected = selected });
      if (lit) first ??= item;
    }
    const lineOf = () => seen.done ? this.lines.findLast(line => line.of === picked) : this.lines.find(line => line.of === picked);
    const goal = first ?? (this.picked === picked ? null : lineOf()?.item);
    this.picked = picked;
    if (goal && goal !== this.goal) { // scroll the list, never the page
      const top = goal.offsetTop, { scrollTop, clientHeight } = this.list;
      if (top < scrollTop || top + 50 > scrollTop + clientHeight) this.list.scrollTop = top - clientHeight / 2;
    }
    this.goal = goal;
  }
}

const MOST_WAYS = 12;
class Picked {
  constructor(container, model, changed, moves = () => true) { // which leaves can be nudged
    Object.assign(this, { container, model, changed, moves, nudged: null });
    container.classList.add("picked-value");
    this.head = make(container, "h2", {}, "The picked Value");
    this.nudge = make(container, "button", { type: "button", class: "nudge" }, "nudge");
    this.moved = make(container, "p", { role: "status" });
    this.list = make(container, "ol", { class: "ways" });
    this.nudge.addEventListener("click", () => {
      const { model, node } = this, before = model.data[model.root], from = model.number(node), to = Number((from + 0.01).toPrecision(15));
      model.put(node, to);
      const by = model.data[model.root] - before;
      model.put(node, from); // only a try
      this.nudged = { node, numbers: model.numbers.join(), to, by };
      this.changed();
    });
  }
  ways(node) {
    if (this.waysOf !== node) [this.waysOf, this.found] = [node, this.model.ways(node, MOST_WAYS)];
    return this.found;
  }
  draw(seen, node) {
    const { model } = this, name = node === null ? "" : model.name(node), result = model.result();
    this.node = node;
    this.container.hidden = node === null;
    if (node === null) return;
    const leaf = model.leafPlaces.includes(node), ways = this.ways(node);
    const parts = ways.map(way => way.map(({ to, side }) => seen.known.has(to) ? model.derivatives[to][side] : null));
    const complete = seen.arrived[node] >= Math.max(1, model.uses[node].length), whole = complete && !model.early;
    this.nudge.hidden = !leaf || node === model.root || !model.nodes[node].label || !this.moves(node);
    this.nudge.disabled = Boolean(model.problem);
    say(this.nudge, `nudge ${cut(name, 20)} by 0.01`);
    say(this.head, `d ${cut(result, 20)} / d ${cut(name, 20)}${node === model.root ? " = 1" : ": one product per path"}`);
    const { nudged } = this;
    if (nudged && nudged.node === node && nudged.numbers === model.numbers.join() && !model.problem) {
      const gradient = model.gradients[node];
      say(this.moved, `If ${name} changes from ${Number(model.number(node).toPrecision(7))} to ${Number(nudged.to.toPrecision(7))}, ${result} changes by ${four(nudged.by)}. The gradient says ${factor(gradient)} × 0.01 = ${four(gradient * 0.01)}.`);
    } else say(this.moved, "");
    const total = model.countWays(node), lines = [];
    if (node === model.root) lines.push(["", "The backward pass begins at the result."]);
    else {
      ways.forEach((way, place) => {
        const known = parts[place].every(part => part !== null), product = multiplied(parts[place]);
        const shown = multiplied(parts[place].map(part => Number(four(part ?? 0))));
        const path = [name, ...way.map(({ to }) => model.name(to))].reverse().join(" ← ");
        const factors = parts[place].map(part => part === null ? "…" : factor(part)).reverse().join(" × ");
        lines.push([path, `${factors}${parts[place].length > 1 && known && whole ? ` ${equals(shown, product)} ${four(product)}` : ""}`]);
      });
      if (total > ways.length) lines.push(["", `and ${total < 1e6 ? total - ways.length : "very many"} more paths`]);
      lines.push(["", `d ${result} / d ${name} = ${complete ? four(seen.sums[node]) : "…"}${complete && model.early ? `, passed on too early. The right gradient is ${four(model.gradients[node])}` : ""}${total > 1 && !model.early ? ", the sum over all paths" : ""}`]);
    }
    const text = JSON.stringify(lines);
    if (this.shown === text) return;
    this.shown = text;
    this.list.replaceChildren();
    for (const [path, product] of lines) {
      const item = make(this.list, "li");
      if (path.length) make(item, "span", { class: "note" }, `${path}: `);
      make(item, "span", { class: "product" }, product);
    }
  }
}
