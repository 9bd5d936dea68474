// ---- A graph with its numbers, at each place of its two passes
const OUTSIDE = { // why an operation has no value
  "log": "it needs a value above 0",
  "/": "the divisor must not be 0",
  "**": "the result is not a real number that a float can hold",
  "exp": "it is too large for a float",
};

class Model {
  constructor(graph, passes) {
    Object.assign(this, graph, { passes, numbers: graph.numbers.map(Number), root: graph.nodes.length - 1 });
    this.known = new Map(graph.nodes.map(({ name }, node) => [name, node]));
    const leaves = graph.nodes.filter(({ operands }) => !operands.length), constants = new Map();
    leaves.forEach(({ label, name }, leaf) => { if (!label && name !== graph.nodes.at(-1).name) constants.set(name, this.numbers[leaf]); });
    const plain = formula => filled(this, formula, name => constants.get(name)); // a constant is read as its number
    const nodes = this.nodes = graph.nodes.map(node => ({
      ...node, name: constants.has(node.name) ? four(constants.get(node.name)) : node.name, made: plain(node.made), derivatives: node.derivatives.map(plain),
    }));
    const places = nodes.map((_, node) => node);
    this.leafPlaces = places.filter(node => !nodes[node].operands.length);
    this.operations = places.filter(node => nodes[node].operands.length); // in the order of the forward pass
    this.uses = nodes.map(() => []);
    for (const to of this.operations) nodes[to].operands.forEach((from, side) => this.uses[from].push({ from, to, side }));
    this.labelled = this.leafPlaces.filter(node => nodes[node].label);
    this.BACKWARD = this.operations.length + 1; // the place where the backward pass begins
    this.LAST = this.BACKWARD + this.operations.length + 1; // both passes are done, and nothing is lit
    this.place = this.LAST;
    this.early = false; // whether Values pass on gradients that are not complete
    this.orders = { right: [...this.operations].reverse(), early: this.tooEarly() };
    const counts = nodes.reduce((all, { label }) => all.set(label, (all.get(label) ?? 0) + 1), new Map());
    this.unique = nodes.map(({ label, name }) => label && counts.get(label) === 1 ? label : name);
    this.compute();
  }
  // The engine's order backward, but a Value with several uses passes its gradient on after the first contribution.
  tooEarly() {
    const order = [], sent = new Set();
    const send = node => {
      if (sent.has(node)) return;
      sent.add(node);
      order.push(node);
      for (const operand of this.nodes[node].operands)
        if (this.nodes[operand].operands.length && new Set(this.uses[operand].map(use => use.to)).size > 1) send(operand);
    };
    [...this.operations].reverse().forEach(send);
    return order;
  }
  get canBeEarly() { return this.orders.early.join() !== this.orders.right.join(); }
  get senders() { return this.early ? this.orders.early : this.orders.right; }

  compute() {
    const [data, gradients, derivatives] = this.passes(...this.numbers), { nodes } = this;
    const bad = this.operations.find(node => !Number.isFinite(data[node]) && nodes[node].operands.every(each => Number.isFinite(data[each])));
    this.problem = "";
    if (bad !== undefined) {
      const { operation, made, operands } = nodes[bad], kind = operation.split(" ")[0];
      const why = (kind === "/" && data[operands[1]] !== 0 ? null : OUTSIDE[kind]) ?? "the result is not a number that a float can hold";
      this.problem = `${made} has no value where ${[...new Set(operands)].filter(each => this.name(each) !== four(data[each])).map(each => `${nodes[each].name} = ${four(data[each])}`).join(" and ")}: ${why}.`;
    }
    this.wasGood ||= !this.problem;
    this.stale = Boolean(this.problem) && this.wasGood;
    if (this.stale) return;
    [this.data, this.derivatives, this.gradients] = [data, derivatives, gradients];
    // A local derivative of 0 contributes 0, even next to an infinite gradient, as in Value.backward.
    if (!gradients.every(Number.isFinite)) this.gradients = this.sent(this.orders.right).sums;
  }
  sent(senders) { // the chain rule, as in Value.backward: the gradients, and each gradient after each contribution
    const sums = this.nodes.map(() => 0), after = new Map();
    sums[this.root] = 1;
    for (const sender of senders)
      this.nodes[sender].operands.forEach((to, side) => {
        const derivative = this.derivatives[sender][side];
        if (derivative !== 0) sums[to] += derivative * sums[sender];
        after.set(`${sender}_${side}`, sums[to]);
      });
    return { sums, after };
  }
  number(leaf) { return this.numbers[this.leafPlaces.indexOf(leaf)]; }
  put(leaf, number) {
    this.numbers[this.leafPlaces.indexOf(leaf)] = number;
    this.compute();
  }
  name(node) { return this.unique[node]; } // its label, if no other has it, else its name in the program; a constant's number
  result() { return this.name(this.root); }

  // What the page shows at the present place in the two passes.
  moment() {
    const { place, nodes, root, BACKWARD, LAST } = this;
    const seen = {
      known: new Set([...this.leafPlaces, ...this.operations.slice(0, place)]),
      sums: nodes.map(() => 0), // the gradients, as far as they have come
      arrived: nodes.map(() => 0), // how many contributions to each
      lit: -1, next: -1, backward: place >= BACKWARD, done: place === LAST, shares: [], incomplete: false,
    };
    if (place < BACKWARD) {
      seen.lit = place ? this.operations[place - 1] : -1;
      if (place === BACKWARD - 1) seen.next = root;
      return seen;
    }
    seen.sums[root] = 1;
    seen.arrived[root] = 1;
    if (place === BACKWARD) seen.lit = root;
    const count = Math.min(place, LAST - 1) - BACKWARD;
    this.senders.slice(0, count).forEach((node, turn) => { // the chain rule, as in Value.backward
      const now = turn === count - 1 && !seen.done;
      if (now) [seen.lit, seen.incomplete] = [node, seen.arrived[node] < this.uses[node].length && node !== root];
      nodes[node].operands.forEach((to, side) => {
        const derivative = this.derivatives[node][side], share = derivative === 0 ? 0 : derivative * seen.sums[node];
        if (now) seen.shares.push({ to, side, derivative, share, before: seen.sums[to], first: !seen.arrived[to], sent: seen.sums[node] });
        seen.sums[to] += share;
        seen.arrived[to]++;
      });
    });
    seen.next = this.senders[count] ?? -1;
    if (seen.done && !this.early) seen.sums = this.gradients;
    return seen;
  }
  // The paths from a Value to the result, at most so many, as lists of arrows.
  ways(node, most) {
    const found = [], open = [[node, []]];
    while (open.length && found.length < most) {
      const [at, way] = open.pop();
      if (at === this.root) found.push(way);
      else for (const use of [...this.uses[at]].reverse()) open.push([use.to, [...way, use]]);
    }
    return found;
  }
  countWays(node) {
    const counts = this.nodes.map(() => 0);
    counts[node] = 1;
    for (const at of this.operations) for (const operand of this.nodes[at].operands) counts[at] += counts[operand];
    return counts[this.root];
  }
}

// A formula with the numbers of its names.
function filled(model, formula, numberOf = name => model.data[model.known.get(name)]) {
  return formula.replace(/(?<![\w.])[A-Za-z_]\w*/g, (word, at) => {
    const number = numberOf(word);
    if (number === undefined || formula[at + word.length] === "(") return word;
    const alone = /[(,] ?$/.test(formula.slice(0, at)) && /^[),]/.test(formula.slice(at + word.length)); // as in f(x, y)
    return (alone ? four : factor)(number);
  });
}
// The product of the local derivatives on a path, from the leaf on. Like the engine, it begins at the result, and a 0 gives 0.
const multiplied = parts => parts.reduceRight((product, part) => part === 0 ? 0 : product * part, 1);
const factor = number => number < 0 ? `(${four(number)})` : four(number);
// Whether the numbers as they are shown make the result as it is shown: else they are rounded, and "=" would be wrong.
const equals = (made, result) => four(made) === four(result) ? "=" : "≈";
