// Python, and Graphviz for its pictures, in a thread of their own, which the page can end.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { instance } from "./viz/viz.js";

const post = (kind, text = "", name = "") => postMessage({ kind, text, name });

try {
  const packages = fetch("packages.zip").then(answer => answer.arrayBuffer());
  const [pyodide, viz] = await Promise.all([loadPyodide(), instance()]);
  globalThis.viz = viz; // where micrograd_sq looks for the layout program
  const extractDir = pyodide.runPython("import sysconfig; sysconfig.get_path('purelib')");
  pyodide.unpackArchive(await packages, "zip", { extractDir });
  const { run } = pyodide.pyimport("runner");
  onmessage = ({ data }) => {
    try {
      run(data, post);
      post("done");
    } catch (error) {
      post("ended", error.message);
    }
  };
  post("ready");
} catch (error) {
  post("failed", error.message);
}
