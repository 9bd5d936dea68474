// ---- The lesson: seven parameters, and a descent that changes those to find
const B3 = data.names.indexOf("b3"), W1 = data.names.indexOf("w1"), W3 = data.names.indexOf("w3");
const TOLERANCE = 0.001, MOST_STEPS = 5000;
const wide = matchMedia("(min-width: 900px)"); // the picture is next to the text, not above it

// Numbers at the video's precision: -15.7, but -6.26; small ones written out, not 7e-05.
function digits(number, tenthsFrom = 10) {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "?" : number > 0 ? "∞" : "−∞";
  const size = Math.abs(number), sign = number < 0 ? "-" : "";
  if (size >= 1e5) return number.toExponential(2).replace(/e\+(\d+)/, (_, power) => ` × 10^${power}`);
  if (size >= tenthsFrom) return number.toFixed(1);
  if (size >= 0.005 || number === 0) return number.toFixed(2);
  if (size < 1e-6) return "0.00";
  const [digit, exponent] = size.toExponential(0).split("e");
  return sign + Number(`${digit}e${exponent}`).toFixed(-exponent);
}
const ssrDigits = number => number > 0 && number < 1e-6 ? "below 0.000001" : digits(number, 2);
// Whether the numbers as they are shown make the difference as it is shown: else "≈".
const sameProduct = (slope, rate) => Math.abs(Number(digits(slope)) * Number(four(rate)) - Number(digits(slope * rate))) < 1e-9 ? "=" : "≈";
const sameDigits = (one, other, difference) => Math.abs(Number(digits(one)) - Number(digits(other)) - Number(digits(difference))) < 1e-9 ? "=" : "≈";
const signed = number => number < 0 ? `(${digits(number)})` : digits(number);

class Lesson {
  constructor() {
    this.values = [...data.optimised];
    this.shown = [...this.values]; // where the pictures are on their way to these values
    this.finding = new Set([B3]);
    this.rate = 0.1;
    this.dosage = 1; // which of the three flows through the network
    this.flowing = data.dosages[1]; // or any between
    this.start = [...this.values];
    this.afresh();
  }
  afresh() { // a new descent begins
    Object.assign(this, { steps: [], diverged: false, converged: false, begun: [...this.values] });
    this.changed?.();
  }
  get ssr() { return ssr(...this.values); }
  put(which, value) {
    this.values = this.values.map((old, place) => place === which ? value : old);
    this.afresh();
    this.moved();
  }
  begin(values, finding) {
    this.pause();
    this.values = [...values];
    this.start = [...values];
    this.finding = new Set(finding);
    this.afresh();
    this.moved(300);
  }
  moved(duration = 0) { // the parameters have changed; the pictures follow
    frames.moving.delete(this.glide);
    if (duration && !calm.matches) {
      const from = [...this.shown], begun = performance.now();
      this.glide = time => {
        const part = Math.min(1, Math.max(0, (time - begun) / duration)), eased = 1 - (1 - part) ** 3;
        this.shown = part === 1 ? [...this.values] : this.values.map((to, which) => from[which] + (to - from[which]) * eased);
        return part < 1;
      };
      frames.moving.add(this.glide);
    } else this.shown = [...this.values];
    wake();
  }
  step() { // one step of gradient descent; whether it was the last
    if (this.steps.length >= MOST_STEPS) return true;
    const [loss, slopes] = this.ssr, old = this.values;
    const sizes = slopes.map((slope, which) => this.finding.has(which) ? slope * this.rate : 0);
    const next = old.map((value, which) => value - sizes[which]);
    const finite = [loss, ...slopes, ...next].every(Number.isFinite);
    if (finite) {
      this.steps.push({ values: old, loss, slopes, sizes, rate: this.rate });
      this.values = next;
    }
    const now = finite ? this.ssr[0] : Infinity;
    this.diverged = !(now <= data.grown * (this.steps[0]?.loss ?? 0) + TOLERANCE);
    this.converged = !this.diverged && Math.max(...[...this.finding].map(which => Math.abs(sizes[which]))) < TOLERANCE;
    return this.diverged || this.converged || this.steps.length >= MOST_STEPS;
  }
  play(speed = () => 1) {
    this.pause();
    let interval = 700, next = performance.now();
    this.again();
    this.playing = time => {
      if (time < next) return true;
      const over = this.step();
      this.moved(interval / speed() > 40 ? Math.min(400, 0.8 * interval / speed()) : 0);
      next = time + interval / speed();
      interval = interval < 20 ? 0 : interval * 0.86; // slow at first, to be read; in the end a step a frame
      if (over) this.pause();
      return !over;
    };
    frames.moving.add(this.playing);
    wake();
  }
  again() { // what has ended begins anew
    if (!this.diverged && !this.converged) return;
    this.values = [...this.begun];
    this.afresh();
    this.moved(300);
  }
  pause() {
    frames.moving.delete(this.playing);
    this.playing = null;
    wake();
  }
  flat() { // as it is where a learning rate of 0.1 stops
    const [, slopes] = this.ssr;
    return [...this.finding].every(which => Math.abs(slopes[which]) < 10 * TOLERANCE);
  }
  missed() { // the steps are close to zero, but the fit is not good
    return this.converged && this.ssr[0] > 0.01;
  }
  rose() { return this.ssr[0] > this.steps.at(-1).loss * (1 + 1e-9); } // at the last step
  stuck() { return this.missed() && this.flat() && !this.rose(); }
  outcome() { // the last step in words
    const { steps, rate } = this, last = steps.at(-1), [now] = this.ssr, which = this.finding.size === 1 ? [...this.finding][0] : -1;
    if (!this.finding.size) return "No parameter is trainable: switch one on.";
    if (!last) return this.diverged ? `Gradient descent diverges at once: a number is too large for a float. Try a smaller learning rate than ${four(rate)}, or values closer to 0.` : "";
    const count = `${steps.length} step${steps.length > 1 ? "s" : ""}`, label = data.labels[which];
    if (this.diverged && now <= data.grown * steps[0].loss) return `Gradient descent diverges: after ${count} a number is too large for a float. Try a smaller learning rate than ${four(rate)}.`;
    if (this.diverged) return `Gradient descent diverges: in ${count} the SSR grew to over ${data.grown} times what it was, from ${ssrDigits(steps[0].loss)} to ${ssrDigits(now)}. Try a smaller learning rate than ${four(rate)}.`;
    if (this.missed() && this.rose()) return `After ${count} the steps are closer to zero than ${TOLERANCE}, but the SSR is still ${ssrDigits(now)}, and the last step overshot: the SSR grew. Try a smaller learning rate than ${four(rate)}.`;
    if (this.missed() && !this.flat()) return `After ${count} the steps are closer to zero than ${TOLERANCE}, but the SSR is still ${ssrDigits(now)}. The slope is not 0 here: with a learning rate of ${four(rate)} the steps are too short. Try a larger one.`;
    if (this.stuck()) return `After ${count} the steps are closer to zero than ${TOLERANCE}, but the SSR is still ${ssrDigits(now)}: stuck. A slope of 0 is not a good fit.`;
    if (this.converged) return which < 0
      ? `All steps are closer to zero than ${TOLERANCE}, so gradient descent stops after ${count}, with SSR ${ssrDigits(now)}.`
      : `The last step size is closer to zero than ${TOLERANCE}, so gradient descent stops after ${count}, at ${label} = ${digits(this.values[which])}.`;
    const rose = this.rose(), most = steps.length >= MOST_STEPS ? " The page takes no more steps than these." : "";
    const shown = ssrDigits(last.loss) === ssrDigits(now) ? four : ssrDigits; // digits that differ
    if (which < 0) return `Step ${steps.length}: the SSR went from ${shown(last.loss)} to ${shown(now)}.${rose ? " It rose: the step overshot." : ""}${most}`;
    return `Step ${steps.length}: slope ${digits(last.slopes[which])} × learning rate ${four(last.rate)} ${sameProduct(last.slopes[which], last.rate)} step size ${digits(last.sizes[which])}. New ${label} = ${digits(last.values[which])} − ${signed(last.sizes[which])} ${sameDigits(last.values[which], last.sizes[which], this.values[which])} ${digits(this.values[which])}.${rose ? ` The step overshot: the SSR grew from ${ssrDigits(last.loss)} to ${ssrDigits(now)}.` : ""}${most}`;
  }
}
const lesson = new Lesson();

// The graphs of the story follow the lesson's parameters.
const models = Object.fromEntries(Object.entries(data.graphs).map(([name, graph]) => [name, new Model(graph, passes[name])]));
models.early = new Model(data.graphs.shared, passes.shared); // the same graph once more: each step of the story goes through its own
for (const [name, model] of Object.entries(models)) model.titles = name === "three" ? data.dosages.map(dosage => `dosage ${dosage}`) : [];
function follow(values) {
  const given = { "blue curve": blueCurve, "orange curve": orangeCurve, curves: (...numbers) => [blueCurve(...numbers)[0] + orangeCurve(...numbers)[0]] };
  given.gap = (...numbers) => [data.observed[data.dosages.indexOf(numbers.at(-1))] - given.curves(...numbers)[0]];
  for (const [name, model] of Object.entries(models)) {
    const met = {};
    model.leafPlaces.forEach((leaf, place) => {
      const { label } = model.nodes[leaf], which = data.names.indexOf(label), turn = met[label] = (met[label] ?? -1) + 1;
      const dosage = data.dosages[name === "three" ? turn : 1];
      if (which >= 0) [model.numbers[place], model.nodes[leaf].role] = [values[which], lesson.finding.has(which) ? "find" : "optimised"];
      else if (given[label]) model.numbers[place] = given[label](...values, dosage)[0];
    });
    model.compute();
  }
}
