import type { Eligibility } from '../../core/directory/eligibility.ts';
import type { Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import { carryOut } from './carry-out.ts';
import { type Case, readCase } from './case.ts';
import { type CodeCheck, checkCode, type EnteredCode } from './check-code.ts';
import { decideSeat } from './decide-seat.ts';
import { type Link, randomText } from './link.ts';
import { type LinkStanding, linkStanding } from './link-standing.ts';
import { eligibilityOf } from './seat-holder.ts';
import type { Action, Stage } from './stage.ts';
import { changeStage, readStage } from './stage-store.ts';

/** A decision as a person made it. */
export interface Choice {
  readonly action: Action;
  readonly comment: string;
}

/** What can be decided at a stage of each kind. */
export const actionsOf: Readonly<Record<Stage['kind'], readonly Action[]>> = {
  approval: ['approve', 'reject', 'request-changes'],
  oversight: ['close', 're-run'],
};

/** What became of a link: its standing, and whether its holder may decide by the directory in force. */
export interface LinkState {
  readonly stage: Stage;
  readonly standing: LinkStanding;
  /** Set when the link would open, but its holder may not decide. */
  readonly ineligible?: Extract<Eligibility, { eligible: false }>;
}

/** The state of a link at an instant, by the stage, the terms in force and the directory in force. */
export function linkState(file: Case, stage: Stage, link: Link, at: Instant): LinkState {
  const standing = linkStanding(stage, link, at);
  if (standing.standing !== 'open' || stage.kind === 'oversight') return { stage, standing };
  const { level, seat } = standing;
  if (file.record.termsDigest !== undefined && file.record.termsDigest !== link.termsDigest)
    return { stage, standing: { standing: 'terms-changed', level, seat } };
  const eligibility = eligibilityOf(file.directory, stage, level, seat, at);
  return eligibility.eligible ? { stage, standing } : { stage, standing, ineligible: eligibility };
}

/** What came of an attempt to decide. `recorded`: this attempt is the seat's one decision. */
export interface DecisionResult extends LinkState {
  readonly recorded: boolean;
  /** Why the level's assurance was not reached, where it asks for a mailed code; nothing was recorded then. */
  readonly refusedCode?: Exclude<CodeCheck, { code: 'right' }>;
}

/** Whether a link's level asks for a mailed code before it takes a decision. */
export function asksForCode(state: LinkState): boolean {
  return state.standing.level.assurance === 'mail-code';
}

/** Checks what a level asks for besides the link; a level that asks for the link alone looks at no code. */
async function checkAssurance(
  runtime: Runtime,
  state: LinkState,
  link: Link,
  entered: EnteredCode | undefined,
): Promise<CodeCheck> {
  if (!asksForCode(state)) return { code: 'right' };
  return entered === undefined ? { code: 'none' } : checkCode(runtime, link, entered);
}

/**
 * Decides at a link's seat. Where the level asks for a mailed code, the code is checked first, here and nowhere else, so that
 * no caller can claim an assurance that was not shown. Eligibility is checked anew by the directory in force, the terms by
 * their digest; then the decision is written under condition, and only after that the state machine is signalled, so that a
 * crash in between loses nothing. Of many attempts at one seat exactly one is recorded.
 * @param entered the code, for a level that asks for one.
 * @throws RangeError when the stage does not offer the action.
 * @throws Conflict when too many write the stage at once; nothing is recorded then.
 */
export async function decide(
  runtime: Runtime,
  link: Link,
  choice: Choice,
  entered?: EnteredCode,
): Promise<DecisionResult> {
  const [file, before] = await Promise.all([
    readCase(runtime, link.executionId),
    readStage(runtime, link.executionId, link.stage),
  ]);
  if (!actionsOf[before.kind].includes(choice.action))
    throw new RangeError(`The stage does not offer "${choice.action}".`);
  const beforehand = linkState(file, before, link, runtime.clock.now());
  if (beforehand.standing.standing !== 'open' || beforehand.ineligible !== undefined)
    return { ...beforehand, recorded: false };
  const check = await checkAssurance(runtime, beforehand, link, entered);
  if (check.code !== 'right') return { ...beforehand, recorded: false, refusedCode: check };
  const decisionId = randomText(runtime, 16);
  const after = await changeStage(runtime, link.executionId, link.stage, (current) => {
    const at = runtime.clock.now();
    const { standing, ineligible } = linkState(file, current, link, at);
    if (standing.standing !== 'open' || ineligible !== undefined) return undefined;
    return decideSeat(current, link.seatId, {
      decisionId,
      ...choice,
      at,
      round: current.round,
      // Fixed with the plan, and checked above.
      assurance: standing.level.assurance,
      termsDigest: current.termsDigest,
    });
  });
  const state = linkState(file, after, link, runtime.clock.now());
  const recorded = state.standing.seat.decision?.decisionId === decisionId;
  if (recorded) await carryOut(runtime, after);
  return { ...state, recorded };
}
