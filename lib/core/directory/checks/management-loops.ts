import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';
import type { Directory } from '../schema.ts';

/** The ids from a person up to the point where the chain of command ends or comes back to one it has passed. */
function chainOf(managerOf: ReadonlyMap<string, string | undefined>, id: string): { chain: string[]; end?: string } {
  const chain: string[] = [];
  for (let at: string | undefined = id; at !== undefined; at = managerOf.get(at)) {
    if (chain.includes(at)) return { chain, end: at };
    chain.push(at);
  }
  return { chain };
}

/**
 * Who manages whom, at any distance: from a person's id to their managers, nearest first. Somebody whose chain of command runs
 * into a loop has none: the loop is reported for itself.
 */
export function chainsOfCommand(directory: Directory): (id: string) => readonly string[] {
  const managerOf = new Map(directory.people.map((person) => [person.id, person.manager]));
  return (id) => {
    const { chain, end } = chainOf(managerOf, id);
    return end === undefined ? chain.slice(1) : [];
  };
}

/** Management loops: each once, at the person in it who is listed first, with everybody in it. */
export function managementLoopProblems(directory: Directory): Problem[] {
  const managerOf = new Map(directory.people.map((person) => [person.id, person.manager]));
  const reported = new Set<string>();
  return directory.people.flatMap((person, index) => {
    const { chain, end } = chainOf(managerOf, person.id);
    // Somebody who only reports into a loop is not part of it.
    if (end !== person.id || reported.has(person.id)) return [];
    for (const id of chain) reported.add(id);
    return [
      {
        pointer: pointer('', 'people', index, 'manager'),
        code: 'management-loop',
        message: `Person "${person.id}" (${person.name}) is their own manager: ${[...chain, person.id].join(' > ')}.`,
        mend: 'Correct one manager of the loop, so that every chain of command ends.',
      },
    ];
  });
}
