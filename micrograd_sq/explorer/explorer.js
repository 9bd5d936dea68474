// ---- The page of any graph
const model = new Model(data, forwardAndBackward), names = data.nodes.map(({ name }) => name);
let picked = model.picked ?? model.root;
const pick = node => {
  picked = node;
  wake();
};
model.picked = picked;
const view = new GraphView(element("graph"), model, pick, { wheel: true });
const walk = new Walk(element("controls"), element("told"), model, duration => view.followMoment(duration));
const leaves = new Leaves(element("leaves"), model, wake);
const code = new Code(element("code"), model, pick);
const paths = new Picked(element("picked"), model, wake);
const onPaths = node => [...new Set([node, ...paths.ways(node).flat().map(({ to }) => to)])];
say(element("graph-head"), document.title);
set(element("graph-head"), { title: document.title });

// ---- The address: the leaves' numbers, the place in the two passes, and the picked Value
const state = () => `#${new URLSearchParams([
  ...model.labelled.map(leaf => [names[leaf], model.number(leaf)]), ["place", model.place], ["picked", names[picked]],
])}`;
function restore() {
  const given = new URLSearchParams(location.hash.slice(1)), last = key => given.getAll(key).at(-1); // a leaf may be named "place"
  for (const leaf of model.labelled) {
    const number = parseFloat(given.get(names[leaf]));
    if (!Number.isNaN(number)) model.put(leaf, number);
  }
  const node = names.indexOf(last("picked")), place = parseInt(last("place"));
  if (node >= 0) picked = node;
  if (place >= 0) walk.go(place);
  wake();
}
restore();
addEventListener("hashchange", restore);
let written = state(), writing = 0;
function remember() {
  if (written === state()) return;
  written = state();
  clearTimeout(writing); // browsers limit how often an address may change
  writing = setTimeout(() => {
    try {
      history.replaceState(null, "", written);
    } catch {} // The frame of a notebook has no address.
  }, 200);
}

view.focusable(picked);
if (picked !== model.root) view.show(onPaths(picked), false);
frames.drawing.add(() => {
  const seen = model.moment(), ways = paths.ways(picked);
  view.draw(seen, picked, new Set(ways.flat().map(({ from, to, side }) => `${from}_${to}_${side}`)));
  walk.draw(seen);
  leaves.draw();
  code.draw(seen, picked);
  paths.draw(seen, picked);
  element("show-paths").hidden = picked === model.root;
  say(element("show-paths"), `show the path${ways.length > 1 ? "s" : ""} to ${cut(model.name(picked), 20)}`);
  remember();
});
const clicks = {
  "show-paths": () => {
    view.kept = false;
    view.show(onPaths(picked));
  },
  "save-svg": () => download("graph.svg", dataURL(picture(element("graph")).text)),
  "save-png": () => savePNG(picture(element("graph"))),
  "reset": () => { leaves.reset(); wake(); },
};
for (const [id, act] of Object.entries(clicks)) element(id).addEventListener("click", act);
copies(element("copy"), () => {
  const lines = code.lines.map(({ kind, text, of }) => kind === "leaf" ? text + inPython(model.number(of)) : text);
  return [...model.imports, ...(model.imports.length ? [""] : []), ...lines, ""].join("\n");
}, code.list);
copies(element("save-link"), () => location.href.split("#")[0] + state());
element("save-link").hidden = location.protocol === "about:";
nextFrame(performance.now());
