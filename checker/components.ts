// Strongly connected components of a graph in compressed rows, without recursion (R. Tarjan, Depth-first search and linear graph algorithms, 1972).

/** The component of each node; nodes of edges `to[rows[n] .. rows[n + 1])` leave node n. Components are numbered from 0, sinks first. */
export function components(rows: Uint32Array, to: Uint32Array): Uint32Array {
  const count = rows.length - 1;
  const component = new Uint32Array(count);
  /** Order of discovery plus 1; 0 = not yet seen. */
  const order = new Uint32Array(count);
  const low = new Uint32Array(count);
  const next = new Uint32Array(count);
  const open = new Uint8Array(count);
  const stack: number[] = [];
  const calls: number[] = [];
  let seen = 0;
  let found = 0;
  const enter = (node: number) => {
    order[node] = low[node] = ++seen;
    next[node] = rows[node]!;
    open[node] = 1;
    stack.push(node);
    calls.push(node);
  };
  for (let root = 0; root < count; root++) {
    if (order[root] !== 0) continue;
    enter(root);
    while (calls.length > 0) {
      const node = calls[calls.length - 1]!;
      if (next[node]! < rows[node + 1]!) {
        const target = to[next[node]++]!;
        if (order[target] === 0) enter(target);
        else if (open[target] === 1) low[node] = Math.min(low[node]!, order[target]!);
        continue;
      }
      calls.pop();
      const caller = calls[calls.length - 1];
      if (caller !== undefined) low[caller] = Math.min(low[caller]!, low[node]!);
      if (low[node] !== order[node]) continue;
      for (let member = -1; member !== node; ) {
        member = stack.pop()!;
        open[member] = 0;
        component[member] = found;
      }
      found++;
    }
  }
  return component;
}
