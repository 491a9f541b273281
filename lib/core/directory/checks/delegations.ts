import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';
import type { Delegation, Directory } from '../schema.ts';
import { duplicateIdProblems } from './duplicates.ts';

type Finding = Pick<Problem, 'code' | 'message' | 'mend'> & { readonly field: string };

/** A delegation in words: `Delegation "d-1" (anna to ben)`. */
export function namedDelegation(delegation: Delegation): string {
  return `Delegation "${delegation.id}" (${delegation.from} to ${delegation.to})`;
}

function unknownPeople(delegation: Delegation, people: ReadonlySet<string>): Finding[] {
  return (['from', 'to', 'createdBy'] as const)
    .filter((field) => !people.has(delegation[field]))
    .map((field) => ({
      field,
      code: 'unknown-person',
      message: `the directory knows no person "${delegation[field]}".`,
      mend: 'Correct the id, or add the person to the directory.',
    }));
}

function findingsOf(delegation: Delegation, directory: Directory, people: ReadonlySet<string>): Finding[] {
  const { from, to, createdBy } = delegation;
  const [start, end, createdAt] = [delegation.start, delegation.end, delegation.createdAt].map((at) => Date.parse(at));
  const rules: readonly (Finding & { readonly broken: boolean })[] = [
    {
      broken: from === to,
      field: 'to',
      code: 'delegation-to-oneself',
      message: `"${from}" delegates to themselves.`,
      mend: 'Name another person, or remove the delegation.',
    },
    {
      broken: Number(end) <= Number(start),
      field: 'end',
      code: 'delegation-without-duration',
      message: `it ends (${delegation.end}) no later than it starts (${delegation.start}).`,
      mend: 'Give an end after the start.',
    },
    {
      broken: Number(createdAt) > Number(start),
      field: 'createdAt',
      code: 'delegation-retroactive',
      message: `it was made (${delegation.createdAt}) after it starts (${delegation.start}).`,
      mend: 'Let it start when it was made, or later.',
    },
    {
      broken: createdBy !== from && !directory.administrators.includes(createdBy),
      field: 'createdBy',
      code: 'delegation-not-authorised',
      message: `"${createdBy}" is neither the principal "${from}" nor an administrator.`,
      mend: 'Have the principal or an administrator make it.',
    },
  ];
  return [...unknownPeople(delegation, people), ...rules.filter(({ broken }) => broken)];
}

/** Delegations of one person that hold at the same time: it would not be known who acts. */
function overlapProblems(directory: Directory): Problem[] {
  const byGiver = Map.groupBy(directory.delegations, ({ from }) => from);
  return directory.delegations.flatMap((delegation, index) => {
    const given = byGiver.get(delegation.from) ?? [];
    const other = given.slice(0, given.indexOf(delegation)).find((earlier) => overlap(earlier, delegation));
    if (other === undefined) return [];
    return [
      {
        pointer: pointer('', 'delegations', index),
        code: 'delegations-overlap',
        message: `${namedDelegation(delegation)} holds at the same time as ${namedDelegation(other)}.`,
        mend: 'Let one end before the other starts.',
      },
    ];
  });
}

function overlap(a: Delegation, b: Delegation): boolean {
  return Date.parse(a.start) < Date.parse(b.end) && Date.parse(b.start) < Date.parse(a.end);
}

/**
 * Delegations one by one: ids that occur twice, unknown people, delegations to oneself, without duration, retroactive, or made
 * by somebody who may not, and overlapping ones of one person. What chains of them do is checked in `delegation-chains.ts`.
 */
export function delegationProblems(directory: Directory): Problem[] {
  const people = new Set(directory.people.map(({ id }) => id));
  const single = directory.delegations.flatMap((delegation, index) =>
    findingsOf(delegation, directory, people).map(({ field, code, message, mend }) => ({
      pointer: pointer('', 'delegations', index, field),
      code,
      message: `${namedDelegation(delegation)}: ${message}`,
      mend,
    })),
  );
  return [
    ...duplicateIdProblems('delegations', 'Delegation', directory.delegations),
    ...single,
    ...overlapProblems(directory),
  ];
}
