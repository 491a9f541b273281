import type { Digest } from '../../core/digest.ts';
import { randomText } from '../approvals/link.ts';
import type { Runtime } from '../runtime.ts';
import type { HandoffActed, HandoffChoice, HandoffField, HandoffWait } from '../skill/handoff-protocol.ts';
import { carryOutHandoff } from './effects.ts';
import { readHandoffFile } from './file.ts';
import { documentOf, type OpenHandoff } from './handoff.ts';
import { changeHandoff } from './handoff-store.ts';
import { type HandoffLink, type HandoffLinkStanding, handoffLinkStanding } from './link.ts';
import { moved } from './move.ts';

/** What somebody filled in: one of the wait's choices, and the values of its fields by their names. */
export interface FilledIn {
  readonly choice: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What came of an answer. */
export interface AnswerResult {
  readonly handoff: OpenHandoff;
  /** Of the link, after the answer. */
  readonly standing: HandoffLinkStanding;
  readonly recorded: boolean;
  /** The answer was understood and cannot stand; told beside the form, where there still is one. */
  readonly refused?: NonNullable<HandoffActed['refused']>;
}

/** The choice of a wait, or `undefined` where it does not offer it. */
export function choiceOf(wait: HandoffWait, choice: string): HandoffChoice | undefined {
  return wait.choices.find((one) => one.choice === choice);
}

/** The fields that belong to a choice, in its order. */
export function fieldsOf(wait: HandoffWait, choice: HandoffChoice): readonly HandoffField[] {
  return choice.fields.flatMap((name) => wait.fields.find((field) => field.name === name) ?? []);
}

/** Keeps the documents that an answer brought, before the answer itself is written: what is on record is always to be had. */
export function keepArtifacts(runtime: Runtime, { artifacts }: HandoffActed): Promise<Digest[]> {
  return Promise.all(artifacts.map((document) => runtime.artifacts.put(document)));
}

/**
 * Answers the wait of a link by its form. Who may act is checked anew; then the answer is written under condition, and only after
 * that the state machine is signalled, so that a crash in between loses nothing. Of many answers to one wait exactly one counts.
 * An answer that is refused counts as an attempt where its protocol says so, and the wait goes on.
 * @throws whatever the protocol throws where the answer cannot be, nothing having changed; Conflict when too many write at once;
 * HandoffTooLarge.
 */
export async function answerByForm(runtime: Runtime, link: HandoffLink, filled: FilledIn): Promise<AnswerResult> {
  const file = await readHandoffFile(runtime, link.executionId);
  const id = `form.${randomText(runtime, 16)}`;
  let counted = false;
  let refused: HandoffActed['refused'];
  const after = await changeHandoff(
    runtime,
    link.executionId,
    async (current) => {
      counted = false;
      refused = undefined;
      const at = runtime.clock.now();
      const { wait } = current;
      const standing = handoffLinkStanding(file, current, link, at);
      const choice = wait && choiceOf(wait, filled.choice);
      if (wait === undefined || choice === undefined || standing.standing !== 'open') return undefined;
      const by = { part: wait.part, id: link.personId };
      const acted = file.protocol.act(file.case, documentOf(current), { id, at, by, ...filled });
      refused = acted.refused;
      counted = refused === undefined;
      const artifacts = await keepArtifacts(runtime, acted);
      const did = counted ? choice.label : `${choice.label}: refused`;
      return moved(current, file, acted.document, { at, by: link.personId, did, endsWait: counted, artifacts });
    },
    'answer',
  );
  if (counted || refused !== undefined) await carryOutHandoff(runtime, after);
  const standing = handoffLinkStanding(file, after, link, runtime.clock.now());
  return { handoff: after, standing, recorded: counted, ...(refused === undefined ? {} : { refused }) };
}
