// ---- The story: which step is being read, what the stage shows with it, and the way on
const sections = [...document.querySelectorAll("section[data-title]")];
const steps = [...document.querySelectorAll(".step"), element("board")];
const sectionOf = step => step.closest("section");
let active = null;

function readingLine(below = Math.max(0, element("stage").getBoundingClientRect().bottom)) { // what is above it has been read
  return wide.matches ? 0.45 * innerHeight : below + 0.3 * (innerHeight - below);
}
// What is at the reading line, to stay there when the window changes.
const spots = [...document.querySelectorAll(".step, .step > *, #board, #board > *, .panel")];
let spot = null;
function notice() {
  const line = readingLine();
  const above = each => each.offsetParent && each.getBoundingClientRect().top <= line;
  const element = spots.findLast(above) ?? steps[0], { top, height } = element.getBoundingClientRect();
  spot = { element, share: Math.min(1, (line - top) / height) }; // of its height that is above the line
  const reading = steps.findLast(step => step.getBoundingClientRect().top <= line) ?? steps[0];
  if (reading !== active) enter(reading);
}
const stageOf = step => ((!wide.matches && step.dataset.small) || step.dataset.stage || "").split(" ").filter(Boolean);
function enter(step) {
  const before = active && sectionOf(active), now = sectionOf(step);
  active = step;
  for (const walk of walks) if (!step.contains(walk.told)) walk.pause();
  steps.forEach(each => each.classList.toggle("now", each === step));
  if (before !== now) {
    lesson.pause();
    begins[now.id]?.();
    const place = sections.indexOf(now);
    [...element("chapters").children].forEach((item, each) => {
      if (each === place) set(item.firstChild, { "aria-current": "step" });
      else item.firstChild.removeAttribute("aria-current");
    });
    if (before) say(element("announced"), `Chapter ${place + 1} of ${sections.length}, ${now.dataset.title}`);
    if (before) remember(now.id);
  }
  const stage = stageOf(step);
  element("stage").classList.toggle("with-graph", stage[0] in graphs);
  for (const view of document.querySelectorAll(".view")) {
    const place = stage.indexOf(view.dataset.view);
    view.hidden = place < 0;
    view.style.order = String(place);
    view.classList.toggle("second", place > 0);
  }
  for (const { view } of stage.filter(name => name in graphs).map(name => graphs[name])) {
    view.fit();
    if (step.querySelector(".walk")) view.followMoment();
    else view.whole();
  }
  element("back").disabled = step === steps[0];
  element("next").disabled = step === steps.at(-1);
  arrive[step.dataset.key]?.();
  wake();
}
function remember(id) {
  try { history.replaceState(null, "", `#${id}`); } catch { /* in a frame without an address of its own */ }
}
function go(step, behavior = calm.matches ? "auto" : "smooth") {
  if (!step) return;
  const first = steps.find(each => sectionOf(each) === sectionOf(step)) === step, head = first && step.id !== "board" && step.parentElement.querySelector(".chapter");
  const stage = element("stage").getBoundingClientRect(), top = (head || step).getBoundingClientRect().top + scrollY;
  const above = step.id === "board" ? 12 : wide.matches ? head ? 24 : Math.min(110, 0.2 * innerHeight) : stage.height + 8;
  const line = readingLine(stage.height), meets = place => place.getBoundingClientRect().top + scrollY - line; // is read from there on
  const inside = !steps.includes(step); // a part of the step that is being read, which it does not leave
  const reached = inside ? Math.min(top - above, meets(steps[steps.indexOf(active) + 1]) - 1) : Math.max(top - above, meets(step) + 1);
  scrollTo({ top: step === steps[0] ? 0 : reached, behavior });
}
function goTo(id, behavior) {
  const first = steps.find(step => sectionOf(step).id === id);
  if (!first) return;
  go(first, behavior);
  remember(id);
}
element("next").addEventListener("click", () => {
  const closed = later.find(({ element }) => element.hidden && active.contains(element)); // what would be missed
  if (closed) unfold(closed.element, closed.more);
  go(closed ? closed.element : steps[steps.indexOf(active) + 1]);
});
element("back").addEventListener("click", () => go(steps[steps.indexOf(active) - 1]));
sections.forEach((section, place) => {
  const time = { network: "0:00", fit: "6:04", slope: "7:23", "chain-rule": "8:38", descent: "13:28" }[section.id];
  const link = make(make(element("chapters"), "li"), "a", { href: `#${section.id}`, title: section.dataset.title });
  make(link, "span", { class: "place" }, String(place + 1));
  make(link, "span", { class: "title" }, section.dataset.short);
  if (section.id === "board") return;
  const head = make(section, "header", { class: "chapter" });
  make(head, "h2", {}, section.dataset.title);
  if (time) {
    const [minutes, seconds] = time.split(":").map(Number);
    make(head, "a", { class: "time", href: `https://youtu.be/IN2XmBhILt4?t=${60 * minutes + seconds}`, target: "_blank", rel: "noreferrer" }, `in the video at ${time}`);
  } else make(head, "span", { class: "time" }, "beyond the video");
  section.prepend(head);
});
document.addEventListener("click", event => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link) return;
  event.preventDefault();
  goTo(link.hash.slice(1));
});
addEventListener("hashchange", () => goTo(location.hash.slice(1)));
addEventListener("scroll", notice, { passive: true });
let [wasWide, wasHigh] = [innerWidth, innerHeight];
addEventListener("resize", () => { // stay with the sentence, but not for an address bar that comes and goes
  if (innerWidth !== wasWide || Math.abs(innerHeight - wasHigh) > 120) {
    [wasWide, wasHigh] = [innerWidth, innerHeight];
    const { element, share } = spot;
    const stay = () => {
      const { top, height } = element.getBoundingClientRect();
      scrollBy({ top: top + share * height - readingLine(), behavior: "instant" });
    };
    requestAnimationFrame(() => { stay(); requestAnimationFrame(stay); }); // once more when the pictures fit
  } else notice();
});
// Where one presses, there one is, before what is pressed does its work.
for (const step of steps) step.addEventListener("click", () => { if (step !== active) enter(step); }, true);

frames.drawing.add(drawStory);
notice();
// A browser goes to the address itself, and does not know what the picture covers: once it has, it is put right.
const address = location.hash.slice(1);
if (address) addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => goTo(address, "auto"))));
nextFrame(performance.now());
