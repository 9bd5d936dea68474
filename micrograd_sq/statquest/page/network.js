// ---- The network, with what flows through it
const NODES = { // whose weight and bias make x, and whose weight makes the curve
  top: { weight: W1, bias: data.names.indexOf("b1"), out: W3, colour: "blue", y: 18 },
  bottom: { weight: data.names.indexOf("w2"), bias: data.names.indexOf("b2"), out: data.names.indexOf("w4"), colour: "orange", y: 188 },
};
class Network {
  constructor(container) {
    const svg = this.svg = make(container, "svg", { class: "network", viewBox: "0 0 430 300", role: "img", "aria-label": "The network: a dosage goes through two hidden nodes to a prediction" });
    new ResizeObserver(([{ contentRect: { width, height } }]) => { // letters are large, however small the picture
      const least = parseFloat(getComputedStyle(container).getPropertyValue("--letters")) || 12;
      const letters = Math.max(12, least / (Math.min(width / 430, height / 300) || 1));
      svg.style.setProperty("--letters", `${letters.toFixed(2)}px`);
      svg.classList.toggle("small", letters > 13.5);
    }).observe(svg);
    this.told = make(container, "p", { class: "hidden" });
    this.texts = {};
    const word = (name, x, y, anchor = "middle", kind = "") => { this.texts[name] = make(svg, "text", { x, y, "text-anchor": anchor, class: kind }); };
    this.wires = {};
    for (const [name, x1, y1, x2, y2] of [["w1", 58, 136, 150, 66], ["w2", 58, 164, 150, 234], ["w3", 262, 66, 358, 138], ["w4", 262, 234, 358, 162]])
      this.wires[name] = make(svg, "line", { class: "wire", x1, y1, x2, y2 });
    this.dosageNode = make(svg, "circle", { class: "node", cx: 36, cy: 150, r: 27 });
    this.predictedNode = make(svg, "circle", { class: "node", cx: 384, cy: 150, r: 30 });
    make(svg, "text", { x: 36, y: 112, "text-anchor": "middle", class: "soft" }, "dosage");
    make(svg, "text", { x: 384, y: 108, "text-anchor": "middle", class: "soft" }, "predicted");
    word("dosage", 36, 155);
    word("predicted", 384, 155);
    word("w1", 98, 78, "end");
    word("w2", 98, 232, "end");
    word("w3", 312, 78, "start");
    word("w4", 312, 232, "start");
    word("b1", 206, 132, "middle");
    word("b2", 206, 179, "middle");
    word("b3", 384, 204, "middle");
    word("blue", 345, 146, "end", "blue");
    word("orange", 345, 164, "end", "orange");
    for (const [which, { y, colour }] of Object.entries(NODES)) {
      this[`${which}Node`] = make(svg, "rect", { class: "node", x: 150, y, width: 112, height: 94, rx: 12 });
      const bend = make(svg, "svg", { x: 151, y: y + 1, width: 110, height: 92, overflow: "hidden" });
      make(bend, "path", { class: "bend axes", d: "M0 84H110M55 40V92" });
      this[`${which}Bend`] = make(bend, "path", { class: "bend" });
      this[`${which}Reach`] = make(bend, "path", { class: `reach ${colour}` });
      this[`${which}Tangent`] = make(bend, "line", { class: "tangent" });
      this[`${which}Dot`] = make(bend, "circle", { class: `dot ${colour}`, r: 5 });
      word(`${which}X`, 158, y + 17, "start");
      word(`${which}Y`, 158, y + 33, "start");
      word(`${which}Slope`, 268, which === "top" ? y + 14 : y + 88, "start", "slope");
    }
  }
  draw(show, lit = "") { // what is shown: tangent, values, b3
    const values = lesson.values, dosage = lesson.flowing, number = show.has("tangent") ? four : digits; // as in the graph next to it
    dress(this.dosageNode, `node${lit === "dosage" ? " lit" : ""}`);
    dress(this.predictedNode, `node${lit === "predicted" ? " lit" : ""}`);
    say(this.texts.dosage, String(Number(dosage.toFixed(2))));
    const predicted = squiggle(...values, dosage)[0];
    say(this.texts.predicted, number(predicted));
    data.names.forEach((name, which) => {
      say(this.texts[name], `${cut(data.labels[which], 12)} = ${digits(values[which])}`);
      dress(this.texts[name], `parameter ${lesson.finding.has(which) ? lesson.converged && !lesson.missed() ? "found" : "find" : "optimised"}${lit === name ? " lit" : ""}`);
      if (this.wires[name]) dress(this.wires[name], `wire${lit === name ? " lit" : ""}`);
    });
    say(this.texts.blue, `blue ${number(blueCurve(...values, dosage)[0])}`);
    say(this.texts.orange, `orange ${number(orangeCurve(...values, dosage)[0])}`);
    for (const [which, { weight, bias }] of Object.entries(NODES)) {
      const x = dosage * values[weight] + values[bias], [from, to] = [values[bias], values[weight] + values[bias]];
      const most = Math.max(3.5, Math.min(50, 1.1 * Math.max(Math.abs(from), Math.abs(to))));
      const across = x => near(55 + x / most * 52), up = y => near(84 - y / most * 52);
      const path = (from, to) => d3.line(x => across(x), x => up(softplus(x)[0])).digits(1)(Array.from({ length: 41 }, (_, place) => from + (to - from) * place / 40));
      const [y, [slope]] = softplus(x);
      set(this[`${which}Bend`], { d: path(-most, most) });
      set(this[`${which}Reach`], { d: path(Math.max(-2 * most, from), Math.min(2 * most, to)) });
      set(this[`${which}Dot`], { cx: across(x), cy: up(y) });
      set(this[`${which}Tangent`], { x1: across(x - 0.5 * most), y1: up(y - slope * 0.5 * most), x2: across(x + 0.5 * most), y2: up(y + slope * 0.5 * most), visibility: show.has("tangent") ? "visible" : "hidden" });
      dress(this[`${which}Node`], `node${lit === which ? " lit" : ""}`);
      say(this.texts[`${which}X`], `x = ${number(x)}`);
      say(this.texts[`${which}Y`], `y = ${number(y)}`);
      say(this.texts[`${which}Slope`], show.has("tangent") ? `slope ${four(slope)}` : "");
    }
    say(this.told, `At dosage ${Number(dosage.toFixed(2))} the network predicts ${digits(predicted)}.`);
  }
}
