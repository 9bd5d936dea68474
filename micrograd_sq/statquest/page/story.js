// ---- The story: one step at a time. The address keeps the step and what the reader did in it
const sections = [...document.querySelectorAll("section[data-title]")];
const steps = [...document.querySelectorAll(".step"), element("board")];
const sectionOf = step => step.closest("section");
const stageOf = step => ((!wide.matches && step.dataset.small) || step.dataset.stage || "").split(" ").filter(Boolean);
const kept = {}; // the state of each chapter when the reader left it
let active = null, written = "", leaving = null, printing = false;

function enter(step, state = null) { // without a state, a chapter is as the reader left it
  const before = active && sectionOf(active), now = sectionOf(step), chapter = sections.indexOf(now);
  if (before) kept[before.id] = stateOf(before);
  for (const walk of walks) walk.pause();
  active = step;
  for (const each of steps) {
    each.classList.toggle("now", each === step);
    if (each === step) set(each, { "aria-current": "step" });
    else each.removeAttribute("aria-current");
  }
  for (const section of sections) section.hidden = section !== now;
  document.querySelector(".story").hidden = step.id === "board";
  document.body.classList.toggle("first-screen", step === steps[0]);
  if (before !== now || state) {
    lesson.pause();
    begins[now.id]?.();
    restore(state ?? kept[now.id] ?? {}, now);
    [...element("chapters").children].forEach((item, place) => {
      if (place === chapter) set(item.firstChild, { "aria-current": "true" });
      else item.firstChild.removeAttribute("aria-current");
    });
  }
  const own = [...now.querySelectorAll(".step")];
  if (before) say(element("announced"), `${now.dataset.title}, step ${own.indexOf(step) + 1 || 1} of ${own.length || 1}`);
  for (const count of now.querySelectorAll(".count")) say(count, own.length > 1 ? `${own.indexOf(step) + 1} of ${own.length}` : "");
  element("back").disabled = step === steps[0];
  element("next").disabled = step === steps.at(-1);
  element("text").scrollTop = 0;
  if (step.id === "board") step.focus({ preventScroll: true });
  arrive[step.dataset.key]?.();
  setStage();
  remember(before !== now);
}
function setStage() {
  const stage = stageOf(active);
  set(element("stage"), { "data-first": stage[0] ?? "" });
  element("stage").classList.toggle("with-graph", stage[0] in graphs);
  element("stage").classList.toggle("with-code", Boolean(active.querySelector(".walk")));
  for (const view of document.querySelectorAll(".view")) {
    const place = stage.indexOf(view.dataset.view);
    view.hidden = place < 0;
    view.classList.toggle("second", place > 0);
  }
  for (const name of stage) if (name in graphs) focusGraph(name);
  wake();
}
// What a step speaks of is in view.
function focusGraph(name) {
  const { view, model } = graphs[name];
  if (name !== "three" && model.place === model.LAST) outcome(graphs[name]);
  else if (active.querySelector(".walk")) view.followMoment(0, false);
  else if (name === "whole") view.show([model.root, ...model.ways(model.picked, 1)[0].map(({ to }) => to).reverse()], false);
  else if (name === "three") {
    const users = model.uses[model.picked].map(({ to }) => to);
    const look = () => {
      if (view.largest(view.bounds) < view.least) view.show([model.picked, ...users], false);
      else view.whole(false);
      view.again = look; // also when the window's size changes
    };
    look();
  } else view.followMoment(0, false);
}

// ---- The address: #descent.2;rate=0.4;steps=3
const ASIDE = { "all-seven": data.unoptimised, board: data.given };
const walkOf = step => walks.find(walk => step.contains(walk.told));
function stateOf(section) {
  const base = ASIDE[section.id] ?? zero, same = lesson.steps.every(({ rate }) => rate === lesson.rate), state = {};
  const from = same ? lesson.begun : lesson.values;
  data.names.forEach((name, which) => { if (from[which] !== base[which]) state[name] = from[which]; });
  if (section.id === "board") state.train = [...lesson.finding].map(which => data.names[which]).join();
  if (lesson.rate !== 0.1) state.rate = lesson.rate;
  if (same && lesson.steps.length) state.steps = lesson.steps.length;
  if (lesson.flowing !== 0.5) state.dosage = lesson.flowing;
  for (const [place, step] of section.querySelectorAll(".step").entries()) {
    const walk = walkOf(step);
    if (walk && walk.model.place !== walk.begin) state[`sent${place + 1}`] = walk.model.place - walk.begin;
  }
  const done = [...happened].filter(what => section.querySelector(`[data-deed="${what}"]`));
  if (done.length) state.done = done.join();
  return state;
}
function restore(state, section) {
  const has = name => name in state && Number.isFinite(Number(state[name]));
  if (has("dosage")) lesson.flowing = Number(state.dosage);
  if (has("rate") && Number(state.rate) > 0) lesson.rate = Number(state.rate);
  const train = state.train?.split(",").map(name => data.names.indexOf(name)).filter(which => which >= 0);
  if (train || data.names.some(has)) {
    const base = ASIDE[section.id] ?? zero;
    lesson.begin(data.names.map((name, which) => has(name) ? Number(state[name]) : base[which]), train ?? lesson.finding);
  }
  for (let count = has("steps") ? Math.min(MOST_STEPS, Number(state.steps)) : 0; count > 0 && !lesson.step(); count--);
  for (const [place, step] of section.querySelectorAll(".step").entries()) {
    const walk = walkOf(step);
    if (walk) walk.go(walk.begin + (has(`sent${place + 1}`) ? Number(state[`sent${place + 1}`]) : 0));
  }
  for (const what of (state.done ?? "").split(",")) if (what && !happened.has(what)) deeds[what]?.();
  lesson.moved();
}
function addressOf(step) {
  const section = sectionOf(step), place = [...section.querySelectorAll(".step")].indexOf(step), state = stateOf(section);
  const parts = Object.entries(state).map(([name, value]) => `${name}=${value}`);
  return `#${[`${section.id}${place > 0 ? `.${place + 1}` : ""}`, ...parts].join(";")}`;
}
function remember(chapter = false) { // each chapter is an entry of the browser's history
  const address = addressOf(active);
  if (address === written || printing) return;
  try {
    history[chapter && written ? "pushState" : "replaceState"](null, "", address);
  } catch { /* in a frame without an address of its own */ }
  written = address;
}
function visit(address) {
  const [name, ...parts] = address.replace(/^#/, "").split(";"), [id, place = "1"] = name.split(".");
  const section = sections.find(each => each.id === id) ?? sections[0], own = steps.filter(step => sectionOf(step) === section);
  written = address;
  if (!parts.length) for (const earlier of own.slice(0, Number(place) - 1)) { // what the step speaks of has been done
    enter(earlier, earlier === own[0] ? {} : null);
    deeds[earlier.dataset.deed]?.(walkOf(earlier));
  }
  enter(own[Number(place) - 1] ?? own[0], parts.length ? Object.fromEntries(parts.map(part => part.split("="))) : active ? null : {});
}
for (const kind of ["click", "change"]) addEventListener(kind, () => remember());
setInterval(remember, 300); // while something is dragged
addEventListener("pagehide", () => remember());
addEventListener("popstate", () => { if (location.hash !== written) visit(location.hash); });

// ---- On and back
function go(step) {
  clearTimeout(leaving?.timer);
  leaving = null;
  if (step) enter(step);
}
function next() { // what the step asks for is done quickly, before the next step comes
  if (leaving) go(leaving.to);
  const to = steps[steps.indexOf(active) + 1], deed = deeds[active.dataset.deed];
  if (!to) return;
  const wait = deed ? deed(walkOf(active)) ?? 0 : 0;
  if (!wait || calm.matches) go(to);
  else leaving = { to, timer: setTimeout(() => go(to), wait) };
}
const back = () => go(steps[steps.indexOf(active) - (leaving ? 0 : 1)]);
element("next").addEventListener("click", next);
element("back").addEventListener("click", back);
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, pre, [role=slider], [role=listbox], [role=button]")) return;
  const pressed = event.target.closest("button, a, summary") && event.key === " ";
  const act = { ArrowRight: next, PageDown: next, ArrowLeft: back, PageUp: back, f: fullScreen, p: present }[event.key.length > 1 ? event.key : event.key.toLowerCase()]
    ?? (event.key === " " && !pressed ? event.shiftKey ? back : next : null);
  if (!act || (active.id === "board" && act === next)) return;
  event.preventDefault();
  act();
});
let from = null; // where a finger that swipes the text began
element("text").addEventListener("touchstart", ({ touches }) => { from = touches.length === 1 ? touches[0] : null; }, { passive: true });
element("text").addEventListener("touchend", ({ changedTouches: [to], target }) => {
  const across = from && !target.closest("input") ? to.clientX - from.clientX : 0;
  if (Math.abs(across) > 70 && Math.abs(to.clientY - from.clientY) < 40) (across < 0 ? next : back)();
});
function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
function present() {
  document.body.classList.toggle("present");
  setStage();
}
function reset() {
  const state = { ...stateOf(sectionOf(active)) };
  kept[sectionOf(active).id] = {};
  for (const what of [active.dataset.deed]) happened.delete(what);
  forget[active.dataset.deed]?.();
  if (state.rate) lesson.rate = 0.1;
  enter(active, {});
}

for (const section of sections) {
  const { id, dataset: { short, title, time } } = section;
  const link = make(make(element("chapters"), "li"), "a", { href: `#${id}`, title });
  make(link, "span", { class: "place" }, String(sections.indexOf(section) + 1));
  make(link, "span", { class: "title" }, short);
  if (id === "board") continue;
  const head = make(section, "header", { class: "chapter" });
  make(head, "h2", {}, title);
  make(head, "span", { class: "note count" });
  if (time) {
    const [minutes, seconds] = time.split(":").map(Number);
    make(head, "a", { class: "time", href: `https://youtu.be/IN2XmBhILt4?t=${60 * minutes + seconds}`, target: "_blank", rel: "noreferrer" }, `video ${time}`);
  }
  make(head, "button", { type: "button", class: "reset", title: "Begin this step again" }, "begin again").addEventListener("click", reset);
  section.prepend(head);
}
document.addEventListener("click", event => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link) return;
  event.preventDefault();
  go(steps.find(step => sectionOf(step).id === link.hash.slice(1)));
});
wide.addEventListener("change", () => { if (active) setStage(); });

frames.drawing.add(drawStory);
visit(location.hash);
nextFrame(performance.now());
addEventListener("load", () => { // the browser would begin at the chapter in the address, behind Next
  document.body.tabIndex = -1;
  document.body.focus();
});
