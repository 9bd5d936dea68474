// ---- The chapters: what each begins with, what its controls do, and the numbers in its text
const place = view => document.querySelector(`.view[data-view="${view}"]`);
const network = new Network(place("network")), squigglePlot = new Squiggle(place("squiggle")), ssrPlot = new Ssr(place("ssr"));
const graphs = {}, walks = [];
const happened = new Set(); // what the reader has done
let litFactor = null; // the arrow of the factor that is pointed at

for (const [name, model] of Object.entries(models)) {
  const view = place(name), graph = { model, picked: null, walks: [] };
  const pick = node => {
    const sending = graph.walks.length && node === model.moment().next && model.place < model.LAST;
    if (sending) graph.walks[0].step(1); // a box whose turn it is sends
    else graph.picked = node;
    wake();
  };
  const canvas = view.querySelector(".canvas-place");
  graph.view = new GraphView(canvas, model, pick, () => Math.max(120, canvas.clientHeight - 46));
  model.id = name; // one picture may serve two
  graph.code = new Code(view.querySelector(".code-place"), model, pick);
  graphs[name] = graph;
}
for (const container of document.querySelectorAll(".step .walk")) {
  const { graph: name, early } = container.dataset, graph = graphs[name];
  const walk = new Walk(make(container, "div"), make(container, "div"), graph.model, () => {
    graph.view.followMoment();
    wake();
  }, { send: "Send", early: early === "", code: true });
  graph.model.place = graph.model.BACKWARD - 1;
  graph.walks.push(walk);
  walks.push(walk);
}
models.three.place = models.three.LAST;
models.three.hidden = new Set([models.three.picked]);

// What each chapter begins with.
const asInTheVideo = () => {
  const others = lesson.values.some((value, which) => which !== B3 && value !== data.optimised[which]);
  if (others || lesson.finding.size !== 1 || !lesson.finding.has(B3)) lesson.begin(data.optimised, [B3]);
};
const fromZero = () => lesson.begin(data.optimised, [B3]);
const flowing = dosage => { lesson.flowing = dosage; };
const begins = {
  network: fromZero,
  fit: asInTheVideo,
  slope: asInTheVideo,
  "chain-rule": fromZero,
  reverse: asInTheVideo,
  descent: () => { lesson.rate = 0.1; fromZero(); },
  "further-back": () => { flowing(0.5); lesson.begin(data.optimised, [W1, B3]); },
  "all-seven": () => { lesson.rate = 0.1; ssrPlot.which = W3; element("chosen").value = String(W3); lesson.begin(data.unoptimised, data.names.keys()); },
  board: () => {
    if (begins.boarded) return;
    begins.boarded = true;
    lesson.rate = 0.1;
    flowing(0.5);
    lesson.begin(data.given, data.toFind.map(name => data.names.indexOf(name)));
  },
};
const arrive = { // and some steps
  half: () => flowing(0.5),
};

// 1. The dosage flows.
for (const input of document.querySelectorAll("#flow, .flow")) input.addEventListener("input", () => { flowing(input.valueAsNumber); wake(); });
// 2. b3 by a slider.
for (const input of document.querySelectorAll(".b3")) input.addEventListener("input", () => lesson.put(B3, input.valueAsNumber));
// 3. The pink curve, and a nudge.
for (const guess of [0, 1, 2, 3]) {
  const button = make(element("guesses"), "button", { type: "button" }, `b3 = ${guess}`);
  button.addEventListener("click", () => { lesson.put(B3, guess); say(button, `b3 = ${guess}: SSR ${ssrDigits(lesson.ssr[0])}`); });
}
let curveDrawn = false;
element("whole-curve").addEventListener("click", () => {
  curveDrawn = !curveDrawn;
  set(element("whole-curve"), { "aria-pressed": curveDrawn });
  wake();
});
element("to-zero").addEventListener("click", () => { lesson.begin(data.optimised, [B3]); say(element("nudged"), ""); });
function nudge() { // b3 by 0.01, and back again: before and after
  const values = [...lesson.values], before = ssr(...values), model = models.three;
  const squares = () => data.dosages.map((dosage, k) => (data.observed[k] - squiggle(...lesson.values, dosage)[0]) ** 2);
  const old = squares(), ways = model.uses[model.picked].map(({ to }) => model.gradients[to]);
  lesson.put(B3, Number((values[B3] + 0.01).toPrecision(12)));
  const found = { from: before[0], slope: before[1][B3], to: lesson.ssr[0], moves: squares().map((square, k) => square - old[k]), ways };
  lesson.put(B3, values[B3]);
  return found;
}
element("nudge").addEventListener("click", () => {
  const { from, to, slope } = nudge(), move = Number(to.toFixed(4)) - Number(from.toFixed(4));
  say(element("nudged"), `The SSR moved from ${from.toFixed(4)} to ${to.toFixed(4)}, by ${move.toFixed(4)}. The slope of the tangent is ${slope.toFixed(2)}, and the slope × 0.01 says ${(slope * 0.01).toFixed(4)}. (They differ a little, because the slope changes on the way.) b3 is back where it was.`);
  happened.add("nudged");
});
// 4. Three ways, their sum asked for.
const answered = text => {
  models.three.hidden = new Set();
  say(element("judged"), text);
  wake();
};
const sumInWords = () => {
  const model = models.three, { picked } = model;
  return `${model.uses[picked].map(({ to }) => factor(model.gradients[to])).join(" + ")} = ${four(model.gradients[picked])}`;
};
element("check").addEventListener("click", () => {
  const given = element("answer").valueAsNumber, right = models.three.gradients[models.three.picked];
  if (Number.isNaN(given)) say(element("judged"), "Write a number into the field.");
  else if (Math.abs(given - right) <= 0.06 + 0.005 * Math.abs(right)) answered(`Yes: they add up. ${sumInWords()}, the slope of the pink curve.`);
  else if (Math.abs(given + right) <= 0.06 + 0.005 * Math.abs(right)) say(element("judged"), "The size is right. But which way does the SSR go when b3 goes up?");
  else say(element("judged"), `Not ${four(given)}. A nudge of b3 moves all three squares, and the SSR is their sum.`);
});
element("reveal").addEventListener("click", () => answered(`They add up: ${sumInWords()}, the slope of the pink curve.`));
element("answer").addEventListener("keydown", event => { if (event.key === "Enter") element("check").click(); });
element("answer").addEventListener("input", () => say(element("judged"), ""));
const terms = data.dosages.map(dosage => {
  const row = make(element("terms").tBodies[0], "tr");
  make(row, "td", {}, String(dosage));
  return [make(row, "td", {}, "…"), make(row, "td", {}, "…")];
});
const sums = make(element("terms").tBodies[0], "tr", { class: "total" });
make(sums, "td", {}, "SSR");
const sumCells = [make(sums, "td", {}, "…"), make(sums, "td", {}, "…")];
element("nudge-three").addEventListener("click", () => {
  const { moves, ways } = nudge(), add = numbers => numbers.reduce((one, other) => one + other, 0).toFixed(4);
  terms.forEach(([moved, way], k) => { say(moved, moves[k].toFixed(4)); say(way, (0.01 * ways[k]).toFixed(4)); });
  say(sumCells[0], add(moves));
  say(sumCells[1], add(ways.map(way => 0.01 * way)));
});
// 7. w1, factor by factor.
const whole = models.whole, chain = whole.ways(whole.picked, 1)[0].toReversed();
const MEANT = { // of each factor by where its arrow leads: what it is, and where the network has it
  "squared residual": ["2 × residual, from the square", "predicted"],
  "residual": ["predicted, subtracted from observed", "predicted"],
  "blue curve": ["w3, for the blue curve is y × w3", "w3"],
  "top y": ["the sigmoid of x, the slope of softplus: the tangent in the node", "top"],
};
const chips = [{ derivative: () => 1, text: "the square moves with itself 1 for 1", lights: "", arrow: { from: whole.root, to: -1, side: -1 } }];
for (const { from, to, side } of chain) {
  const { label } = whole.nodes[to], [text, lights] = MEANT[label] ?? (from === whole.picked ? ["the dosage, for x is dosage × w1 + b1", "dosage"] : []);
  if (text) chips.push({ derivative: () => whole.derivatives[to][side], text, lights, arrow: { from, to, side } });
}
for (const [turn, chip] of chips.entries()) {
  if (turn) element("factors").append(" × ");
  chip.button = make(element("factors"), "button", { type: "button", class: "factor" }, factor(chip.derivative()));
  const light = on => {
    litFactor = on ? chip : null;
    if (on) say(element("factor-told"), `${factor(chip.derivative())}: ${chip.text}`);
    if (on && chip.arrow.to >= 0) graphs.whole.view.follow(chip.arrow.to, [chip.arrow.from]);
    wake();
  };
  for (const kind of ["pointerenter", "focus", "click"]) chip.button.addEventListener(kind, () => light(true));
  for (const kind of ["pointerleave", "blur"]) chip.button.addEventListener(kind, () => light(false));
}
const product = make(element("factors"), "b", { class: "product" });
const NEEDS_W3 = new Set(["w1", "b1"]);
const boxes = data.names.map(name => {
  const label = make(element("needs"), "label", { class: "tick" });
  const input = make(label, "input", { type: "checkbox" });
  make(label, "span", {}, name);
  return { name, input };
});
const judgeNeeds = reveal => {
  const ticked = boxes.filter(({ input }) => input.checked).map(({ name }) => name);
  const missing = [...NEEDS_W3].filter(name => !ticked.includes(name)), tooMany = ticked.filter(name => !NEEDS_W3.has(name));
  const answer = "w1 and b1, and no other. Only their ways pass the arrow that has w3 on it. w3's own gradient has y on its arrow; w2's and b2's ways pass w4; b3's passes neither. (Through the residual, the forward pass, every gradient depends on every parameter's value.)";
  say(element("needs-told"), reveal ? `They are ${answer}` : !missing.length && !tooMany.length ? `Yes: ${answer}`
    : `Not quite. ${tooMany.length ? `${tooMany[0]}: go its way back from the square in the graph; is there an arrow with w3's number, ${four(lesson.values[W3])}, on it?` : "There are more: whose way back from the square passes the arrow with w3's number on it?"}`);
};
element("check-needs").addEventListener("click", () => judgeNeeds(false));
element("reveal-needs").addEventListener("click", () => judgeNeeds(true));
// 8. Seven, the curve of one, and starts.
data.names.forEach((name, which) => make(element("chosen"), "option", { value: which }, name));
element("chosen").value = String(W3);
element("chosen").addEventListener("change", () => { ssrPlot.which = Number(element("chosen").value); ssrPlot.kept = null; wake(); });
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const random = () => data.names.map(name => name[0] === "w" ? normal() : 0);
element("stuck").addEventListener("click", () => { lesson.begin(data.stuck, data.names.keys()); lesson.play(() => 4); });
element("again").addEventListener("click", () => { lesson.begin(random(), data.names.keys()); lesson.play(() => 4); });

const descents = [...document.querySelectorAll(".descent")].map(container => new Descent(container));
const rates = [...document.querySelectorAll(".rate")].map(container => new Rate(container));

// The numbers in the text.
function ahead(rate, count, values = lesson.values) { // b3 alone, some steps on
  const at = [...values];
  for (; count; count--) at[B3] -= ssr(...at)[1][B3] * rate;
  return at;
}
const sevenths = [0, 1, 2].reduce(list => [...list, list.at(-1).map((value, which) => value - 0.1 * ssr(...list.at(-1))[1][which])], [data.unoptimised]);
const zero = data.optimised.map((value, which) => which === B3 ? 0 : value);
const curvature = (values, which) => slopesOf[which](...values)[1][which];
const slope = () => lesson.ssr[1][B3];
const hidden = which => k => { const { weight, bias } = NODES[which]; return data.dosages[k] * lesson.values[weight] + lesson.values[bias]; };
const topAt = dosage => dosage * lesson.values[W1] + lesson.values[NODES.top.bias];
const live = {
  b3: () => digits(lesson.values[B3]), ssr: () => ssrDigits(lesson.ssr[0]), slope: () => digits(slope()), slopeSigned: () => signed(slope()),
  rate: () => four(lesson.rate), stepSize: () => digits(slope() * lesson.rate), stepSizeSigned: () => signed(slope() * lesson.rate), newB3: () => digits(lesson.values[B3] - slope() * lesson.rate),
  ssrAt: b3 => ssrDigits(ssr(...zero.with(B3, Number(b3)))[0]),
  topX: k => digits(hidden("top")(k)), bottomX: k => digits(hidden("bottom")(k)),
  blue: k => digits(blueCurve(...lesson.values, data.dosages[k])[0]), orange: k => digits(orangeCurve(...lesson.values, data.dosages[k])[0]),
  predicted: k => digits(squiggle(...lesson.values, data.dosages[k])[0]), observed: k => String(data.observed[k]),
  residual: k => digits(data.observed[k] - squiggle(...lesson.values, data.dosages[k])[0]),
  twoResidual: () => four(models.one.derivatives[models.one.root][0]),
  ssrFormula: () => {
    const residuals = data.dosages.map((dosage, k) => data.observed[k] - squiggle(...lesson.values, dosage)[0]), [total] = lesson.ssr;
    const shown = total < 0.1 ? four : digits; // of small ones, two digits after the point would be too few
    return `${residuals.map(residual => `(${shown(residual)})²`).join(" + ")} = ${ssrDigits(total)}`;
  },
  belowTenth: () => lesson.ssr[0] < 0.1 ? "Below 0.1: you found it, by eye." : "Can you get it below 0.1?",
  value: which => digits(lesson.values[which]), slopeOf: which => digits(lesson.ssr[1][which]), next: which => digits(lesson.values[which] - lesson.rate * lesson.ssr[1][which]),
  w1Total: () => four(ssr(...lesson.values)[1][W1]),
  downhill: () => lesson.converged && !lesson.flat() ? "The last step was so short that the descent has ended, though it is not flat here (Step begins again)." : lesson.converged ? "That is as good as flat, so the descent has ended (Step begins again)." : Math.abs(slope()) < 1e-9 ? "It is flat here: this is the lowest place." : `It goes down to the ${slope() < 0 ? "right, where b3 is larger" : "left, where b3 is smaller"}, so take a step against it. How far?`,
  curvature: () => String(Number(curvature(zero, B3).toPrecision(6))),
  endsAt: () => { let at = zero, last; do [last, at] = [at, ahead(0.1, 1, at)]; while (Math.abs(at[B3] - last[B3]) >= TOLERANCE); return at[B3].toFixed(4); },
  lowest: () => (-ssr(...zero)[1][B3] / curvature(zero, B3)).toFixed(4),
  flowX: () => digits(topAt(lesson.flowing)), flowSlope: () => four(softplus(topAt(lesson.flowing))[1][0]),
  sevenSsr: k => k === "0" ? ssr(...sevenths[0])[0].toFixed(2) : ssrDigits(ssr(...sevenths[k])[0]),
  w3Curvature: () => curvature(data.unoptimised, W3).toFixed(1), togetherLimit: () => { // along the step: gHg / gg is the slope of the slope
    const slopes = ssr(...data.unoptimised)[1], rows = slopesOf.map(slope => slope(...data.unoptimised)[1]), dot = (one, other) => one.reduce((sum, each, which) => sum + each * other[which], 0);
    return (2 * dot(slopes, slopes) / dot(slopes, rows.map(row => dot(row, slopes)))).toFixed(2);
  },
  w3Limit: () => (2 / curvature(data.unoptimised, W3)).toFixed(2),
};
for (const table of document.querySelectorAll("[data-rows]"))
  data.dosages.forEach((dosage, k) => {
    const row = make(table.tBodies[0], "tr");
    make(row, "td", {}, String(dosage));
    for (const what of table.dataset.rows.split(" ")) make(row, "td", { "data-live": `${what}.${k}` });
  });
data.names.forEach((name, which) => { // all seven: values and slopes
  const row = make(element("all-values").tBodies[0], "tr");
  make(row, "td", {}, name);
  for (const what of ["value", "slopeOf", "next"]) make(row, "td", { "data-live": `${what}.${which}` });
});
const spoken = [...document.querySelectorAll("[data-live]")].map(element => ({ element, section: element.closest("section"), what: element.dataset.live.split(".") }));

// What is told when the reader has done something, or wants to read on.
const done = {
  steps: count => lesson.steps.length >= Number(count),
  nudged: () => happened.has("nudged"),
  early: () => models.early.early && models.early.place === models.early.LAST,
  rate: () => lesson.rate >= 0.33 && (lesson.steps.length > 1 || lesson.diverged),
  stuck: () => lesson.stuck(),
};
const later = [...document.querySelectorAll("[data-after], [data-when]")].map(element => {
  const more = document.createElement("button"), { after, when } = element.dataset;
  set(more, { type: "button", class: "more" });
  say(more, "read on");
  element.before(more);
  element.hidden = true;
  more.addEventListener("click", () => unfold(element, more));
  return { element, more, ready: () => after ? done.steps(after) : done[when]() };
});
function unfold(element, more) {
  element.hidden = false;
  more.remove();
}

let written = 0;
function drawStory() {
  if (!active) return;
  const section = sectionOf(active), show = new Set((active.dataset.show ?? "").split(" ")), visible = new Set((active.dataset.stage ?? "").split(" "));
  if (section.id === "slope" && curveDrawn) show.add("curve");
  if (visible.has("network")) network.draw(show, litFactor?.lights);
  if (visible.has("squiggle")) squigglePlot.draw(show);
  if (visible.has("ssr")) {
    if (section.id !== "all-seven") ssrPlot.which = B3;
    ssrPlot.draw(show);
  }
  if (lesson.playing && performance.now() - written < 100) return; // numbers that change faster cannot be read
  written = performance.now();
  for (const { element, section: where, what: [name, k] } of spoken) // and at first, what can be read before its chapter begins
    if (where === section || (!element.textContent && where.id !== "all-seven")) say(element, live[name](k));
  for (const { element, more, ready } of later) if (element.hidden && active.contains(element) && ready()) unfold(element, more);
  for (const each of descents) if (each.told.closest("section") === section) each.draw();
  for (const each of rates) if (each.slider.closest("section") === section) each.draw();
  for (const input of document.querySelectorAll("#flow, .flow")) input.value = String(lesson.flowing);
  for (const input of document.querySelectorAll(".b3")) input.value = String(lesson.values[B3]);
  if (section.id === "descent") say(element("verdict"), lesson.steps.length < 2 && !lesson.diverged ? `Take some steps with ${four(lesson.rate)}, and watch.` : verdict(lesson.rate, curvature(zero, B3)));
  if (lesson.followed !== lesson.values) follow(lesson.followed = lesson.values);
  for (const [name, { model, view, code, walks, picked }] of Object.entries(graphs)) {
    const seen = model.moment();
    for (const walk of walks) if (walk.told.closest("section") === section) walk.draw(seen);
    if (!visible.has(name)) continue;
    const arrow = litFactor?.arrow, node = picked ?? (name === "three" ? model.picked : null);
    view.draw(seen, node, new Set(arrow ? [`${arrow.from}_${arrow.to}_${arrow.side}`] : []));
    code.draw(seen, node, arrow);
  }
  if (section.id === "chain-rule") {
    const model = models.three;
    say(element("three-ways"), model.uses[model.picked].map(({ to }, k) => `dosage ${data.dosages[k]}: ${four(model.gradients[to])}`).join("   "));
  }
  if (section.id === "further-back") {
    for (const { button, derivative } of chips) say(button, factor(derivative()));
    const shown = chips.reduce((one, { derivative }) => one * Number(four(derivative())), 1), right = whole.gradients[whole.picked];
    say(product, ` ${equals(shown, right)} ${four(right)}`);
  }
  if (section.id === "board") drawBoard();
}
