// ---- Gradient descent: its buttons, its outcome, and the learning rate
class Descent {
  constructor(container) {
    this.kind = container.dataset.kind;
    const bar = make(container, "div", { class: "transport" });
    const button = (text, act, attributes = {}) => {
      const made = make(bar, "button", { type: "button", ...attributes }, text);
      made.addEventListener("click", act);
      return made;
    };
    this.stepping = button("Step", () => {
      lesson.pause();
      lesson.again();
      lesson.step();
      lesson.moved(350);
    }, { class: "first" });
    this.playing = button("Play", () => lesson.playing ? lesson.pause() : lesson.play(() => this.speed), { class: "play", "aria-pressed": false });
    if (this.kind === "board") button("Reset", () => lesson.begin(lesson.start, lesson.finding));
    this.speed = 1;
    const speed = make(bar, "select", { "aria-label": "speed" });
    for (const [factor, text] of [[0.5, "½ ×"], [1, "1 ×"], [3, "3 ×"], [10, "10 ×"]]) make(speed, "option", { value: factor }, text);
    speed.value = "1";
    speed.addEventListener("change", () => { this.speed = Number(speed.value); });
    if (this.kind === "board") this.readout = make(bar, "span", { class: "readout", "aria-hidden": true });
    this.told = make(container, "p", { class: "outcome", role: "status" });
  }
  draw() {
    this.stepping.disabled = !lesson.finding.size;
    this.playing.disabled = !lesson.finding.size;
    say(this.playing, lesson.playing ? "Pause" : "Play");
    set(this.playing, { "aria-pressed": Boolean(lesson.playing) });
    set(this.told, { "aria-live": lesson.playing ? "off" : "polite" }); // while it plays, a screen reader could not keep up
    if (this.readout) say(this.readout, `SSR ${ssrDigits(lesson.ssr[0])}`);
    say(this.told, lesson.outcome() || (this.kind === "b3" ? "Press Step." : ""));
    dress(this.told, `outcome${lesson.diverged || lesson.missed() ? " wrong" : ""}`);
  }
}

const LEAST_RATE = 0.01, LARGEST_RATE = 0.6;
class Rate {
  constructor(container) {
    const label = make(container, "label", { class: "slider" }, "learning rate ");
    this.number = make(label, "input", { type: "number", step: "any", "aria-label": "learning rate, a number" });
    const track = make(label, "span", { class: "track" });
    this.slider = make(track, "input", { type: "range", min: LEAST_RATE, max: LARGEST_RATE, step: "any", "aria-label": "learning rate" });
    this.mark = make(track, "button", { type: "button", class: "mark" });
    this.refused = make(container, "p", { class: "wrong", role: "status" });
    const use = rate => {
      const good = rate > 0 && rate < Infinity;
      set(this.number, { "aria-invalid": !good });
      this.bad = !good;
      say(this.refused, good ? "" : `${Number.isNaN(rate) ? "The learning rate is a number above 0." : rate === Infinity ? "This is too large for a float." : `A learning rate of ${rate} ${rate ? "would step uphill" : "would change nothing"}: it must be above 0.`} The steps still use ${four(lesson.rate)}.`);
      if (good && rate !== lesson.rate) {
        lesson.pause();
        if (container.closest("#descent")) lesson.begin(lesson.start, lesson.finding); // so that what it does can be seen
        else lesson.again();
        lesson.rate = rate;
      }
      wake();
    };
    this.slider.addEventListener("input", () => use(Number(this.slider.valueAsNumber.toFixed(2))));
    this.slider.addEventListener("keydown", event => {
      const by = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01 }[event.key];
      if (!by) return;
      event.preventDefault();
      use(Number(Math.max(LEAST_RATE, lesson.rate + by).toFixed(4)));
    });
    this.number.addEventListener("input", () => {
      use(this.number.valueAsNumber);
      this.typed = lesson.rate; // as long as that is the rate
    });
    for (const kind of ["change", "blur"]) this.number.addEventListener(kind, () => { // a refused number stays marked
      if (!this.bad) this.typed = null;
      wake();
    });
    this.mark.addEventListener("click", () => use(this.limit));
  }
  draw() {
    const which = lesson.finding.size === 1 ? [...lesson.finding][0] : -1;
    this.limit = which < 0 ? NaN : 2 / slopesOf[which](...lesson.values)[1][which];
    const shown = this.limit >= LEAST_RATE && this.limit <= LARGEST_RATE;
    this.mark.hidden = !shown;
    if (shown) {
      this.mark.style.left = `calc(${100 * (this.limit - LEAST_RATE) / (LARGEST_RATE - LEAST_RATE)}% + ${8 - 16 * (this.limit - LEAST_RATE) / (LARGEST_RATE - LEAST_RATE)}px)`;
      say(this.mark, Math.abs(this.limit - 1 / 3) < 1e-9 ? "1/3" : this.limit.toFixed(2));
      set(this.mark, { "aria-label": `the limit, ${four(this.limit)}` });
    }
    if (this.typed !== lesson.rate) {
      if (this.bad && this.typed) { // another rate came from elsewhere
        this.bad = false;
        set(this.number, { "aria-invalid": false });
        say(this.refused, "");
      }
      this.typed = null;
    }
    if (this.typed === null) this.number.value = String(Number(lesson.rate.toPrecision(6)));
    this.slider.value = String(lesson.rate);
  }
}
// What a learning rate does to b3's descent, whose curve is a parabola.
function verdict(rate, curvature) {
  const left = 1 - curvature * rate, shown = four(Math.abs(Number(left.toPrecision(9))));
  const size = shown !== "1" ? shown : left < -1 ? "a little more than 1" : "nearly 1";
  if (Math.abs(left) < 1e-9) return `With ${four(rate)} the first step lands on the minimum.`;
  if (Math.abs(left + 1) < 1e-9) return `With ${four(rate)}, the limit, each step lands just as far away on the other side, and never closer.`;
  if (left > 0) return `With ${four(rate)} each step leaves ${size} of the distance to the minimum, so the steps shrink by themselves.`;
  if (left > -1) return `With ${four(rate)} each step lands on the other side of the minimum, at ${size} of the distance: closer each time.`;
  return `With ${four(rate)} each step lands on the other side, ${size} times as far away as before: the descent diverges.`;
}
