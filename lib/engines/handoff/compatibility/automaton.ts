import type { Ranges } from './code-points.ts';
import { NotRegular, type Pattern, readPattern } from './pattern-syntax.ts';

const MAXIMUM_NODES = 4000;
const MAXIMUM_STATES = 1500;

/** A step without a character; anchors let it pass only at the start, or at the end, of the string. */
interface Jump {
  readonly to: number;
  readonly only?: 'start' | 'end';
}

/** A node of the nondeterministic automaton: from it one jumps without a character, or steps with one. */
export interface Node {
  readonly jumps: Jump[];
  step?: { readonly ranges: Ranges; readonly to: number };
}

class Builder {
  readonly nodes: Node[] = [];

  node(): number {
    if (this.nodes.length >= MAXIMUM_NODES) throw new NotRegular('Its automaton is too large.');
    return this.nodes.push({ jumps: [] }) - 1;
  }

  jump(from: number, to: number, only?: 'start' | 'end'): void {
    this.nodes[from]?.jumps.push(only === undefined ? { to } : { to, only });
  }

  /** A node of its own for each repetition, so that repeating nothing is bounded, too. */
  behind(from: number): number {
    const to = this.node();
    this.jump(from, to);
    return to;
  }

  /** Adds the pattern behind a node, and answers where it ends (Thompson's construction). */
  add(pattern: Pattern, from: number): number {
    switch (pattern.kind) {
      case 'sequence':
        return pattern.parts.reduce((at, part) => this.add(part, at), from);
      case 'start':
      case 'end': {
        const to = this.node();
        this.jump(from, to, pattern.kind);
        return to;
      }
      case 'set': {
        const [at, to] = [this.node(), this.node()];
        this.jump(from, at);
        (this.nodes[at] as Node).step = { ranges: pattern.ranges, to };
        return to;
      }
      case 'choice': {
        const to = this.node();
        for (const part of pattern.parts) {
          const start = this.node();
          this.jump(from, start);
          this.jump(this.add(part, start), to);
        }
        return to;
      }
      case 'repeat': {
        let at = from;
        for (let count = 0; count < pattern.from; count++) at = this.add(pattern.of, this.behind(at));
        const to = this.node();
        if (pattern.to === Number.POSITIVE_INFINITY) {
          const loop = this.node();
          this.jump(at, loop);
          this.jump(this.add(pattern.of, loop), loop);
          this.jump(loop, to);
          return to;
        }
        for (let count = pattern.from; count < pattern.to; count++) {
          this.jump(at, to);
          at = this.add(pattern.of, this.behind(at));
        }
        this.jump(at, to);
        return to;
      }
    }
  }
}

/**
 * The nondeterministic automaton of a pattern, which starts at its first node.
 * @throws NotRegular when the pattern is not in the subset, or its automaton too large.
 */
export function nodesOf(source: string): { readonly nodes: readonly Node[]; readonly goal: number } {
  const builder = new Builder();
  const start = builder.node();
  const goal = builder.add(readPattern(source), start);
  return { nodes: builder.nodes, goal };
}

interface State {
  readonly nodes: readonly number[];
  readonly isAccepting: boolean;
  readonly next: Map<number, number>;
}

/** A deterministic automaton of one pattern, whose states are made when they are reached. */
export class Automaton {
  readonly #nodes: readonly Node[];
  readonly #goal: number;
  readonly #states: State[] = [];
  readonly #byNodes = new Map<string, number>();
  /** All code points at which some step begins, or ends: between two of them all characters are alike. */
  readonly boundaries: readonly number[];

  /** @throws NotRegular when the pattern is not in the subset, or its automaton too large. */
  constructor(source: string) {
    const { nodes, goal } = nodesOf(source);
    this.#goal = goal;
    this.#nodes = nodes;
    // A pattern may match anywhere: the search begins anew before each character, and what has matched stays so.
    this.#add([0], true);
    const steps = this.#nodes.flatMap(({ step }) => step?.ranges ?? []);
    this.boundaries = [...new Set(steps.flatMap(([from, to]) => [from, to + 1]))].sort((a, b) => a - b);
  }

  #closure(from: readonly number[], atStart: boolean, atEnd: boolean): Set<number> {
    const seen = new Set<number>();
    const open = [...from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      for (const { to, only } of this.#nodes[at]?.jumps ?? [])
        if (only === undefined || (only === 'start' ? atStart : atEnd)) open.push(to);
    }
    return seen;
  }

  #add(nodes: readonly number[], atStart: boolean): number {
    const closed = this.#closure(nodes, atStart, false);
    const matched = closed.has(this.#goal);
    const sorted = matched ? [this.#goal] : [...closed].sort((a, b) => a - b);
    const key = `${atStart} ${sorted.join()}`;
    const known = this.#byNodes.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= MAXIMUM_STATES) throw new NotRegular('Its automaton is too large.');
    const isAccepting = matched || this.#closure(nodes, atStart, true).has(this.#goal);
    this.#byNodes.set(key, this.#states.length);
    return this.#states.push({ nodes: sorted, isAccepting, next: new Map() }) - 1;
  }

  isAccepting(state: number): boolean {
    return this.#states[state]?.isAccepting ?? false;
  }

  /** The state after one more character; `alike` names the stretch between boundaries in which the character lies. */
  next(state: number, codePoint: number, alike: number): number {
    const from = this.#states[state] as State;
    const known = from.next.get(alike);
    if (known !== undefined) return known;
    const isMatched = from.nodes.length === 1 && from.nodes[0] === this.#goal;
    const reached = isMatched
      ? state
      : this.#add(
          from.nodes
            .flatMap((at) => {
              const step = this.#nodes[at]?.step;
              return step?.ranges.some(([low, high]) => low <= codePoint && codePoint <= high) ? [step.to] : [];
            })
            .concat(0),
          false,
        );
    from.next.set(alike, reached);
    return reached;
  }

  /**
   * Makes every state, so that no string can reach one that is not there yet.
   * @throws NotRegular when there are too many.
   */
  complete(): this {
    for (let state = 0; state < this.#states.length; state++)
      for (let alike = 0; alike <= this.boundaries.length; alike++)
        this.next(state, this.boundaries[alike - 1] ?? 0, alike);
    return this;
  }

  /** Whether the string matches, in time that grows with its length only. */
  matches(text: string): boolean {
    let state = 0;
    for (const char of text) {
      const codePoint = char.codePointAt(0) as number;
      state = this.next(state, codePoint, this.stretchOf(codePoint));
    }
    return this.isAccepting(state);
  }

  /** How many boundaries are not above a code point. */
  stretchOf(codePoint: number): number {
    let [low, high] = [0, this.boundaries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.boundaries[middle] as number) <= codePoint) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const KEPT = 500;
const kept = new Map<string, Automaton | 'none'>();

/** The automaton of a pattern; undefined for one that is not in the subset. Built once, as it depends on the text only. */
export function automatonOf(source: string): Automaton | undefined {
  let known = kept.get(source);
  if (known === undefined) {
    try {
      known = new Automaton(source);
    } catch (thrown) {
      if (!(thrown instanceof NotRegular || thrown instanceof SyntaxError)) throw thrown;
      known = 'none';
    }
    if (kept.size >= KEPT) kept.clear();
    kept.set(source, known);
  }
  return known === 'none' ? undefined : known;
}
