import type { Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import { type State, targetsOf } from './definition.ts';
import { definitionProblem as problem } from './definition-problem.ts';

type States = ReadonlyMap<string, State>;

/**
 * What is wrong with the transitions between the states of a machine, and inside the processors of its Maps.
 * @param base JSON Pointer to what holds the states.
 */
export function graphProblems(startAt: string, states: States, base: string): Problem[] {
  const inner = [...states].flatMap(([name, state]) => {
    if (state.type !== 'Map') return [];
    const at = pointer(`${base}/States`, name, 'ItemProcessor');
    const { processor } = state;
    return [...repeatedNames(processor.states, states, at), ...graphProblems(processor.startAt, processor.states, at)];
  });
  return [...transitionProblems(startAt, states, base), ...inner];
}

/** The names of states are unique in a whole machine. */
function repeatedNames(states: States, outer: States, base: string): Problem[] {
  return [...states.keys()]
    .filter((name) => outer.has(name))
    .map((name) =>
      problem(
        pointer(`${base}/States`, name),
        'repeated-name',
        'The machine has another state of this name outside the processor.',
        'Choose another name.',
      ),
    );
}

function transitionProblems(startAt: string, states: States, base: string): Problem[] {
  const missing = [...states].flatMap(([name, state]) =>
    targetsOf(state)
      .filter((target) => !states.has(target))
      .map((target) =>
        problem(
          pointer(`${base}/States`, name),
          'missing-target',
          `The state goes to "${target}", which does not exist.`,
          'Name a state of this machine.',
        ),
      ),
  );
  if (!states.has(startAt)) {
    return [
      problem(
        `${base}/StartAt`,
        'missing-target',
        `The state "${startAt}" does not exist.`,
        'Name a state of this machine.',
      ),
      ...missing,
    ];
  }
  const reached = reachableFrom(startAt, states);
  const unreachable = [...states.keys()]
    .filter((name) => !reached.has(name))
    .map((name) =>
      problem(
        pointer(`${base}/States`, name),
        'unreachable-state',
        'No transition leads to the state.',
        'Lead one to it, or remove it.',
      ),
    );
  const ends = [...reached].some((name) => {
    const state = states.get(name);
    return (
      state !== undefined &&
      (state.type === 'Succeed' || state.type === 'Fail' || ('next' in state && state.next === undefined))
    );
  });
  const endless = problem(
    `${base}/States`,
    'no-terminal-state',
    'No state ends the execution.',
    'Add an End, a Succeed or a Fail state.',
  );
  return [...missing, ...unreachable, ...(ends ? [] : [endless])];
}

function reachableFrom(startAt: string, states: States): ReadonlySet<string> {
  const reached = new Set([startAt]);
  // A set yields what is added while it is walked.
  for (const name of reached) {
    const state = states.get(name);
    for (const target of state === undefined ? [] : targetsOf(state)) {
      if (states.has(target)) reached.add(target);
    }
  }
  return reached;
}
