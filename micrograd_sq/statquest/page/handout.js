// ---- The handout, for a printer: each step with its picture in its final state
const CONTROLS = "button:not(.factor), label, input, select, .walk, .descent, .rate, .choices, .note, .found, a";
function handout() {
  const here = addressOf(active), sheet = element("handout"), [width, height] = [430, 280], before = [{ ...kept }, new Set(happened), [...journey.seen]];
  printing = true;
  sheet.replaceChildren();
  make(sheet, "h1", {}, "How does a network learn?");
  make(sheet, "p", { class: "note" }, "After the video Backpropagation Main Ideas by StatQuest, youtu.be/IN2XmBhILt4");
  for (const section of sections.filter(({ id }) => id !== "board" && id !== "end"))
    for (const [place, step] of [...section.querySelectorAll(".step")].entries()) {
      enter(step, place ? null : {});
      deeds[step.dataset.deed]?.(walkOf(step));
      lesson.shown = [...lesson.values];
      const [first] = step.dataset.stage.split(" "), view = document.querySelector(`.view[data-view="${first}"]`);
      for (const plot of [squigglePlot, ssrPlot]) Object.assign(plot, { width, height });
      drawStory();
      const picture = (graphs[first]?.view.svg ?? view.querySelector("svg")).cloneNode(true), graph = graphs[first]?.view;
      if (graph) {
        const { x, y, width, height } = graph.bounds;
        set(picture, { viewBox: `${x} ${y} ${width} ${height}`, class: "graph" });
        picture.firstElementChild.removeAttribute("transform");
      } else if (first !== "network") set(picture, { viewBox: `0 0 ${width} ${height}` });
      for (const each of picture.querySelectorAll("[role], [tabindex]")) for (const name of ["role", "tabindex"]) each.removeAttribute(name);
      for (const none of picture.querySelectorAll('[d="M0 0"]')) none.remove();
      if (!place) make(sheet, "h2", {}, section.dataset.title);
      const article = make(sheet, "article", graph ? { class: "graph" } : {}), text = make(article, "div");
      article.prepend(picture);
      for (const part of step.children) {
        const copy = part.cloneNode(true);
        for (const control of copy.querySelectorAll(CONTROLS)) control.remove();
        for (const each of [copy, ...copy.querySelectorAll("[id]")]) each.removeAttribute("id");
        if (copy.matches("details")) copy.open = true;
        if (!copy.matches(CONTROLS) && /\w/.test(copy.textContent)) text.append(copy);
      }
    }
  for (const plot of [squigglePlot, ssrPlot]) plot.measure();
  for (const id of Object.keys(kept)) delete kept[id];
  happened.clear();
  Object.assign(kept, before[0]);
  before[1].forEach(what => happened.add(what));
  [journey.seen, active] = [before[2], null];
  visit(here);
  printing = false;
}
addEventListener("beforeprint", handout);
addEventListener("afterprint", () => element("handout").replaceChildren());
