import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';
import type { Delegation, Directory } from '../schema.ts';
import { namedDelegation } from './delegations.ts';
import { chainsOfCommand } from './management-loops.ts';

/** Links that a seat can hold, as the approval plan states. */
const LONGEST_CHAIN = 10;

/** Delegations that lead from person to person and hold together from `start` to `end` (epoch milliseconds). */
interface Chain {
  readonly links: readonly Delegation[];
  readonly start: number;
  readonly end: number;
}

/** A chain, and every longer one whose links all hold at one moment; a chain that comes back to itself ends there. */
function* chainsFrom(chain: Chain, linksFrom: (personId: string) => readonly Delegation[]): Generator<Chain> {
  yield chain;
  const last = chain.links.at(-1);
  if (last === undefined || chain.links.length > LONGEST_CHAIN) return;
  if (chain.links.some((link) => link.from === last.to)) return;
  for (const link of linksFrom(last.to)) {
    const start = Math.max(chain.start, Date.parse(link.start));
    const end = Math.min(chain.end, Date.parse(link.end));
    if (start < end) yield* chainsFrom({ links: [...chain.links, link], start, end }, linksFrom);
  }
}

function written(links: readonly Delegation[]): string {
  return links.map((link) => `"${link.id}" (${link.from} to ${link.to})`).join(', ');
}

/** Two chains are one loop when they hold the same links, wherever they begin. */
function loopKey(links: readonly Delegation[]): string {
  return JSON.stringify(links.map(({ id }) => id).sort());
}

/**
 * Chains of delegations, with their dates: loops (each once), chains that hand a seat to somebody in its principal's own chain
 * of command, directly or by way of others, and chains longer than a seat can hold. Links that never hold at the same moment
 * form no chain.
 */
export function delegationChainProblems(directory: Directory): Problem[] {
  const usable = directory.delegations.filter(
    ({ from, to, start, end }) => from !== to && Date.parse(start) < Date.parse(end),
  );
  const byGiver = Map.groupBy(usable, ({ from }) => from);
  const linksFrom = (personId: string): readonly Delegation[] => byGiver.get(personId) ?? [];
  const managersOf = chainsOfCommand(directory);
  const loops = new Set<string>();

  const placeOf = (delegation: Delegation) => pointer('', 'delegations', directory.delegations.indexOf(delegation));

  function problemOf(first: Delegation, { links }: Chain): Problem | undefined {
    const last = links.at(-1) ?? first;
    if (last.to === first.from) {
      const key = loopKey(links);
      if (loops.has(key)) return undefined;
      loops.add(key);
      return {
        pointer: placeOf(first),
        code: 'delegation-loop',
        message: `${namedDelegation(first)} is part of a loop of delegations: ${written(links)}.`,
        mend: 'Change one of them, or its dates, so that the chain ends with a person who acts.',
      };
    }
    if (managersOf(first.from).includes(last.to)) {
      const way = links.length === 1 ? '' : `, lent by ${written(links.slice(0, -1))},`;
      return {
        pointer: placeOf(last),
        code: 'delegation-upward',
        message: `${namedDelegation(last)} hands the seat of "${first.from}"${way} up to "${last.to}", who manages "${first.from}".`,
        mend: 'Delegate to a peer or a report; a manager has a seat of their own.',
      };
    }
    if (links.length <= LONGEST_CHAIN) return undefined;
    return {
      pointer: placeOf(first),
      code: 'delegation-chain-too-long',
      message: `${namedDelegation(first)} begins a chain of more than ${LONGEST_CHAIN} delegations: ${written(links)}.`,
      mend: 'Delegate directly to the person who acts.',
    };
  }

  return usable.flatMap((first) => {
    const begin = { links: [first], start: Date.parse(first.start), end: Date.parse(first.end) };
    return [...chainsFrom(begin, linksFrom)].flatMap((chain) => problemOf(first, chain) ?? []);
  });
}
