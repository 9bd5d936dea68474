"use strict";
const [editor, numbers, menu, runButton, stopButton, linkButton, state, output] =
  ["editor", "numbers", "menu", "run", "stop", "link", "state", "output"].map(id => document.getElementById(id));
const programs = JSON.parse(document.getElementById("programs").textContent);
let worker;

// ---- Python

function start(message = "Python starts. The first visit loads about 15 MB.") {
  if (location.protocol === "file:") {
    become("failed", "This page needs a web server: run python -m http.server in its folder, and open http://localhost:8000.");
    return;
  }
  worker?.terminate();
  worker = new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data }) => receive[data.kind](data.text, data.name);
  worker.onerror = event => receive.failed(event.message || "the worker cannot be loaded");
  become("starting", message);
}

function become(name, message) {
  document.body.dataset.state = name;
  runButton.disabled = name !== "ready";
  stopButton.disabled = name !== "running";
  state.textContent = message;
}

function run() {
  if (runButton.disabled) return;
  output.replaceChildren();
  become("running", "The program runs.");
  worker.postMessage(editor.value);
}

function stop() {
  if (stopButton.disabled) return;
  add("p", { className: "note", textContent: "The program was stopped." });
  start("Python starts again.");
}

// ---- Output

function add(tag, properties, parent = output) {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
}

const receive = {
  ready: () => become("ready", "Python is ready."),
  done() {
    become("ready", "The program has ended.");
    if (!output.hasChildNodes()) add("p", { className: "note", textContent: "The program shows nothing. Its last line can be an expression, such as d." });
  },
  text(text) {
    const last = output.lastElementChild;
    (last?.className === "text" ? last : add("pre", { className: "text" })).append(text);
  },
  error: text => add("pre", { className: "error", textContent: text }),
  picture(text) {
    const frame = add("div", { className: "picture", tabIndex: 0 });
    add("img", { alt: "Picture of a graph", src: "data:image/svg+xml," + encodeURIComponent(text) }, frame);
  },
  page(text) {
    const frame = add("iframe", { title: "Interactive graph", srcdoc: text, allow: "clipboard-write" });
    frame.sandbox.add("allow-scripts", "allow-downloads");
  },
  file(base64, name) {
    add("a", { className: "file", download: name, textContent: `Download ${name}`, href: `data:application/octet-stream;base64,${base64}` });
  },
  ended(text) { // Python is gone
    receive.error(`Python in the browser has ended: ${text}`);
    start("Python starts again.");
  },
  failed: text => become("failed", `Python cannot start: ${text}`),
};

// ---- The program

function edit(code) {
  editor.value = code;
  edited();
}

function choose() { // typed, not set: the reader can undo the change
  editor.focus();
  editor.select();
  document.execCommand("insertText", false, programs[menu.value]);
  editor.setSelectionRange(0, 0);
  editor.parentElement.scrollTo(0, 0);
  menu.focus();
}

function edited() {
  const lines = editor.value.split("\n");
  editor.rows = lines.length; // so that the frame around the editor scrolls, together with the line numbers
  editor.style.minWidth = `${Math.max(...lines.map(line => line.length)) + 3}ch`;
  numbers.textContent = lines.map((_, place) => place + 1).join("\n");
  menu.value = Object.keys(programs).find(name => programs[name] === editor.value) ?? "";
}

function fromAddress() {
  const code = location.hash.match(/^#code=([\w-]+)$/)?.[1];
  if (!code) return false;
  try {
    const bytes = Uint8Array.from(atob(code.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0));
    edit(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return true;
  } catch {
    return false; // a part of a link
  }
}

async function link() {
  const bytes = new TextEncoder().encode(editor.value);
  const base64 = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
  history.replaceState(null, "", "#code=" + base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, ""));
  const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  state.textContent = copied ? "The link is in the clipboard." : "The link is in the address bar.";
}

editor.addEventListener("input", edited);
editor.addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  } else if (event.key === "Tab" && !event.shiftKey && !event.ctrlKey && !event.altKey && !editor.dataset.leave) {
    event.preventDefault();
    document.execCommand("insertText", false, "    "); // unlike setRangeText, this can be undone
  }
  editor.dataset.leave = event.key === "Escape" ? "yes" : "";
});
menu.append(...Object.keys(programs).map(name => new Option(name)));
menu.addEventListener("change", choose);
runButton.addEventListener("click", run);
stopButton.addEventListener("click", stop);
linkButton.addEventListener("click", link);
addEventListener("hashchange", fromAddress);
if (!fromAddress()) edit(Object.values(programs)[0]);
start();
