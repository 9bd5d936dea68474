// ---- The visible picture as a file: in light colours, with each style as an attribute where it differs from the parent's
const INHERITED = ["fill", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "paint-order", "font-family", "font-size", "font-weight", "font-style", "text-anchor"];
const GEOMETRY = ["d", "points", "x", "y", "width", "height", "textLength", "lengthAdjust"];
function picture(container) {
  const drawn = [...container.querySelectorAll("[data-value]")].find(box => box.checkVisibility()).parentNode, { x, y, width, height } = drawn.getBBox();
  const place = { x: x - 8, y: y - 8, width: Math.ceil(width + 16), height: Math.ceil(height + 16) }, light = make(document.body, "div", { class: "hidden" });
  const colours = [...document.styleSheets[0].cssRules].find(rule => rule.selectorText === ":root").style; // dark colours come later
  for (const name of colours) light.style.setProperty(name, colours.getPropertyValue(name));
  light.style.setProperty("--faint", "#fff"); // the background
  const svg = make(light, "svg", { class: "graph", viewBox: Object.values(place).join(" "), width: place.width, height: place.height });
  make(svg, "rect", { ...place, fill: "#fff" });
  svg.append(drawn.cloneNode(true));
  const parts = [...svg.querySelectorAll("*")], styles = new Map([svg, ...parts].map(part => [part, INHERITED.map(name => getComputedStyle(part)[name])]));
  for (const part of parts) {
    for (const { name } of [...part.attributes]) if (!GEOMETRY.includes(name)) part.removeAttribute(name);
    INHERITED.forEach((name, k) => {
      const style = styles.get(part)[k];
      if (style !== styles.get(part.parentNode)[k]) set(part, { [name]: style.replace(/color\(srgb ([^)]*)\)/g, (_, mixed) => `rgb(${mixed.split(" ").slice(0, 3).map(part => Math.round(255 * part))})`) });
    });
  }
  INHERITED.forEach((name, k) => set(svg, { [name]: styles.get(svg)[k] }));
  svg.removeAttribute("class");
  light.remove();
  return { text: new XMLSerializer().serializeToString(svg), ...place };
}
async function savePNG({ text, width, height }) {
  const scale = Math.min(2, 16000 / Math.max(width, height)); // a browser's limit
  download("graph.png", (await painted(text, scale * width, scale * height)).toDataURL());
}
