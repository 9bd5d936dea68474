#!/usr/bin/env bash
# The last digit of math.exp depends on the processor, and Pyodide computes as an old processor does.
#
# Expected: Python, the C library and the argument decide the float that math.exp returns. If Pyodide
# in a browser differs from Python on the desktop, the cause is the other C library.
#
# What happens, with glibc 2.36 on an x86-64 processor and with Pyodide 314.0.7: glibc has two
# versions of exp and pow. One version uses the FMA instructions of the processor (a product and a
# sum with one rounding), and one does not. The versions differ in the last bit for about 1 in 1000
# arguments. glibc without FMA returns exactly the floats of Pyodide, for each of 20,000 arguments.
# For exp and pow the cause is therefore the instruction. x ** 2 calls pow, so even a square
# differs. A float that a notebook prints with all digits can change on an old processor, in an
# emulator, or in a browser. The environment variable GLIBC_TUNABLES switches FMA off in glibc.
#
# What to do: compare floats with a tolerance, or print at most 15 digits. Use x * x where the last
# bit counts, because a product is the same on each processor.
#
# micrograd_sq: the engine calls these functions, so the last digit of a loss can differ in Pyodide.
# The lesson shows three or four digits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [[ $(uname -sm) != "Linux x86_64" ]] || ! getconf GNU_LIBC_VERSION >/dev/null 2>&1 ||
  ! grep -qw fma /proc/cpuinfo; then
  echo "This script needs Linux with glibc on an x86-64 processor with FMA."
  exit 2
fi
cat >"$folder/numbers_of_python.py" <<'PYTHON'
import json
import math
import random


def floats():
    generator = random.Random(0)
    numbers = [generator.uniform(-1, 1) for _ in range(20_000)]
    functions = {
        "exp(20 * x)": lambda x: math.exp(20 * x),
        "x ** 2": lambda x: x**2,
        "x ** 3": lambda x: x**3,
        "abs(x) ** 0.5": lambda x: abs(x) ** 0.5,
        "x * x": lambda x: x * x,
        "sqrt(abs(x))": lambda x: math.sqrt(abs(x)),
    }
    return {name: [f(x).hex() for x in numbers] for name, f in functions.items()}


numbers = json.dumps(floats())
PYTHON
cat >"$folder/pyodide.mjs" <<'JAVASCRIPT'
import { readFileSync, writeFileSync } from "node:fs";
import { loadPyodide, version } from "pyodide";
const pyodide = await loadPyodide();
pyodide.runPython(readFileSync("numbers_of_python.py", "utf8"));
writeFileSync("pyodide.json", pyodide.globals.get("numbers"));
console.log(`Pyodide ${version}`);
JAVASCRIPT
cd "$folder"
npm install --silent --no-fund --no-audit pyodide@314.0.7
node pyodide.mjs
getconf GNU_LIBC_VERSION
python3 -c "from numbers_of_python import numbers; print(numbers)" >fma.json
without_fma=glibc.cpu.hwcaps=-FMA,-AVX2,-FMA_Usable,-AVX2_Usable
GLIBC_TUNABLES=$without_fma python3 -c "from numbers_of_python import numbers; print(numbers)" >plain.json
python3 - <<'PYTHON'
import json

fma, plain, pyodide = (json.load(open(f"{name}.json")) for name in ("fma", "plain", "pyodide"))
for name in fma:
    pairs = list(zip(fma[name], plain[name], pyodide[name]))
    by_instruction = sum(one != other for one, other, _ in pairs)
    by_library = sum(one != other for _, one, other in pairs)
    print(f"{name:13}  glibc with and without FMA differ {by_instruction:2} times,", end=" ")
    print(f"glibc without FMA and Pyodide {by_library} times")
    for one, other, _ in [pair for pair in pairs if pair[0] != pair[1]][:1]:
        print(f"{'':13}  for example {float.fromhex(one)!r} and {float.fromhex(other)!r}")
    assert by_library == 0, "Pyodide and glibc without FMA differ now"
    exact = name in ("x * x", "sqrt(abs(x))")
    assert (by_instruction == 0) == exact, "FMA changes other functions now"
PYTHON
