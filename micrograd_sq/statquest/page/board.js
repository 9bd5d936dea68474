// ---- The board: everything at once, and the Python that does the same
const boardNetwork = new Network(element("board-network")), boardSquiggle = new Squiggle(element("board-squiggle")), boardSsr = new Ssr(element("board-ssr"));
const EVERYTHING = new Set("points curves green residuals sizes handle flow curve tangent trail".split(" "));
const boardGraph = (() => {
  const panel = element("board-graph"), model = new Model(data.graphs.whole, passes.whole), graph = { model, picked: model.picked };
  const pick = node => { graph.picked = node; wake(); };
  model.titles = [];
  graph.view = new GraphView(panel.querySelector(".canvas-place"), model, pick);
  const bar = panel.querySelector(".walk");
  graph.walk = new Walk(make(bar, "div"), make(bar, "div"), model, duration => graph.view.followMoment(duration), { code: true });
  graph.paths = new Picked(panel.querySelector(".picked-place"), model, wake, node => data.names.includes(model.nodes[node].label)); // the dosage stays as the heading has it
  walks.push(graph.walk);
  return graph;
})();

const rows = data.labels.map((label, which) => {
  const row = make(element("rows"), "div", { class: "row" });
  const toggle = make(row, "button", { type: "button", class: "toggle", role: "switch", "aria-checked": false, "aria-label": `${label} is trainable` });
  const name = make(row, "b", { title: label }, label);
  const number = make(row, "input", { type: "number", step: 0.01, "aria-label": `${label}, a number` });
  const slider = make(row, "input", { type: "range", min: -6, max: 6, step: 0.01, "aria-label": `${label}, a slider` });
  toggle.addEventListener("click", () => {
    if (!lesson.finding.delete(which)) lesson.finding.add(which);
    lesson.afresh();
    wake();
  });
  for (const input of [number, slider])
    input.addEventListener("input", () => {
      set(input, { "aria-invalid": !Number.isFinite(input.valueAsNumber) });
      if (Number.isFinite(input.valueAsNumber)) lesson.put(which, input.valueAsNumber);
    });
  number.addEventListener("input", () => { number.typed = lesson.values[which]; }); // as long as that is its number
  for (const kind of ["change", "blur"]) number.addEventListener(kind, () => { // an edit that was undone is no change
    set(number, { "aria-invalid": false });
    number.typed = null;
    wake();
  });
  return { row, toggle, name, number, slider };
});
const listed = names => names.map(name => data.labels[data.names.indexOf(name)]).join(", ");
const starts = [["b3"], data.three, data.names].map((names, kind) => ({
  title: ["b3 alone", listed(names), "all seven"][kind],
  values: data.names.map((name, which) => names.includes(name) ? data.unoptimised[which] : data.optimised[which]),
  finding: names.map(name => data.names.indexOf(name)),
}));
const given = { title: "as given", values: data.given, finding: data.toFind.map(name => data.names.indexOf(name)) };
if (!starts.some(({ values, finding }) => values.join() === given.values.join() && finding.join() === given.finding.join())) starts.unshift(given);
for (const start of starts) {
  start.button = make(element("starts"), "button", { type: "button" }, cut(start.title, 24));
  start.button.addEventListener("click", () => lesson.begin(start.values, start.finding));
}
make(element("starts"), "button", { type: "button" }, "random").addEventListener("click", () => lesson.begin(random(), data.names.keys()));
data.labels.forEach((label, which) => make(element("board-chosen"), "option", { value: which }, cut(label, 24)));
element("board-chosen").addEventListener("change", () => { boardSsr.which = Number(element("board-chosen").value); boardSsr.kept = null; wake(); });
element("board-chosen").value = String(boardSsr.which = data.names.indexOf(data.toFind.includes("b3") ? "b3" : data.toFind[0]));
copies(element("copy-python"), python, element("python"));

function python() { // the same descent, in Python
  const names = data.names.filter((_, which) => lesson.finding.has(which));
  const numbers = data.names.map((name, which) => `"${name}": ${Number(lesson.begun[which].toPrecision(12))}`);
  const changed = lesson.steps.some(step => step.rate !== lesson.rate) ? "  # in the page it changed during the descent" : "";
  const most = lesson.steps.length > 1000 ? `, max_steps=${MOST_STEPS}` : "";
  const descent = names.length ? `for step in sgd(loss, [${names.map(name => `net["${name}"]`).join(", ")}], learning_rate=${lesson.rate}${most}):${changed}
    print(step.index, step.loss, step.gradients)${names.length > 3 ? "\n# Where steps are large, the rounding of a last digit may decide where the descent ends, here or in the page." : ""}` : "# no parameter is trainable, so there is no descent";
  return `from micrograd_sq import MLP, explore, sgd, ssr, value_and_grad

dosages, observed = [0, 0.5, 1], [0, 1, 0]
net = MLP(1, [2, 1], activation="softplus")
net.load({
    ${numbers.slice(0, 4).join(", ")},
    ${numbers.slice(4).join(", ")},
})


def loss():
    return ssr(observed, [net(dosage) for dosage in dosages])


explore(loss()).write("graph.html")  # the graph of all three dosages as an interactive page
${descent}

# The same as generated code, some fifteen times as fast:
f = value_and_grad(loss(), net.parameters())
print(f.source)
`;
}
function fill(body, wanted) {
  while (body.rows.length > wanted.length) body.lastElementChild.remove();
  wanted.forEach((cells, place) => {
    const row = body.rows[place] ?? make(body, "tr");
    cells.forEach((cell, column) => say(row.cells[column] ?? make(row, "td"), cell));
  });
}
function drawBoard() {
  boardNetwork.draw(EVERYTHING);
  boardSquiggle.draw(EVERYTHING);
  boardSsr.draw(EVERYTHING);
  rows.forEach(({ row, toggle, number, slider }, which) => {
    const find = lesson.finding.has(which), found = find && lesson.converged && !lesson.missed(), value = lesson.values[which];
    dress(row, `row ${found ? "found" : find ? "find" : "optimised"}`);
    set(toggle, { "aria-checked": find });
    say(toggle, found ? "found" : find ? "to find" : "fixed");
    const text = Math.abs(value) < 1e5 ? digits(value, 1e5) : value.toExponential(2);
    if (number.typed !== value) number.typed = null;
    if (number.typed === null && number.value !== text) number.value = text;
    slider.value = String(value);
  });
  for (const start of starts) set(start.button, { "aria-pressed": start.values.join() === lesson.begun.join() && start.finding.join() === [...lesson.finding].join() });
  const { which } = boardSsr, all = lesson.steps, kept = [...all.keys()].filter(step => all.length <= 10 || step < 5 || step >= all.length - 4);
  const lines = kept.map(step => {
    const value = all[step].values[which], size = all[step].sizes[which];
    return [String(step + 1), digits(value), ssrDigits(all[step].loss), digits(all[step].slopes[which]), digits(size), digits(value - size)];
  });
  if (!all.length) lines.push(["no steps yet", "", "", "", "", ""]);
  if (all.length > 10) lines.splice(5, 0, Array(6).fill("…"));
  fill(element("taken"), lines);
  say(element("python"), python());
  const { model, view, walk, paths, picked } = boardGraph;
  if (boardGraph.followed !== lesson.values) {
    model.leafPlaces.forEach((leaf, at) => {
      const parameter = data.names.indexOf(model.nodes[leaf].label);
      if (parameter >= 0) model.numbers[at] = lesson.values[parameter];
    });
    model.compute();
    boardGraph.followed = lesson.values;
  }
  for (const leaf of model.leafPlaces) {
    const which = data.names.indexOf(model.nodes[leaf].label);
    if (which >= 0) model.nodes[leaf].role = lesson.finding.has(which) ? "find" : "optimised";
  }
  const seen = model.moment(); // of the numbers as they are now
  view.draw(seen, picked, new Set(paths.ways(picked).flat().map(({ from, to, side }) => `${from}_${to}_${side}`)));
  walk.draw(seen);
  paths.draw(seen, picked);
}
