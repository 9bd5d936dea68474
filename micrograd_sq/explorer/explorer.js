// ---- The page: any graph to touch
const model = new Model(data, forwardAndBackward);
let picked = model.picked ?? (model.labelled.length ? model.labelled[0] : model.root);
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
view.focusable(picked);
frames.drawing.add(() => {
  const seen = model.moment();
  const onWay = new Set(paths.ways(picked).flat().map(({ from, to, side }) => `${from}_${to}_${side}`));
  view.draw(seen, picked, onWay);
  walk.draw(seen);
  leaves.draw();
  code.draw(seen, picked);
  paths.draw(seen, picked);
});
copies(element("copy"), () => {
  const lines = code.lines.map(({ kind, text, of }) => kind === "leaf" ? text + inPython(model.number(of)) : text);
  return [...model.imports, ...(model.imports.length ? [""] : []), ...lines, ""].join("\n");
}, code.list);
element("reset").addEventListener("click", () => {
  leaves.reset();
  wake();
});
nextFrame(performance.now());
