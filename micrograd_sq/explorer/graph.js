// ---- The picture of a graph, and the camera that shows a part of the picture
const LETTERS = 11.05, POINTS = 10; // pixels that the smallest letters have at least, and their size in the picture
const MARGIN = 10, TOOLS = 34; // pixels around the graph, and below it for the buttons

class GraphView {
  constructor(container, model, pick, { wheel = false } = {}) { // whether the wheel zooms or scrolls the page
    Object.assign(this, { container, model, pick, camera: d3.zoomIdentity, goal: d3.zoomIdentity, needed: [], landed: new Set(), again: () => this.followMoment(0, false) });
    container.classList.add("canvas");
    set(container, { role: "group", "aria-label": "The graph; arrow keys go from Value to Value, Enter picks one" });
    this.svg = document.querySelector(`template[data-picture="${model.id}"]`).content.firstElementChild.cloneNode(true);
    const [x, y, width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.bounds = { x, y, width, height };
    this.svg.removeAttribute("viewBox");
    container.append(this.svg);
    container.style.setProperty("--enough", `${Math.ceil(this.most * height) + 2 * MARGIN + TOOLS}px`);
    this.prepare();
    this.zoom = d3.zoom().extent(() => this.place).translateExtent([[x, y], [x + width, y + height]]).clickDistance(4)
      .wheelDelta(event => -event.deltaY * (event.deltaMode === 1 ? 0.03 : event.deltaMode ? 0.6 : 0.0015))
      // One finger scrolls the page while the whole graph is in view.
      .filter(event => event.type === "wheel" ? wheel || event.ctrlKey || event.metaKey : event.touches ? event.touches.length > 1 || this.cropped : !event.button)
      .on("start", () => { if (!this.putting) frames.moving.delete(this.gliding); })
      .on("zoom", ({ transform }) => {
        this.camera = transform;
        if (!this.putting) this.byHand(transform);
        this.look();
      });
    this.tools = make(container, "div", { class: "zoom" });
    const button = (text, label, act) => {
      const made = make(this.tools, "button", { type: "button", "aria-label": label, title: label }, text);
      made.addEventListener("click", act);
      return made;
    };
    this.wholeButton = button("show all", "Show the whole graph", () => this.toggle());
    this.smaller = button("−", "Smaller", () => this.zoomBy(1 / 1.4));
    this.larger = button("+", "Larger", () => this.zoomBy(1.4));
    this.makeMap();
    this.resize();
    d3.select(this.svg).call(this.zoom).on("dblclick.zoom", null);
    new ResizeObserver(() => this.resize()).observe(container);
  }
  prepare() {
    const { svg, model } = this, find = kind => [...svg.querySelectorAll(`[data-${kind}]`)];
    const shape = group => { // read from attributes, because a hidden picture has no layout
      const [x, y, width, height] = ["x", "y", "width", "height"].map(name => Number(group.firstElementChild.getAttribute(name)));
      return { x, y, width, height };
    };
    this.moved = svg.firstElementChild;
    this.boxes = new Map(find("value").map(group => {
      const node = Number(group.dataset.value), texts = [...group.querySelectorAll("text")];
      const [value, gradient] = texts.slice(-2);
      dress(gradient, "gradient");
      dress(value, "data");
      if (model.nodes[node].operands.length) dress(texts[0], "symbol");
      set(group, { role: "button", tabindex: -1 });
      group.addEventListener("click", () => this.choose(node));
      group.addEventListener("keydown", event => this.key(event, node));
      group.addEventListener("focus", () => { if (group.matches(":focus-visible")) this.reveal([node]); });
      make(group, "title", {}, model.nodes[node].made ? `${model.nodes[node].name} = ${model.nodes[node].made}` : model.name(node));
      return [node, { group, value, gradient, ...shape(group) }];
    }));
    this.tags = find("tag").map(group => {
      const [leaf, user] = group.dataset.tag.split("_").map(Number);
      group.addEventListener("click", () => this.choose(leaf));
      return { group, leaf, user, ...shape(group) };
    });
    this.arrows = find("edge").map(group => {
      const [from, to, side] = group.dataset.edge.split("_").map(Number);
      const text = [...group.querySelectorAll("text")].at(-1); // before it a formula
      text.opening = text.textContent.startsWith("= ") ? "= " : "";
      const [x, y] = ["x", "y"].map(name => Number(text.getAttribute(name)));
      return { group, from, to, side, text, path: group.querySelector("path"), x: x - 17, y: y - 9, width: 34, height: 12 };
    });
    this.frames = find("frame").map(group => ({ title: model.titles?.[Object.keys(model.frames).indexOf(group.dataset.frame)], leaves: model.frames[group.dataset.frame] ?? [], text: group.querySelector("text") }));
    for (const group of [...this.boxes.values(), ...this.tags].map(each => each.group))
      for (const [kind, on] of [["pointerenter", true], ["pointerleave", false]])
        group.addEventListener(kind, () => this.hover(Number(group.dataset.value ?? group.dataset.tag.split("_")[0]), on));
  }

  // ---- The camera
  get least() { // pixels per point, so that letters can be read: a page may ask for more
    return (parseFloat(getComputedStyle(this.container).getPropertyValue("--letters")) || LETTERS) / POINTS;
  }
  get most() { return 1.5 * this.least; }
  resize() {
    const { clientWidth: width, clientHeight: height } = this.container, { bounds, map } = this;
    if (!width || !height) return; // the container is hidden
    this.size = { width, height };
    const scale = Math.min(Math.min(140, 0.36 * width) / bounds.width, Math.min(76, 0.24 * height) / bounds.height);
    const mapHeight = Math.max(scale * bounds.height, 14); // a chain is very flat
    set(map, { width: Math.max(scale * bounds.width, 14), height: mapHeight });
    const above = bar => [[MARGIN, MARGIN], [Math.max(width - MARGIN, MARGIN + 1), Math.max(height - MARGIN - bar, MARGIN + 1)]];
    this.place = above(TOOLS);
    if (this.largest(bounds) < this.least) this.place = above(Math.max(TOOLS, mapHeight + 8));
    this.zoom.scaleExtent([this.largest(bounds), 4]);
    const { needed } = this;
    this.again();
    if (needed.length) this.reveal(needed, false);
    wake();
  }
  largest(part, most = this.most) { // the scale at which a part of the picture just fits
    const [[left, top], [right, bottom]] = this.place;
    return Math.min((right - left) / part.width, (bottom - top) / part.height, most);
  }
  aim({ x, y, width, height }, scale, glide) { // put the middle of a part into the middle of the place
    if (!this.size) return; // resize() calls again()
    const [[left, top], [right, bottom]] = this.place, [smallest, greatest] = this.zoom.scaleExtent();
    const k = Math.max(smallest, Math.min(greatest, scale)), middle = d3.zoomIdentity.translate((left + right) / 2, (top + bottom) / 2);
    this.goal = this.zoom.constrain()(middle.scale(k).translate(-x - width / 2, -y - height / 2), this.place, this.zoom.translateExtent());
    frames.moving.delete(this.gliding);
    const put = transform => {
      this.putting = true;
      this.zoom.transform(d3.select(this.svg), transform);
      this.putting = false;
    };
    const { goal, camera } = this;
    if (!glide || calm.matches) return put(goal);
    const begun = performance.now(), between = (name, part) => camera[name] + part * (goal[name] - camera[name]);
    this.gliding = time => {
      const passed = Math.min(1, Math.max(0, time - begun) / 350), part = passed * passed * (3 - 2 * passed);
      put(d3.zoomIdentity.translate(between("x", part), between("y", part)).scale(between("k", part)));
      return passed < 1;
    };
    frames.moving.add(this.gliding);
    wake();
  }
  whole(glide = true) {
    [this.again, this.needed] = [() => this.whole(false), []];
    if (this.size) this.aim(this.bounds, this.largest(this.bounds), glide);
  }
  show(nodes, glide = true, most = this.most) { // show as many of these Values as fit, and always the first
    [this.again, this.needed] = [() => this.show(nodes, false, most), []];
    if (!this.size || !nodes.length) return;
    let kept = [];
    for (const node of nodes) if (!kept.length || this.largest(this.around([...kept, node])) >= this.least) kept = [...kept, node];
    const part = this.around(kept), whole = this.around(nodes), scale = Math.max(this.least, this.largest(whole, most));
    const middle = (from, size, [start, end]) => { // the middle of all Values, moved until the kept ones are in view
      const half = (end - start) / scale / 2 - 1;
      return Math.max(part[from] + part[size] - half, Math.min(part[from] + half, whole[from] + whole[size] / 2));
    };
    const [[left, top], [right, bottom]] = this.place;
    this.aim({ x: middle("x", "width", [left, right]), y: middle("y", "height", [top, bottom]), width: 0, height: 0 }, scale, glide);
  }
  around(nodes) { // the smallest part with the boxes of these Values and the arrows between them
    const among = new Set(nodes), between = ({ from, to }) => among.has(from) && among.has(to);
    const tags = this.tags.filter(({ leaf, user }) => between({ from: leaf, to: user })), tagged = new Set(tags.map(({ leaf }) => leaf));
    const boxes = nodes.filter(node => !tagged.has(node)).map(node => this.boxes.get(node));
    const parts = [...boxes, ...tags, ...this.arrows.filter(between)];
    const [x, y] = ["x", "y"].map(name => Math.min(...parts.map(part => part[name])));
    return { x, y, width: Math.max(...parts.map(part => part.x + part.width)) - x, height: Math.max(...parts.map(part => part.y + part.height)) - y };
  }
  sees(nodes) {
    if (!nodes.length || !this.size) return true;
    const { k, x, y } = this.goal, part = this.around(nodes), { width, height } = this.size;
    return k > this.least - 0.01 && k * part.x + x > 2 && k * part.y + y > 2 && k * (part.x + part.width) + x < width - 2 && k * (part.y + part.height) + y < height - 2;
  }
  reveal(nodes, glide = true) {
    if (!this.kept && !this.sees(nodes)) this.present(nodes, glide);
    this.needed = this.kept ? [] : nodes;
  }
  present(nodes, glide) { // show the whole graph if its letters can be read, else these Values
    if (this.largest(this.bounds) >= this.least) this.whole(glide);
    else this.show(nodes, glide, 1.35 * this.least);
    this.again = () => this.present(nodes, false);
  }
  followMoment(duration = 0, glide = true) { // show the Value of this step and its operands; contributions travel for `duration` milliseconds
    const { model } = this, seen = model.moment(), { nodes, root, operations, place } = model;
    const node = nodes[seen.lit]?.operands.length ? seen.lit : seen.next >= 0 ? seen.next : place ? root : operations[0] ?? root;
    this.reveal([...new Set([node, ...nodes[node].operands])], glide);
    this.travel(seen, duration);
    wake();
  }
  byHand({ k, x, y }) {
    const [[left, top], [right, bottom]] = this.place, at = { x: ((left + right) / 2 - x) / k, y: ((top + bottom) / 2 - y) / k, width: 0, height: 0 };
    Object.assign(this, { goal: this.camera, needed: [], kept: false, again: () => this.aim(at, k, false) });
    return at;
  }
  zoomBy(by) {
    const { goal } = this;
    this.aim(this.byHand(goal), goal.k * by, true);
    this.byHand(this.goal);
  }
  toggle() { // a reader who asks for the whole graph keeps it until the next press
    this.kept = !this.kept;
    if (this.kept) this.whole();
    else this.followMoment();
  }
  look() { // draw what depends on the camera
    const { svg, bounds, moved, frame, size, camera: { k, x, y } } = this;
    set(moved, { transform: `translate(${x} ${y}) scale(${k})` });
    set(frame, { x: -x / k, y: -y / k, width: size.width / k, height: size.height / k });
    const beyond = { left: -k * bounds.x - x, top: -k * bounds.y - y, right: k * (bounds.x + bounds.width) + x - size.width, bottom: k * (bounds.y + bounds.height) + y - size.height };
    const cropped = Object.keys(beyond).filter(side => beyond[side] > 6), [smallest, greatest] = this.zoom.scaleExtent();
    const wide = k * bounds.width > this.place[1][0] - MARGIN + 1, high = k * bounds.height > this.place[1][1] - MARGIN + 1;
    this.cropped = wide || high;
    dress(svg, ["graph", ...cropped.map(side => `cut-${side}`), wide && "wide", high && "high"].filter(Boolean).join(" "));
    this.map.toggleAttribute("hidden", !this.cropped);
    const readable = !this.cropped && k > this.least - 0.01; // the whole graph
    if (readable && this.tools.contains(document.activeElement)) this.larger.focus();
    this.wholeButton.hidden = this.smaller.hidden = readable;
    set(this.wholeButton, { "aria-pressed": Boolean(this.kept) });
    this.smaller.disabled = k < smallest * 1.001;
    this.larger.disabled = k > greatest * 0.999;
  }
  makeMap() {
    const { bounds: { x, y, width, height }, container } = this;
    this.map = make(container, "svg", { class: "map", "aria-hidden": true, viewBox: `${x} ${y} ${width} ${height}`, preserveAspectRatio: "none" });
    const spot = (node, user) => this.tags.find(tag => tag.leaf === node && tag.user === user) ?? this.boxes.get(node);
    const middle = part => `${part.x + part.width / 2} ${part.y + part.height / 2}`;
    make(this.map, "path", { class: "lines", d: this.arrows.map(({ from, to }) => `M${middle(spot(from, to))}L${middle(this.boxes.get(to))}`).join("") });
    make(this.map, "path", { d: [...this.boxes.values(), ...this.tags].map(box => `M${box.x} ${box.y}h${box.width}v${box.height}h${-box.width}z`).join("") });
    this.frame = make(this.map, "rect");
    const go = event => {
      if (!event.buttons) return;
      const shown = this.map.getBoundingClientRect();
      this.aim({ x: x + (event.clientX - shown.left) / shown.width * width, y: y + (event.clientY - shown.top) / shown.height * height, width: 0, height: 0 }, this.goal.k, false);
      this.byHand(this.goal);
    };
    this.map.addEventListener("pointerdown", event => {
      this.map.setPointerCapture(event.pointerId);
      go(event);
    });
    this.map.addEventListener("pointermove", go);
  }

  // ---- Mouse and keyboard
  hover(node, on) { // all uses of one leaf
    for (const { group } of [this.boxes.get(node), ...this.tags.filter(tag => tag.leaf === node)]) group.classList.toggle("pointed", on);
    if (!on) for (const { group, worn } of [this.boxes.get(node)]) if (worn) group.worn = "";
  }
  choose(node) {
    this.pick(node);
    this.focusable(node);
    this.boxes.get(node).group.focus({ preventScroll: true });
    this.reveal([node]);
  }
  focusable(node) {
    for (const [each, { group }] of this.boxes) group.tabIndex = each === node ? 0 : -1;
  }
  key(event, node) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], count = this.model.nodes.length;
    if (event.key === "Enter" || event.key === " ") this.choose(node);
    else if (by) this.choose((node + by + count) % count);
    else return;
    event.preventDefault();
  }

  // ---- Contributions travel: the gradient of a Value, times the local derivative, to the operand's box
  travel({ shares, lit }, duration) {
    this.land();
    this.landed.clear();
    if (calm.matches || duration < 100 || !this.container.clientWidth || !shares.length) return;
    const begun = performance.now(), scale = Math.max(1, this.least / this.goal.k), labels = shares.map(({ to, side, derivative, share, sent, first }) => {
      const { path } = this.arrows.find(arrow => arrow.from === to && arrow.to === lit && arrow.side === side);
      const home = this.tags.find(tag => tag.leaf === to && tag.user === lit) ?? this.boxes.get(to);
      const label = make(this.moved, "g"), back = make(label, "rect", { y: -7.5, height: 15, rx: 7.5 }), text = make(label, "text", { y: 3.5 });
      const texts = [four(sent), `× ${four(derivative)}`, `${first ? "" : "+ "}${four(share)}`];
      return { label, back, text, path, length: path.getTotalLength(), texts, end: { x: home.x + home.width / 2, y: home.y + home.height - 7 } };
    });
    const move = time => {
      const part = Math.max(0, time - begun) / duration, stage = part < 0.32 ? 0 : part < 0.68 ? 1 : 2;
      if (part >= 1) return this.land();
      const along = [part / 0.64, 0.5, 0.5 + (part - 0.68) / 0.64][stage], home = Math.max(0, 2 * along - 1) ** 3;
      for (const { label, back, text, path, length, texts, end } of labels) {
        const { x, y } = path.getPointAtLength(length * (1 - along)); // an arrow ends at the sender
        if (text.said !== texts[stage]) set(back, { x: -3 * texts[stage].length - 4, width: 6 * texts[stage].length + 8 });
        say(text, texts[stage]);
        dress(label, stage === 1 ? "travelling derivative" : "travelling");
        set(label, { transform: `translate(${(x + home * (end.x - x)).toFixed(2)} ${(y + home * (end.y - y)).toFixed(2)}) scale(${scale})` });
      }
      return true;
    };
    this.flight = { place: this.model.place, move, labels, to: shares.map(({ to }) => to) };
    move(begun);
    frames.moving.add(move);
    wake();
  }
  land() {
    if (!this.flight) return;
    frames.moving.delete(this.flight.move);
    for (const { label } of this.flight.labels) label.remove();
    this.landed = new Set(this.flight.to);
    this.flight = null;
  }

  draw(seen, picked, onWay) {
    const { model, boxes, tags, arrows } = this;
    if (this.flight && this.flight.place !== model.place) this.land();
    const coming = new Map(this.flight ? seen.shares.toReversed().map(share => [share.to, share]) : []); // contributions that have not landed
    for (const [node, { group, value, gradient }] of boxes) {
      const share = coming.get(node), known = seen.known.has(node), right = model.gradients[node];
      const arrived = (share ? !share.first : seen.arrived[node] > 0) && !model.hidden?.has(node);
      const wrong = model.early && seen.done && differ(seen.sums[node], right);
      dress(group, [
        "value", model.nodes[node].role, node === seen.lit && "lit", node === seen.next && "next", node === picked && "picked",
        !known && "waiting", !arrived && "unsent", wrong && "wrong", model.stale && "stale", this.landed.has(node) && "landed",
      ].filter(Boolean).join(" "));
      const number = known ? four(model.data[node]) : " ", slope = arrived ? four(share ? share.before : seen.sums[node]) : "";
      say(value, number);
      const travelling = share ? seen.shares.filter(({ to }) => to === node).length : 0;
      const more = seen.arrived[node] - travelling < model.uses[node].length ? "…" : ""; // contributions to come
      say(gradient, arrived ? `grad ${slope}${more}${wrong ? ` ≠ ${four(right)}` : ""}` : " ");
      squeeze(gradient, boxes.get(node), gradient.textContent.length > 15);
      const told = `${model.name(node)}${model.nodes[node].symbol ? `, ${model.nodes[node].operation}` : ""}${known ? `, value ${number}` : ""}${arrived ? `, gradient ${slope}` : ""}${wrong ? `, wrong, it should be ${four(right)}` : ""}`;
      if (group.told !== told) set(group, { "aria-label": group.told = told });
    }
    for (const { group, leaf, user } of tags)
      dress(group, ["tag", model.nodes[leaf].role, leaf === picked && "picked", seen.backward && user === seen.lit && "lit"].filter(Boolean).join(" "));
    const sending = seen.shares.length ? seen.lit : -1;
    for (const { group, from, to, side, text } of arrows) {
      const known = seen.known.has(to);
      dress(group, [
        "edge", to === sending && "sending", !known && "waiting",
        !seen.backward && to === seen.lit && "lit", onWay.has(`${from}_${to}_${side}`) && "on-way",
      ].filter(Boolean).join(" "));
      say(text, known ? text.opening + four(model.derivatives[to][side]) : " ");
    }
    for (const { title, leaves, text } of this.frames)
      if (leaves.length) say(text, title ?? leaves.map(leaf => `${model.nodes[leaf].label} = ${four(model.data[leaf])}`).join(", "));
  }
}

function differ(one, other) { // more than rounding does
  return Math.abs(one - other) > 1e-9 * Math.max(Math.abs(one), Math.abs(other));
}
function squeeze(text, box, on) { // two numbers in the place of one
  if (text.squeezed === on) return;
  text.squeezed = on;
  if (on) set(text, { textLength: Math.round(box.width - 8), lengthAdjust: "spacingAndGlyphs" });
  else text.removeAttribute("textLength");
}
