// ---- The page: any graph to touch
const element = id => document.getElementById(id);
const model = new Model(data, bothPasses);
let picked = model.picked ?? (model.labelled.length ? model.labelled[0] : model.root);
const pick = node => {
  picked = node;
  wake();
};
model.picked = picked;
const view = new GraphView(element("graph"), model, pick);
const follow = () => {
  view.follow(model.moment().lit);
  wake();
};
const walk = new Walk(element("controls"), element("told"), model, follow);
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
const inPython = number => Number.isFinite(number) ? String(number) : `float("${four(number)}")`;
element("copy").addEventListener("click", async () => {
  const words = Object.keys(model.meanings), lines = code.lines.map(({ kind, text, of }) => kind === "leaf" ? text + inPython(model.number(of)) : text);
  const used = [...new Set([...words, "exp", "log", "tanh"])].filter(word => lines.some(line => new RegExp(`\\b${word}\\(`).test(line)));
  const text = [...(used.length ? [`from micrograd_sq.functions import ${used.join(", ")}`, ""] : []), ...lines, ""].join("\n");
  try {
    await navigator.clipboard.writeText(text);
    say(element("copy"), "copied");
  } catch { // where a page may not use the clipboard, the program can be marked by hand
    getSelection().selectAllChildren(code.list);
    say(element("copy"), "marked");
  }
});
nextFrame(performance.now());
