import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import { InvalidInput } from '../../../core/errors.ts';
import { epochMilliseconds, type Instant, instantAt } from '../../../core/instant.ts';
import { ALWAYS_OPEN, calendarsOf, resolveCalendar } from '../calendars.ts';
import { type Hop, proveTimeBudget, type TimeBudgetProof } from '../time-budget.ts';
import type { HandoffPolicy } from './policy.ts';
import type { ChainDocument } from './policy-document.ts';
import { askedForPacket, seat } from './seat.ts';

const MINUTE = 60_000;

/** A chain with the proof that its hops fit its promise, or that they do not. */
export interface ChainProof {
  readonly chain: string;
  readonly contracts: readonly string[];
  readonly proof: TimeBudgetProof;
}

/** The hops of a chain with the newest version of each contract, at their slowest: whoever always approves is asked. */
export function hopsOf(policy: HandoffPolicy, chain: ChainDocument, directory: LoadedDirectory, at: Instant): Hop[] {
  return chain.hops.flatMap(({ contract: id, from }): Hop[] => {
    const document = policy.newest(id)?.document;
    if (document === undefined) return [];
    const working = resolveCalendar(document.calendar, calendarsOf(directory));
    const role = policy.party(from)?.role;
    const requester = role === undefined ? '' : (directory.membersOf(role)[0]?.id ?? '');
    const asked = askedForPacket(policy, document, 100);
    if (asked.size === 0) return [{ contract: document, working }];
    const { plan, problems } = seat({ policy, asked, directory, requester, at });
    if (plan === undefined) throw new InvalidInput(`Nobody can approve packets of ${id}.`, problems);
    const workingTimeOf = (personId: string) => directory.workingTimeOf(directory.requirePerson(personId));
    return [{ contract: document, working, approval: { plan, workingTimeOf } }];
  });
}

/** Proves one chain, beginning at any minute of the days after an instant. */
export function proveChain(
  policy: HandoffPolicy,
  chain: ChainDocument,
  directory: LoadedDirectory,
  at: Instant,
): ChainProof {
  const { within, calendar } = chain.promise;
  const working =
    calendar === undefined
      ? { calendar: ALWAYS_OPEN, timeZone: 'UTC' }
      : resolveCalendar(calendar, calendarsOf(directory), '/promise/calendar');
  const from = instantAt(Math.floor(epochMilliseconds(at) / MINUTE) * MINUTE);
  const hops = hopsOf(policy, chain, directory, at);
  const proof = proveTimeBudget({ hops, promise: { within, working }, from, days: policy.document.budget.proofDays });
  return { chain: chain.id, contracts: hops.map(({ contract }) => `${contract.id} ${contract.version}`), proof };
}

/** The first chain that a contract is part of, with the hops from that contract on: the way that is still to go. */
export function wayFrom(
  policy: HandoffPolicy,
  contract: string,
  directory: LoadedDirectory,
  at: Instant,
): Hop[] | undefined {
  const chain = policy.document.chains.find(({ hops }) => hops.some((hop) => hop.contract === contract));
  if (chain === undefined) return undefined;
  const index = chain.hops.findIndex((hop) => hop.contract === contract);
  return hopsOf(policy, { ...chain, hops: chain.hops.slice(index) }, directory, at);
}
