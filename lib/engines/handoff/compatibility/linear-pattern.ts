import { Automaton, type Node, nodesOf } from './automaton.ts';
import type { Ranges } from './code-points.ts';

type Step = NonNullable<Node['step']>;

/** Looking at every node from every other one is quick up to here. */
const MOST_NODES = 1_500;

function meet(some: Ranges, others: Ranges): boolean {
  return some.some(([from, to]) => others.some(([low, high]) => from <= high && low <= to));
}

/** The steps that can come next from some nodes; `undefined` where one of them is reached in two ways, or two take one character. */
function stepsFrom(nodes: readonly Node[], from: readonly number[], atStart: boolean): Step[] | undefined {
  const seen = new Set<number>();
  const steps: Step[] = [];
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) return undefined;
    seen.add(at);
    const { jumps, step } = nodes[at] as Node;
    if (step !== undefined) {
      if (steps.some(({ ranges }) => meet(ranges, step.ranges))) return undefined;
      steps.push(step);
    }
    // The end may be here or not; the start only is where it is.
    for (const { to, only } of jumps) if (only !== 'start' || atStart) open.push(to);
  }
  return steps;
}

/**
 * Whether each character leaves at most one way to go on, to be reached in one way only, also where the search begins anew. Then an
 * engine that tries one way after the other is wrong at the very next character, and needs no more than a few looks at each.
 * @throws NotRegular when the pattern is not in the subset.
 */
function leavesNoChoice(source: string): boolean {
  const { nodes } = nodesOf(source);
  if (nodes.length > MOST_NODES) return false;
  const known = new Set<number>();
  const open = stepsFrom(nodes, [0], true);
  for (let step = open?.pop(); step !== undefined; step = open?.pop()) {
    if (known.has(step.to)) continue;
    known.add(step.to);
    const next = stepsFrom(nodes, [step.to, 0], false);
    if (next === undefined) return false;
    open?.push(...next);
  }
  return open !== undefined;
}

/** Tells whether a string matches, in time that grows with its length only. */
export interface LinearPattern {
  test(text: string): boolean;
}

/**
 * A pattern of JSON Schema (ECMA-262, Unicode mode, matching anywhere) that no string can make slow. The engine of the language tries
 * one way after the other, which for `(a+)+$` takes for ever: it is used where a pattern leaves it no choice, and an automaton
 * where it would.
 * @throws NotRegular when the pattern is more than regular (look-around, back-references), or its automaton too large; SyntaxError
 * when it is none.
 */
export function linearPattern(source: string): LinearPattern {
  const native = new RegExp(source, 'u');
  if (leavesNoChoice(source)) return native;
  const automaton = new Automaton(source).complete();
  return { test: (text) => automaton.matches(text) };
}
