// ---- What stands beside the picture: the leaves' sliders, the program, and the Value that is picked
class Leaves {
  constructor(container, model, changed) {
    this.model = model;
    container.classList.add("leaves");
    const byRole = [...model.labelled].sort((one, other) => (model.nodes[other].role === "find") - (model.nodes[one].role === "find"));
    this.rows = byRole.map(leaf => {
      const label = model.nodes[leaf].label, row = make(container, "div", { class: `leaf ${model.nodes[leaf].role}` });
      make(row, "b", { title: label }, model.name(leaf));
      const number = make(row, "input", { type: "number", step: "any", "aria-label": `${label}, a number` });
      const slider = make(row, "input", { type: "range", step: "any", "aria-label": label });
      let step;
      const around = middle => { // a range with room to both sides, and steps that one can see
        const reach = Math.max(3, Math.min(2 * Math.abs(middle) || 0, Number.MAX_VALUE / 4));
        step = 10 ** Math.floor(Math.log10(reach / 250));
        const start = Number.isFinite(middle) ? Number((Math.round(middle / step) * step).toPrecision(12)) : 0;
        set(slider, { min: start - reach, max: start + reach });
      };
      around(model.number(leaf));
      const put = to => {
        if (!Number.isFinite(to)) return;
        model.put(leaf, to);
        changed();
      };
      slider.addEventListener("input", () => put(Number((Math.round(slider.valueAsNumber / step) * step).toPrecision(12))));
      slider.addEventListener("keydown", event => { // by steps that one can see
        const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
        if (!by) return;
        event.preventDefault();
        put(Number((model.number(leaf) + by * step).toPrecision(12)));
      });
      number.addEventListener("input", () => {
        const to = number.valueAsNumber;
        set(number, { "aria-invalid": !Number.isFinite(to) });
        if (Number.isFinite(to)) put(to);
        number.typed = model.number(leaf); // as long as that is its number
      });
      for (const kind of ["change", "blur"]) number.addEventListener(kind, () => { // an edit that was undone is no change
        number.typed = null;
        set(number, { "aria-invalid": false });
        around(model.number(leaf));
        wake();
      });
      return { leaf, number, slider, around, start: model.number(leaf) };
    });
    if (!this.rows.length) make(container, "p", { class: "note" }, "No leaf has a label: Value(2.0, \"a\") would have a slider here.");
  }
  reset() {
    for (const { leaf, around, start } of this.rows) {
      this.model.put(leaf, start);
      around(start);
    }
  }
  draw() {
    for (const { leaf, number, slider } of this.rows) {
      const value = this.model.number(leaf), text = document.activeElement === number ? String(value) : String(Number(value.toPrecision(7)));
      if (number.typed !== value) number.typed = null;
      if (!Number.isFinite(value)) { // neither of them can show it
        if (number.typed === null && number.value) number.value = "";
        continue;
      }
      if (number.typed === null && number.value !== text) number.value = text;
      if (value < Number(slider.min)) slider.min = String(value);
      if (value > Number(slider.max)) slider.max = String(value);
      if (slider.valueAsNumber !== value) slider.value = String(value);
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
  draw(seen, picked, arrow = null) { // and an arrow that is pointed at
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
    this.head = make(container, "h2", {}, "The Value that is picked");
    this.nudge = make(container, "button", { type: "button", class: "nudge" }, "nudge");
    this.moved = make(container, "p", { role: "status" });
    this.list = make(container, "ol", { class: "ways" });
    this.nudge.addEventListener("click", () => {
      const { model, node } = this, before = model.data[model.root], gradient = model.gradients[node], from = model.number(node);
      model.put(node, Number((from + 0.01).toPrecision(15)));
      this.nudged = { node, numbers: model.numbers.join(), from, before, gradient };
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
    say(this.head, node === model.root ? `${name}: the result` : `How d ${cut(result, 20)} / d ${cut(name, 20)} comes about`);
    const { nudged } = this;
    if (nudged && nudged.node === node && nudged.numbers === model.numbers.join() && !model.problem) {
      const by = model.data[model.root] - nudged.before;
      say(this.moved, `${name} moved from ${nudged.from} to ${model.number(node)}: ${result} moved by ${four(by)}, and the gradient before, ${four(nudged.gradient)}, × 0.01 = ${four(nudged.gradient * 0.01)}.`);
    } else say(this.moved, "");
    const total = model.countWays(node), lines = [];
    if (node === model.root) lines.push([[], "d " + result + " / d itself = 1: here the backward pass begins."]);
    else {
      ways.forEach((way, place) => {
        const known = parts[place].every(part => part !== null), product = multiplied(parts[place]);
        const shown = multiplied(parts[place].map(part => Number(four(part ?? 0))));
        const path = [name, ...way.map(({ to }) => model.name(to))].reverse().join(" ← ");
        const factors = parts[place].map(part => part === null ? "…" : factor(part)).reverse().join(" × ");
        lines.push([path, `${factors}${parts[place].length > 1 && known && whole ? ` ${equals(shown, product)} ${four(product)}` : ""}`]);
      });
      if (total > ways.length) lines.push(["", `and ${total < 1e6 ? total - ways.length : "very many"} ways more`]);
      lines.push(["", `d ${result} / d ${name} = ${complete ? four(seen.sums[node]) : "…"}${complete && model.early ? `, sent too early: right is ${four(model.gradients[node])}` : ""}${total > 1 && !model.early ? ", the sum over all ways" : ""}`]);
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
