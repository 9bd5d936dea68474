// What tests read from the page of a graph.
({
  // Move one slider after another. Return what the page shows at first and after each move.
  async shown(moves) {
    const texts = part => [...part.querySelectorAll("text")].map(text => text.textContent);
    const now = () => ({
      numbers: model.numbers, problem: model.problem, passes: [model.data, model.gradients, model.derivatives],
      arrows: [...document.querySelectorAll("#graph .edge")].map(arrow => [arrow.dataset.edge.split("_").map(Number), texts(arrow)]),
      texts: model.nodes.map((_, place) => [...document.querySelectorAll(`#graph [data-value="${place}"]`)].flatMap(texts).slice(-2)),
    });
    const all = [structuredClone(now())];
    for (const [which, part] of moves) {
      const slider = document.querySelectorAll(".leaf input[type=range]")[which];
      slider.valueAsNumber = Number(slider.min) + part * (slider.max - slider.min);
      slider.dispatchEvent(new Event("input"));
      await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
      all.push(structuredClone(now()));
    }
    return all;
  },
  // Return the lines of the program for each Value: the line that computes the Value, and those that add to its gradient.
  lines: () => model.nodes.map((_, place) => ["line-of", "gradient-of"].map(kind =>
    [...document.querySelectorAll(`#code [data-${kind}="${place}"]`)].map(line =>
      [line.querySelector("code").textContent, line.querySelector(".live").textContent]))),
  // Return the size of the smallest letters in view, and how much of each box is in view that the step is about.
  inView() {
    const svg = document.querySelector("#graph .graph"), place = svg.getBoundingClientRect();
    const seen = element => {
      const box = element.getBoundingClientRect();
      const across = Math.min(box.right, place.right) - Math.max(box.left, place.left), down = Math.min(box.bottom, place.bottom) - Math.max(box.top, place.top);
      return Math.max(0, across) / box.width * Math.max(0, down) / box.height;
    };
    const letters = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim() && seen(text) > 0);
    const { lit, shares } = model.moment(), about = lit < 0 ? [model.root] : [lit, ...shares.map(share => share.to)];
    const drawn = node => svg.querySelector(`[data-tag="${node}_${lit}"]`) ?? svg.querySelector(`[data-value="${node}"]`);
    return [Math.min(...letters.map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)), about.map(node => seen(drawn(node)))];
  },
  // Step forward. Return the texts of the contributions that travel then, and the gradient that the box of a Value shows.
  step(node) {
    walk.step(1);
    frames.drawing.forEach(draw => draw());
    return [(view.flight?.labels ?? []).map(({ texts }) => texts.join(" ")), view.boxes.get(node).gradient.textContent.trim()];
  },
})
