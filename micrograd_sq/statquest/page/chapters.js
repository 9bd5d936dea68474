// ---- The chapters: what each begins with, what its controls do, and the numbers in its text
const place = view => document.querySelector(`.view[data-view="${view}"]`);
const network = new Network(place("network")), squigglePlot = new Squiggle(place("squiggle")), ssrPlot = new Ssr(place("ssr")), journey = new Journey(place("journey"));
const graphs = {}, walks = [];
const happened = new Set(); // what the reader has done
let litFactor = null; // the arrow of the factor that is pressed

for (const [name, model] of Object.entries(models)) {
  const view = place(name), graph = { model, picked: null, walks: [] };
  const pick = node => {
    const sending = graph.walks.length && node === model.moment().next && model.place < model.LAST;
    if (sending) graph.walks[0].step(1); // a box whose turn it is sends
    else graph.picked = node;
    wake();
  };
  graph.view = new GraphView(view.querySelector(".canvas-place"), model, pick);
  model.id = name; // one picture may serve two
  graph.code = new Code(view.querySelector(".code-place"), model, pick);
  graphs[name] = graph;
}
function outcome({ view, model }) { // the gradient that all of it was for
  const { picked } = model;
  if (view.largest(view.bounds) < view.least) view.show([picked, ...model.uses[picked].map(({ to }) => to)]);
  else view.whole();
}
for (const container of document.querySelectorAll(".step .walk")) {
  const { graph: name, early } = container.dataset, graph = graphs[name];
  const walk = new Walk(make(container, "div"), make(container, "div"), graph.model, duration => {
    if (graph.model.place === graph.model.LAST) outcome(graph);
    else graph.view.followMoment(duration);
    if (duration) journey.sent += graph.model.moment().shares.length;
  }, { send: "Send", early: early === "", code: true });
  graph.model.place = graph.model.BACKWARD - 1;
  graph.walks.push(walk);
  walks.push(walk);
}
models.three.place = models.three.LAST;
models.early.early = true;

// What each chapter begins with.
const zero = data.optimised.map((value, which) => which === B3 ? 0 : value);
const fromZero = () => { lesson.rate = 0.1; flowing(0.5); lesson.begin(zero, [B3]); };
const flowing = dosage => { lesson.flowing = dosage; };
const begins = {
  start: fromZero,
  network: fromZero,
  slope: fromZero,
  "chain-rule": () => { fromZero(); models.three.hidden = new Set(happened.has("answer") ? [] : [models.three.picked]); },
  reverse: fromZero,
  descent: fromZero,
  "further-back": () => { fromZero(); lesson.begin(zero, [W1, B3]); },
  "all-seven": () => { lesson.rate = 0.1; ssrPlot.which = W3; element("chosen").value = String(W3); lesson.begin(data.unoptimised, data.names.keys()); },
  end: fromZero,
  board: () => {
    lesson.rate = 0.1;
    flowing(0.5);
    lesson.begin(data.given, data.toFind.map(name => data.names.indexOf(name)));
  },
};
const arrive = { // and some steps
  half: () => flowing(0.5),
  low: () => { if (lesson.values[B3] !== 0) lesson.begin(zero, [B3]); },
};
const bring = id => element(id).scrollIntoView({ block: "nearest" }); // what a press has written
// What Next does where the reader has not, and how long that may be looked at, in milliseconds.
const LOOK = 900;
const finish = () => { while (!lesson.step()); lesson.moved(400); };
const deeds = {
  pull: () => {
    if (lesson.ssr[0] < 0.1 || happened.has("pull")) return happened.add("pull"), 0;
    lesson.begin(zero.with(B3, 2.61), [B3]);
    happened.add("pull");
    return LOOK;
  },
  trail: () => once("trail", () => { for (let b3 = -0.3; b3 < 5.5; b3 += 0.1) ssrPlot.visits.push(b3); }),
  nudge: () => once("nudge", () => element("nudge").click()),
  answer: () => once("answer", () => answered(`They add up: ${sumInWords()}`)),
  terms: () => once("terms", () => element("nudge-three").click()),
  needs: () => once("needs", () => judgeNeeds(true)),
  send: walk => {
    if (!walk || walk.model.place === walk.model.LAST) return 0;
    walk.pause();
    walk.go(walk.model.LAST);
    return LOOK;
  },
  step: () => {
    if (lesson.steps.length) return 0;
    lesson.step();
    lesson.moved(350);
    return LOOK;
  },
  steps: () => {
    if (lesson.steps.length >= 3) return 0;
    while (lesson.steps.length < 3) lesson.step();
    lesson.moved(350);
    return LOOK;
  },
  play: () => {
    lesson.pause();
    if (lesson.converged || lesson.diverged) return 0;
    finish();
    return LOOK;
  },
  stuck: () => {
    lesson.pause();
    if (lesson.begun.join() === data.stuck.join() && lesson.converged) return 0;
    lesson.begin(data.stuck, data.names.keys());
    finish();
    return LOOK;
  },
};
function once(what, act) {
  if (happened.has(what)) return 0;
  act();
  happened.add(what);
  return LOOK;
}
const forget = { // what a reset step forgets
  nudge: () => say(element("nudged"), ""),
  answer: () => { say(element("judged"), ""); element("answer").value = ""; },
  terms: () => terms.flat().concat(sumCells).forEach(cell => say(cell, "…")),
  needs: () => { say(element("needs-told"), ""); boxes.forEach(({ input }) => { input.checked = false; }); },
};

// 1. The dosage flows.
for (const input of document.querySelectorAll(".flow")) input.addEventListener("input", () => { flowing(input.valueAsNumber); wake(); });
// 2. The pink curve, and a nudge.
for (const guess of [0, 1, 2, 3]) {
  const button = make(element("guesses"), "button", { type: "button" }, `b3 = ${guess}`), found = make(button, "small", {}, "SSR ?");
  button.addEventListener("click", () => { lesson.put(B3, guess); say(found, `SSR ${ssrDigits(lesson.ssr[0])}`); });
}
function nudge() { // b3 by 0.01, and back again: before and after
  const values = [...lesson.values], before = ssr(...values);
  const squares = () => data.dosages.map((dosage, k) => (data.observed[k] - squiggle(...lesson.values, dosage)[0]) ** 2);
  const old = squares(), paths = products();
  lesson.put(B3, Number((values[B3] + 0.01).toPrecision(12)));
  const found = { from: before[0], slope: before[1][B3], to: lesson.ssr[0], changes: squares().map((square, k) => square - old[k]), paths };
  lesson.put(B3, values[B3]);
  return found;
}
element("nudge").addEventListener("click", () => {
  if (!lesson.steps.length && Math.abs(lesson.ssr[1][B3]) < 0.5) lesson.begin(zero, [B3]); // a slope that can be seen
  const { from, to, slope } = nudge(), change = Number(to.toFixed(4)) - Number(from.toFixed(4));
  say(element("nudged"), `The SSR changes from ${from.toFixed(4)} to ${to.toFixed(4)}, by ${change.toFixed(4)}. The slope of the tangent, ${slope.toFixed(2)}, times 0.01 is ${(slope * 0.01).toFixed(4)}. The two differ a little, because the slope changes with b3.`);
  bring("nudged");
  happened.add("nudge");
});
// 3. Three paths, their sum asked for.
const answered = text => {
  happened.add("answer");
  models.three.hidden = new Set();
  say(element("judged"), text);
  bring("judged");
  wake();
};
const products = () => models.three.ways(models.three.picked, 3).map(path => multiplied(path.map(({ to, side }) => models.three.derivatives[to][side])));
const chainOf = k => `${models.three.ways(models.three.picked, 3)[k].map(({ to, side }) => models.three.derivatives[to][side]).filter(each => each !== 1).reverse().map(factor).join(" × ")} = `;
const sumInWords = () => {
  const model = models.three, { picked } = model;
  const paths = products(), shown = paths.reduce((sum, path) => sum + Number(four(path)), 0), right = model.gradients[picked];
  return `${paths.map(factor).join(" + ")} ${Math.abs(shown - Number(four(right))) < 1e-9 ? "=" : "≈"} ${four(right)}. This is the slope of the SSR at b3 = 0, ${digits(right)}.`;
};
element("check").addEventListener("click", () => {
  const given = element("answer").valueAsNumber, right = models.three.gradients[models.three.picked];
  if (Number.isNaN(given)) say(element("judged"), "Write a number into the field.");
  else if (Math.abs(given - right) <= 0.06 + 0.005 * Math.abs(right)) answered(`Yes, they add up: ${sumInWords()}`);
  else if (Math.abs(given + right) <= 0.06 + 0.005 * Math.abs(right)) say(element("judged"), "The size is right, but not the sign. Does the SSR rise or fall when b3 rises?");
  else say(element("judged"), `Not ${four(given)}. A small change of b3 changes all three squares, and the SSR is their sum.`);
});
element("reveal").addEventListener("click", () => answered(`They add up: ${sumInWords()}`));
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
  const { changes, paths } = nudge(), add = numbers => numbers.reduce((one, other) => one + other, 0).toFixed(4);
  terms.forEach(([changed, path], k) => { say(changed, changes[k].toFixed(4)); say(path, (0.01 * paths[k]).toFixed(4)); });
  say(sumCells[0], add(changes));
  say(sumCells[1], add(paths.map(path => 0.01 * path)));
  bring("terms");
  happened.add("terms");
});
// 4. w1, factor by factor.
const whole = models.whole, chain = whole.ways(whole.picked, 1)[0].toReversed();
const MEANT = { // of each factor by where its arrow leads: what it is, and where the network has it
  "squared residual": ["2 × residual, the derivative of the square", "predicted"],
  "residual": ["residual = observed − predicted: it falls when predicted rises", "predicted"],
  "blue curve": ["w3, because the blue curve is y × w3", "w3"],
  "top y": ["sigmoid(x), the slope of softplus: the tangent in the node", "top"],
};
const chips = [{ derivative: () => 1, text: "the gradient of the result itself", lights: "", arrow: { from: whole.root, to: -1, side: -1 } }];
for (const { from, to, side } of chain) {
  const { label } = whole.nodes[to], [text, lights] = MEANT[label] ?? (from === whole.picked ? ["dosage, because x = dosage × w1 + b1", "dosage"] : []);
  if (text) chips.push({ derivative: () => whole.derivatives[to][side], text, lights, arrow: { from, to, side } });
}
for (const [turn, chip] of chips.entries()) {
  if (turn) element("factors").append(" × ");
  chip.button = make(element("factors"), "button", { type: "button", class: "factor" }, factor(chip.derivative()));
  const light = on => {
    litFactor = on ? chip : null;
    if (on) say(element("factor-told"), `${factor(chip.derivative())}: ${chip.text}`);
    if (on) graphs.whole.view.show(chip.arrow.to < 0 ? [chip.arrow.from] : [chip.arrow.to, chip.arrow.from], true, graphs.whole.view.goal.k);
    wake();
  };
  for (const kind of ["focus", "click"]) chip.button.addEventListener(kind, () => light(true));
  chip.button.addEventListener("blur", () => light(false));
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
  if (reveal) for (const { name, input } of boxes) input.checked = NEEDS_W3.has(name);
  const ticked = boxes.filter(({ input }) => input.checked).map(({ name }) => name);
  const missing = [...NEEDS_W3].filter(name => !ticked.includes(name)), tooMany = ticked.filter(name => !NEEDS_W3.has(name));
  const answer = "w1 and b1, and no other: only their paths pass the arrow with w3. The path of w3 itself has y there, the paths of w2 and b2 have w4. (All seven gradients depend on w3 all the same, because w3 changes the residual.)";
  if (reveal || (!missing.length && !tooMany.length)) happened.add("needs");
  say(element("needs-told"), reveal ? `They are ${answer}` : !missing.length && !tooMany.length ? `Yes: ${answer}`
    : !ticked.length ? "Tick at least one." : `Not quite. ${tooMany.length ? `Follow the path from ${tooMany[0]} to the prediction: which numbers are on its arrows?` : "There are more: on whose path to the prediction is an arrow with w3?"}`);
  bring("needs-told");
};
element("check-needs").addEventListener("click", () => judgeNeeds(false));
element("reveal-needs").addEventListener("click", () => judgeNeeds(true));
// 5. Seven, the curve of one, and initial values.
data.names.forEach((name, which) => make(element("chosen"), "option", { value: which }, name));
element("chosen").value = String(W3);
element("chosen").addEventListener("change", () => { ssrPlot.which = Number(element("chosen").value); ssrPlot.kept = null; wake(); });
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const random = () => data.names.map(name => name[0] === "w" ? normal() : 0);
element("stuck").addEventListener("click", () => { lesson.begin(data.stuck, data.names.keys()); lesson.play(() => 4); });
element("again").addEventListener("click", () => { lesson.begin(random(), data.names.keys()); lesson.play(() => 4); });

// 6. The end: what the reader did.
element("copy-picture").addEventListener("click", () => copyPicture(journey.svg, element("copy-picture")));
copies(element("copy-link"), () => location.href, element("copy-link"));

async function copyPicture(svg, button) { // as a PNG twice as large; a browser that may not copy saves a file
  const drawn = svg.cloneNode(true), [width, height] = [svg.clientWidth, svg.clientHeight];
  [...svg.querySelectorAll("*")].forEach((part, place) => {
    const { display, fill, stroke, strokeWidth, fontFamily, fontSize, visibility } = getComputedStyle(part);
    Object.assign(drawn.querySelectorAll("*")[place].style, { display, fill, stroke, strokeWidth, fontFamily, fontSize, visibility });
  });
  set(drawn, { xmlns: "http://www.w3.org/2000/svg", width: 2 * width, height: 2 * height, viewBox: `0 0 ${width} ${height}` });
  drawn.style.background = getComputedStyle(element("stage")).backgroundColor;
  const canvas = await painted(new XMLSerializer().serializeToString(drawn), 2 * width, 2 * height);
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": new Promise(done => canvas.toBlob(done)) })]);
    say(button, "copied");
  } catch {
    download("my-descent.png", canvas.toDataURL());
    say(button, "saved");
  }
  setTimeout(() => say(button, "copy picture"), 2000);
}

const descents = [...document.querySelectorAll(".descent")].map(container => new Descent(container));
const rates = [...document.querySelectorAll(".rate")].map(container => new Rate(container));

// The numbers in the text.
const sevenths = [0, 1, 2].reduce(list => [...list, list.at(-1).map((value, which) => value - 0.1 * ssr(...list.at(-1))[1][which])], [data.unoptimised]);
const curvature = (values, which) => slopesOf[which](...values)[1][which];
const slope = () => lesson.ssr[1][B3];
const hidden = which => k => { const { weight, bias } = NODES[which]; return data.dosages[k] * lesson.values[weight] + lesson.values[bias]; };
const topAt = dosage => dosage * lesson.values[W1] + lesson.values[NODES.top.bias];
const live = {
  b3: () => digits(lesson.values[B3]), ssr: () => ssrDigits(lesson.ssr[0]), slope: () => digits(slope()), slopeSigned: () => signed(slope()),
  rate: () => four(lesson.rate), stepSize: () => `${sameProduct(slope(), lesson.rate)} ${digits(slope() * lesson.rate)}`, stepSizeSigned: () => signed(slope() * lesson.rate), newB3: () => `${sameDigits(lesson.values[B3], slope() * lesson.rate, lesson.values[B3] - slope() * lesson.rate)} ${digits(lesson.values[B3] - slope() * lesson.rate)}`,
  dosage: () => String(Number(lesson.flowing.toFixed(2))), sent: () => `${journey.sent} gradient${journey.sent === 1 ? "" : "s"}`,
  celebrated: () => lesson.ssr[0] < 0.1 ? "You found the fit by eye. But how does a machine know which way to pull?" : "Can you get the SSR below 0.1?",
  topX: k => digits(hidden("top")(k)), bottomX: k => digits(hidden("bottom")(k)),
  blue: k => digits(blueCurve(...lesson.values, data.dosages[k])[0]), orange: k => digits(orangeCurve(...lesson.values, data.dosages[k])[0]),
  predicted: k => digits(squiggle(...lesson.values, data.dosages[k])[0]),
  twoResidual: () => four(models.one.derivatives[models.one.root][0]),
  ssrFormula: () => {
    const residuals = data.dosages.map((dosage, k) => data.observed[k] - squiggle(...lesson.values, dosage)[0]), [total] = lesson.ssr;
    const shown = total < 0.1 ? four : digits; // of small ones, two digits after the point would be too few
    const made = residuals.reduce((sum, residual) => sum + Number(shown(residual)) ** 2, 0);
    return `${residuals.map(residual => `(${shown(residual)})²`).join(" + ")} ${ssrDigits(made) === ssrDigits(total) ? "=" : "≈"} ${ssrDigits(total)}`;
  },
  value: which => digits(lesson.values[which]), slopeOf: which => digits(lesson.ssr[1][which]), next: which => digits(lesson.values[which] - lesson.rate * lesson.ssr[1][which]),
  w1Total: () => four(ssr(...lesson.values)[1][W1]),
  downhill: () => lesson.converged && !lesson.flat() ? "The last step was so short that the descent has ended." : lesson.converged ? "This is almost 0: the descent has ended." : Math.abs(slope()) < 1e-9 ? "This is the minimum." : `The SSR falls to the ${slope() < 0 ? "right" : "left"}.`,
  curvature: () => String(Number(curvature(zero, B3).toPrecision(6))),
  endsAt: () => { let at = zero, last; do [last, at] = [at, at.with(B3, at[B3] - 0.1 * ssr(...at)[1][B3])]; while (Math.abs(at[B3] - last[B3]) >= TOLERANCE); return at[B3].toFixed(4); },
  lowest: () => (-ssr(...zero)[1][B3] / curvature(zero, B3)).toFixed(4),
  flowX: () => four(topAt(lesson.flowing)), flowSlope: () => four(softplus(topAt(lesson.flowing))[1][0]),
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

let drawnAt = 0;
function drawStory() {
  if (!active) return;
  const section = sectionOf(active), show = new Set((active.dataset.show ?? "").split(" ")), visible = new Set((active.dataset.stage ?? "").split(" "));
  if (visible.has("network")) network.draw(show, litFactor?.lights);
  if (visible.has("squiggle")) squigglePlot.draw(show);
  if (visible.has("ssr")) {
    if (section.id !== "all-seven") ssrPlot.which = B3;
    ssrPlot.draw(show);
  }
  if (lesson.playing && performance.now() - drawnAt < 100) return; // numbers that change faster cannot be read
  drawnAt = performance.now();
  for (const { element, section: where, what: [name, k] } of spoken)
    if (!where || where === section) say(element, live[name](k));
  for (const each of descents) if (each.told.closest("section") === section) each.draw();
  for (const each of rates) if (each.slider.closest("section") === section) each.draw();
  for (const input of document.querySelectorAll(".flow")) input.value = String(lesson.flowing);
  if (section.id === "descent") say(element("verdict"), lesson.steps.length < 2 && !lesson.diverged ? `Take some steps with ${four(lesson.rate)}.` : verdict(lesson.rate, curvature(zero, B3)));
  if (lesson.followed !== lesson.values) follow(lesson.followed = lesson.values);
  for (const [name, { model, view, code, walks, picked }] of Object.entries(graphs)) {
    const seen = model.moment();
    for (const walk of walks) if (walk.told.closest("section") === section) walk.draw(seen);
    if (!visible.has(name)) continue;
    const arrow = litFactor?.arrow, node = picked ?? (name === "three" ? model.picked : null);
    const lit = arrow ? [arrow] : active.contains(element("factors")) ? chain : [];
    view.draw(seen, node, new Set(lit.map(({ from, to, side }) => `${from}_${to}_${side}`)));
    code.draw(seen, node, arrow);
  }
  if (section.id === "chain-rule") say(element("three-paths"), products().map((path, k) => `dosage ${data.dosages[k]}: ${chainOf(k)}${four(path)}`).join("\n"));
  if (section.id === "further-back") {
    for (const { button, derivative } of chips) say(button, factor(derivative()));
    const shown = chips.reduce((one, { derivative }) => one * Number(four(derivative())), 1), right = whole.gradients[whole.picked];
    say(product, ` ${equals(shown, right)} ${four(right)}`);
  }
  if (visible.has("journey")) journey.draw();
  journey.note();
  celebrate(section.id === "start");
  if (section.id === "board") drawBoard();
}
