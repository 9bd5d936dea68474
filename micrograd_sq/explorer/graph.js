// ---- The picture of a graph, made live
class GraphView {
  constructor(container, model, pick, room = null) { // how much height there is, where it is fixed
    Object.assign(this, { container, room });
    this.model = model;
    this.pick = pick;
    container.classList.add("canvas");
    set(container, { role: "group", "aria-label": "The graph; arrow keys go from Value to Value, Enter picks one" });
    this.pictures = ["LR", "TB"].map(rankdir => document.querySelector(`template[data-picture="${model.id}-${rankdir}"]`))
      .filter(Boolean).map(template => this.prepare(template.content.firstElementChild.cloneNode(true)));
    this.tools = make(container, "div", { class: "zoom" });
    for (const [text, label, by] of [["−", "Smaller", 1 / 1.5], ["fit", "Fit the whole graph", 0], ["+", "Larger", 1.5]])
      make(this.tools, "button", { type: "button", "aria-label": label, title: label }, text).addEventListener("click", () => this.zoomBy(by));
    new ResizeObserver(() => this.fit()).observe(container);
    this.fit();
  }
  prepare(svg) {
    this.container.append(svg);
    const inside = svg.firstElementChild, find = kind => [...svg.querySelectorAll(`[data-${kind}]`)];
    const moved = document.createElementNS("http://www.w3.org/2000/svg", "g");
    svg.append(moved);
    moved.append(inside);
    const boxes = new Map(find("value").map(group => {
      const node = Number(group.dataset.value), texts = [...group.querySelectorAll("text")];
      const [value, gradient] = texts.slice(-2);
      dress(gradient, "gradient");
      dress(value, "data");
      if (this.model.nodes[node].operands.length) dress(texts[0], "symbol");
      set(group, { role: "button", tabindex: -1 });
      group.addEventListener("click", () => this.choose(node));
      group.addEventListener("keydown", event => this.key(event, node));
      make(group, "title", {}, this.model.nodes[node].made ? `${this.model.nodes[node].name} = ${this.model.nodes[node].made}` : this.model.name(node));
      return [node, { group, value, gradient }];
    }));
    const tags = find("tag").map(group => {
      const [leaf, user] = group.dataset.tag.split("_").map(Number);
      group.addEventListener("click", () => this.choose(leaf));
      return { group, leaf, user };
    });
    const arrows = find("edge").map(group => {
      const [from, to, side] = group.dataset.edge.split("_").map(Number);
      const texts = [...group.querySelectorAll("text")];
      return { group, from, to, side, text: texts.at(-1) }; // before it a formula
    });
    for (const { text } of arrows) text.opening = text.textContent.startsWith("= ") ? "= " : "";
    const frames = find("frame").map(group => ({ title: this.model.titles?.[Object.keys(this.model.frames).indexOf(group.dataset.frame)], leaves: this.model.frames[group.dataset.frame] ?? [], text: group.querySelector("text") }));
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    for (const group of [...boxes.values(), ...tags].map(each => each.group))
      for (const [kind, on] of [["pointerenter", true], ["pointerleave", false]])
        group.addEventListener(kind, () => this.hover(Number(group.dataset.value ?? group.dataset.tag.split("_")[0]), on));
    const zoom = d3.zoom().wheelDelta(event => -event.deltaY * (event.deltaMode === 1 ? 0.03 : event.deltaMode ? 0.6 : 0.0015)).scaleExtent([1, 30]).translateExtent([[0, 0], [width, height]])
      // The wheel and one finger go on scrolling the page, until the picture is larger than its place.
      .filter(event => event.type === "wheel" ? event.ctrlKey || event.metaKey : event.touches ? event.touches.length > 1 || this.scale > 1 : !event.button)
      .on("zoom", ({ transform }) => {
        this.scale = transform.k;
        set(moved, { transform: transform.toString() });
        svg.classList.toggle("larger", transform.k > 1);
      });
    d3.select(svg).call(zoom).on("dblclick.zoom", null);
    return { svg, moved, boxes, tags, arrows, frames, width, height, zoom };
  }
  fit() { // the picture that shows more of itself, as large as it can be without scrolling
    const space = { width: this.container.clientWidth || 600, height: this.room?.() ?? Math.max(260, Math.min(0.62 * innerHeight, 640)) }; // it has no width while it is hidden
    const scales = this.pictures.map(({ width, height }) => Math.min(space.width / width, space.height / height, 1.45));
    const best = scales.length > 1 && scales[1] > 1.15 * scales[0] ? 1 : 0;
    this.shown = this.pictures[best];
    this.pictures.forEach(({ svg }, each) => { svg.style.display = each === best ? "" : "none"; });
    const fitting = this.shown.height * scales[best]; // a small picture gets more, for it will be made larger
    const height = this.room ? space.height : scales[best] < 0.8 ? Math.min(space.height, Math.max(1.6 * fitting, 220)) : fitting;
    set(this.shown.svg, { width: "100%", height: Math.round(height) });
    this.pictures.forEach(({ zoom }, each) => zoom.scaleExtent([1, Math.max(30, 2 / scales[each])])); // until it can be read
    if (this.fitted !== scales[best] && this.scale > 1) this.whole();
    this.fitted = scales[best];
    if (this.model.picked !== null) this.focusable(this.model.picked);
    wake();
  }
  zoomBy(by) {
    const { svg, zoom } = this.shown;
    this.fixed = !by; // who asks for the whole graph shall keep it
    if (by) zoom.scaleBy(d3.select(svg), by);
    else this.whole();
  }
  whole() {
    this.shown.zoom.transform(d3.select(this.shown.svg), d3.zoomIdentity);
  }
  follow(node, operands = []) { // keep a Value in view where the picture is larger than its place, or too small to be read
    if (node < 0 || (!(this.scale > 1) && (this.fitted > 0.8 || this.fixed))) return;
    const { svg, moved, zoom, boxes, tags } = this.shown, picture = d3.select(svg), place = svg.getBoundingClientRect();
    const all = [boxes.get(node), ...operands.map(operand => tags.find(({ leaf, user }) => leaf === operand && user === node) ?? boxes.get(operand))];
    const reach = around(all), fits = Math.min(place.width / reach.width, place.height / reach.height) / this.fitted;
    const kept = fits * this.fitted > 0.55 ? all : all.slice(0, 1); // with its operands, if all of it can be read
    const seen = kept.map(({ group }) => group.getBoundingClientRect());
    if (this.scale > 1 && seen.every(box => box.left > place.left && box.right < place.right && box.top > place.top && box.bottom < place.bottom)) return;
    const { x, y } = around(kept), inside = moved.firstElementChild.transform.baseVal.consolidate().matrix;
    zoom.scaleTo(picture, Math.min(this.scale > 1 ? this.scale : 1.1 / this.fitted, kept === all ? fits : Infinity));
    zoom.translateTo(picture, x + inside.e, y + inside.f);
  }
  followMoment() {
    const { lit } = this.model.moment();
    this.follow(lit, this.model.nodes[lit]?.operands);
  }
  hover(node, on) { // all uses of one leaf
    const { boxes, tags } = this.shown;
    for (const { group } of [boxes.get(node), ...tags.filter(tag => tag.leaf === node)]) group.classList.toggle("pointed", on);
    if (!on) for (const { group, worn } of [boxes.get(node)]) if (worn) group.worn = "";
  }
  choose(node) {
    this.pick(node);
    this.focusable(node);
    this.shown.boxes.get(node).group.focus({ preventScroll: true });
    this.follow(node);
  }
  focusable(node) {
    for (const { boxes } of this.pictures) for (const [each, { group }] of boxes) group.tabIndex = each === node ? 0 : -1;
  }
  key(event, node) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], count = this.model.nodes.length;
    if (event.key === "Enter" || event.key === " ") this.choose(node);
    else if (by) this.choose((node + by + count) % count);
    else return;
    event.preventDefault();
  }
  draw(seen, picked, onWay) {
    const { model, shown: { boxes, tags, arrows, frames } } = this;
    for (const [node, { group, value, gradient }] of boxes) {
      const known = seen.known.has(node), arrived = seen.arrived[node] > 0 && !model.hidden?.has(node), right = model.gradients[node];
      const wrong = model.early && seen.done && differ(seen.sums[node], right);
      dress(group, [
        "value", model.nodes[node].role, node === seen.lit && "lit", node === seen.next && "next", node === picked && "picked",
        !known && "waiting", !arrived && "unsent", wrong && "wrong", model.stale && "stale",
      ].filter(Boolean).join(" "));
      const number = known ? four(model.data[node]) : " ", slope = arrived ? four(seen.sums[node]) : "";
      say(value, number);
      say(gradient, arrived ? `grad ${slope}${wrong ? ` ≠ ${four(right)}` : ""}` : " ");
      squeeze(gradient, group, gradient.textContent.length > 15);
      const told = `${model.name(node)}${model.nodes[node].symbol ? `, ${model.nodes[node].operation}` : ""}${known ? `, value ${number}` : ""}${arrived ? `, gradient ${slope}` : ""}${wrong ? `, wrong, it should be ${four(right)}` : ""}`;
      if (group.told !== told) set(group, { "aria-label": group.told = told });
    }
    for (const { group, leaf, user } of tags)
      dress(group, ["tag", model.nodes[leaf].role, leaf === picked && "picked", seen.backward && user === seen.lit && "lit"].filter(Boolean).join(" "));
    const sending = seen.shares.length ? seen.lit : -1;
    for (const { group, from, to, side, text } of arrows) {
      const known = seen.known.has(to);
      dress(group, [
        "edge", to === sending && "sending", !known && "waiting", !seen.backward && to === seen.lit && "lit",
        onWay.has(`${from}_${to}_${side}`) && "on-way",
      ].filter(Boolean).join(" "));
      say(text, known ? text.opening + four(model.derivatives[to][side]) : " ");
    }
    for (const { title, leaves, text } of frames)
      if (leaves.length) say(text, title ?? leaves.map(leaf => `${model.nodes[leaf].label} = ${four(model.data[leaf])}`).join(", "));
  }
}

function differ(one, other) { // more than rounding does
  return Math.abs(one - other) > 1e-9 * Math.max(Math.abs(one), Math.abs(other));
}
function around(parts) { // the middle and the size of the place that they take in the picture
  const shapes = parts.map(({ group }) => group.getBBox());
  const left = Math.min(...shapes.map(({ x }) => x)), right = Math.max(...shapes.map(({ x, width }) => x + width));
  const top = Math.min(...shapes.map(({ y }) => y)), bottom = Math.max(...shapes.map(({ y, height }) => y + height));
  return { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left + 8, height: bottom - top + 8 };
}
function squeeze(text, group, on) { // two numbers in the place of one
  if (text.squeezed === on) return;
  text.squeezed = on;
  if (on) set(text, { textLength: Math.round(group.firstElementChild.getBBox().width - 8), lengthAdjust: "spacingAndGlyphs" });
  else text.removeAttribute("textLength");
}
