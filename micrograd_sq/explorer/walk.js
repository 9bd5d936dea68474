// ---- Both passes: played, stepped, and put into words
class Walk {
  constructor(controls, told, model, changed, { send = "", early = true, code = false } = {}) {
    Object.assign(this, { model, changed, told, withCode: code, begin: send ? model.BACKWARD - 1 : 0 });
    const button = (text, act, attributes = {}) => {
      const made = make(controls, "button", { type: "button", ...attributes }, text);
      made.addEventListener("click", act);
      return made;
    };
    controls.classList.add("transport");
    if (send) this.ahead = button(send, () => this.step(1), { class: "first" });
    this.play = button("Play", () => this.playing ? this.pause() : this.start(), { class: send ? "play" : "first play", "aria-pressed": false });
    this.back = button("Step back", () => this.step(-1));
    if (!send) this.ahead = button("Step", () => this.step(1));
    this.scrub = make(controls, "input", { type: "range", min: 0, max: model.LAST, "aria-label": "Place in the two passes" });
    this.scrub.addEventListener("input", () => { this.pause(); this.go(this.scrub.valueAsNumber); });
    const speed = make(make(controls, "label", { class: "note" }, "speed "), "select");
    for (const [factor, text] of [[0.5, "½ ×"], [1, "1 ×"], [2, "2 ×"], [4, "4 ×"], [16, "16 ×"]]) make(speed, "option", { value: factor }, text);
    speed.value = "1";
    speed.addEventListener("change", () => { this.speed = Number(speed.value); });
    this.speed = 1;
    told.classList.add("told");
    set(told, { role: "status" });
    if (!early || !model.canBeEarly) return;
    const label = make(controls, "label", { class: "switch", title: "Pass a Value's gradient to its operands before the gradient is complete" });
    this.early = make(label, "input", { type: "checkbox", role: "switch" });
    make(label, "span", {}, "send too early");
    this.early.addEventListener("change", () => { model.early = this.early.checked; this.go(model.place); });
  }
  go(place, forward = false) { // `changed` receives how many milliseconds contributions may travel
    const { model } = this;
    model.place = Math.max(0, Math.min(model.LAST, place));
    this.changed(forward ? 950 / this.speed : 0);
  }
  step(by) {
    this.pause();
    this.go(this.model.place + by, by > 0);
  }
  start(from = this.model.place === this.model.LAST ? this.begin : this.model.place) {
    let next = performance.now();
    this.go(from);
    this.playing = time => {
      if (time < next) return true;
      if (this.model.place >= this.model.LAST) { this.pause(); return false; }
      this.go(this.model.place + 1, true);
      next = time + (this.model.place < this.model.BACKWARD ? 600 : 1400) / this.speed;
      return true;
    };
    frames.moving.add(this.playing);
    this.show(true);
  }
  pause() {
    frames.moving.delete(this.playing);
    this.playing = null;
    this.show(false);
  }
  show(playing) {
    say(this.play, playing ? "Pause" : "Play");
    set(this.play, { "aria-pressed": playing });
    set(this.told, { "aria-live": playing ? "off" : "polite" }); // while it plays, a screen reader could not keep up
    wake();
  }
  draw(seen) {
    const { model, told } = this, lines = tell(model, seen, this.withCode);
    const text = lines.map(line => line.join("|")).join("\n");
    if (told.said !== text) {
      told.said = text;
      told.replaceChildren();
      for (const [line, kind] of lines) make(told, "p", kind ? { class: kind } : {}, line);
    }
    const { place, BACKWARD, LAST, operations } = model;
    if (this.scrub.value !== String(place)) this.scrub.value = String(place);
    const spoken = place === 0 ? "at the beginning" : place === LAST ? "at the end" : place < BACKWARD ? `forward, ${place} of ${operations.length}` : `backward, ${place - BACKWARD} of ${operations.length}`;
    if (this.spoken !== spoken) set(this.scrub, { "aria-valuetext": this.spoken = spoken });
    if (this.early) this.early.checked = model.early;
    this.back.disabled = place === 0;
    this.ahead.disabled = place === LAST;
  }
}

// A moment in words: each line with its kind.
function tell(model, seen, withCode = false) {
  const { place, nodes, root, BACKWARD, LAST, operations } = model, name = node => model.name(node);
  const lines = [];
  if (model.problem) lines.push([`${model.problem}${model.stale ? " The numbers in the picture are the last good ones." : ""}`, "wrong"]);
  if (!operations.length) lines.push([`${name(root)} is a leaf, so d ${name(root)} / d ${name(root)} = 1.`]);
  else if (place === 0) lines.push(["The leaves are given. In the forward pass, each Value is computed from its operands. In the backward pass, each Value passes its gradient to its operands."], ["Press Play or Step.", "note"]);
  else if (place < BACKWARD) {
    const { made, name: called } = nodes[seen.lit], numbers = filled(model, made);
    lines.push([`Forward pass, ${place} of ${operations.length}`, "note"], [[called, made, numbers, four(model.data[seen.lit])].filter((text, at, all) => text !== all[at - 1]).join(" = "), "formula"]);
    for (const [side, formula] of nodes[seen.lit].derivatives.entries())
      lines.push([`Local derivative: ${derivative(model, seen.lit, side, formula)}`, "note"]);
    if (withCode && place === BACKWARD - 1) lines.splice(0, lines.length, [`Every value is known, and no gradient yet. The backward pass starts at the result, with d ${model.result()} / d ${model.result()} = 1.`, "note"]);
  } else if (place === BACKWARD) lines.push(["The backward pass starts at the result", "note"], [`d ${model.result()} / d ${model.result()} = 1`, "formula"]);
  else if (place < LAST) {
    const { operands } = nodes[seen.lit], sent = four(seen.shares[0].sent);
    lines.push([`Backward pass, ${place - BACKWARD} of ${operations.length}: ${name(seen.lit)} passes its gradient (${sent}), times the local derivative, to its operand${operands.length > 1 ? "s" : ""}.`, "note"]);
    if (seen.incomplete) lines.push([`Too early: ${name(seen.lit)} does not have all its contributions yet. A contribution that comes later never reaches the operands of ${name(seen.lit)}.`, "wrong"]);
    for (const { to, side, derivative: slope, share, before, first, sent } of seen.shares) {
      lines.push([derivative(model, seen.lit, side, nodes[seen.lit].derivatives[side])]);
      const product = `${factor(slope)} × ${factor(sent)} ${equals(Number(four(slope)) * Number(four(sent)), share)} ${four(share)}`, sum = before + share;
      const missing = seen.arrived[to] < model.uses[to].length ? " so far" : "";
      lines.push([`d ${model.result()} / d ${name(to)} ${first ? "=" : "+="} ${product}${first ? missing : ""}`, "formula"]);
      if (!first) lines.push([`d ${model.result()} / d ${name(to)} = ${four(before)} + ${factor(share)} ${equals(Number(four(before)) + Number(four(share)), sum)} ${four(sum)}${missing}`, "formula"]);
      if (withCode) lines.push([model.backward.find(([, , sender, at]) => sender === seen.lit && at === side)[0], "code-line"]);
    }
  } else {
    const wrong = model.early ? model.leafPlaces.filter(leaf => differ(seen.sums[leaf], model.gradients[leaf])) : [];
    if (wrong.length) lines.push([`Wrong: ${wrong.slice(0, 6).map(leaf => `${name(leaf)} has ${four(seen.sums[leaf])}, where ${four(model.gradients[leaf])} is right`).join("; ")}${wrong.length > 6 ? `; and ${wrong.length - 6} more` : ""}. A Value must wait for the contributions of all Values that use it. The reverse of the forward order makes sure of that.`, "wrong"]);
    else if (!model.stale) lines.push(["Both passes are done. Each Value has its gradient, which tells how much the result changes when the Value changes a little.", "note"]);
  }
  return lines;
}
function derivative(model, node, side, formula) { // d softplus(x) / d x = sigmoid(x) = 0.56, and what sigmoid is
  const { operands, made } = model.nodes[node], numbers = filled(model, formula), slope = four(model.derivatives[node][side]);
  const plain = formula.replace(/\.0\b/g, ""), whole = /[-+*/ ]/.test(made) ? `(${made})` : made;
  const steps = [plain, numbers.replace(/\.0\b/g, "")].filter((text, place, all) => text !== slope && text !== `(${slope})` && text !== all[place - 1]);
  const meant = Object.entries(model.meanings).filter(([word]) => new RegExp(`\\b${word}\\(`).test(formula)).map(([, meaning]) => meaning);
  const twice = operands[0] === operands[1] ? ` (the ${side ? "second" : "first"} one)` : ""; // d (x * x) / d x is not x
  return `d ${whole} / d ${model.nodes[operands[side]].name}${twice} = ${[...steps, slope].join(" = ")}${meant.length ? `, where ${meant.join(", and ")}` : ""}`;
}
