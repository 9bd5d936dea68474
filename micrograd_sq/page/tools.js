// ---- Small tools, for all pages
const data = JSON.parse(document.getElementById("data").textContent);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const element = id => document.getElementById(id);

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
function make(parent, name, attributes = {}, text = "") {
  const drawn = parent instanceof SVGElement || name === "svg";
  const element = drawn ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  if (text) say(element, text);
  parent.append(set(element, attributes));
  return element;
}
function say(element, text) { // text only, never markup; and only where it changes
  if (element.said !== text) element.textContent = element.said = text;
}
function dress(element, classes) { // only where they change
  if (element.worn !== classes) set(element, { class: element.worn = classes });
}
function cut(text, most) { return text.length > most ? `${text.slice(0, most - 1)}…` : text; }

function copies(button, text, shown) { // a button that copies a text, or marks it where the browser forbids that
  const usual = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      say(button, "copied");
    } catch {
      if (shown) getSelection().selectAllChildren(shown);
      say(button, shown ? "marked" : "see the address bar");
    }
    setTimeout(() => say(button, usual), 2000);
  });
}

const dataURL = text => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
async function painted(svg, width, height) { // the text of a picture, on a canvas
  const image = new Image(), canvas = document.createElement("canvas");
  image.src = dataURL(svg);
  await image.decode();
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}
function download(name, address) {
  const link = set(document.createElement("a"), { download: name, href: address });
  link.click();
}

// Four significant digits, as the pictures show them: Python's ".4g".
const near = number => Math.max(-1e4, Math.min(1e4, number || 0)); // a place that SVG can hold, whatever the number
function four(number) {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
  if (number === 0) return "0";
  let text = number.toExponential(3);
  if (Number(number.toExponential(4)) === number && /^-?\d\.\d{3}50*e/.test(number.toExponential(40))) {
    // Just in the middle between two: Python takes the even one.
    const below = number.toExponential(4).replace(/5(?=e)/, "");
    if (/[02468]e/.test(below)) text = below;
  }
  const [digits, power] = text.split("e"), exponent = Number(power);
  if (exponent < -4 || exponent >= 4)
    return `${digits.replace(/\.?0+$/, "")}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  const fixed = Number(text).toFixed(3 - exponent);
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

// ---- One frame at a time: each animation asks for the next
const frames = { asked: 0, moving: new Set(), drawing: new Set() };
function wake() { frames.asked ||= requestAnimationFrame(nextFrame); }
function nextFrame(time) {
  frames.asked = 0;
  for (const move of frames.moving) if (!move(time)) frames.moving.delete(move); // each says whether it has more to do
  for (const draw of frames.drawing) draw();
  if (frames.moving.size) wake();
}
