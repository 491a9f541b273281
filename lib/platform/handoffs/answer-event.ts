import { digestOf } from '../../core/digest.ts';
import { Conflict, InvalidInput } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { Forbidden, NotPossibleNow } from '../api/errors.ts';
import { type SentEvent, sentEvent } from '../contracts/handoff.ts';
import type { Runtime } from '../runtime.ts';
import type { HandoffActed, HandoffPart } from '../skill/handoff-protocol.ts';
import { keepArtifacts } from './answer.ts';
import { carryOutHandoff } from './effects.ts';
import { HandoffRefused } from './errors.ts';
import { type HandoffFile, readHandoffFile } from './file.ts';
import { documentOf, type OpenHandoff, type TakenEvent } from './handoff.ts';
import { changeHandoff } from './handoff-store.ts';
import { moved } from './move.ts';

/** Events whose repetition is recognised here; the protocol recognises older ones by their id. */
const TAKEN_EVENTS = 300;

/** Who a caller is to a handoff: the person whose principal it is, or the principal itself. */
function callersIn(file: HandoffFile, caller: string): readonly string[] {
  const person = file.directory.personByPrincipal(caller)?.id;
  return person === undefined ? [caller] : [person, caller];
}

/**
 * In whose part, and under which name, a caller acts.
 * @throws Forbidden when it holds no part, or not the one it names; InvalidInput when it must name one.
 */
function partOf(file: HandoffFile, handoff: OpenHandoff, caller: string, as: HandoffPart | undefined) {
  const document = documentOf(handoff);
  const held = callersIn(file, caller).flatMap((id) =>
    file.protocol.partsOf(file.case, document, id).map((part) => ({ part, id })),
  );
  const wanted = as ?? handoff.wait?.part;
  const named = held.find(({ part }) => part === wanted);
  if (named !== undefined) return named;
  if (held.length === 0) throw new Forbidden('The caller has no part in this handoff.');
  if (as !== undefined) throw new Forbidden(`The caller does not act for the ${as} of this handoff.`);
  const parts = [...new Set(held.map(({ part }) => part))];
  const [only] = held;
  if (parts.length === 1 && only !== undefined) return only;
  throw new InvalidInput('The caller holds several parts of this handoff.', [
    { pointer: '/as', code: 'part-missing', message: `It may act as ${parts.join(', ')}.`, mend: 'Name one of them.' },
  ]);
}

/** What became of an event. */
export interface EventResult {
  readonly handoff: OpenHandoff;
  readonly file: HandoffFile;
  /** Whether it was on record before. */
  readonly repeated: boolean;
}

/** The event as it is on record, if it is. @throws Conflict when another one is, under its id. */
function knownAs(handoff: OpenHandoff, event: TakenEvent): TakenEvent | undefined {
  const known = handoff.taken.find(({ id }) => id === event.id);
  if (known !== undefined && known.digest !== event.digest)
    throw new Conflict(`Another event is on record under the id "${event.id}".`);
  return known;
}

/**
 * Takes an event that a system or a person sent over the API. The caller's identity decides the part; the event is written under
 * condition, then the state machine is signalled. The same event again answers as before and changes nothing.
 * @param caller the authenticated caller's principal.
 * @param body as it was sent.
 * @throws InvalidInput, Forbidden; Conflict for another event of the same id; NotPossibleNow when the handoff has ended or its clock
 * has run out; HandoffRefused when it was understood and cannot stand; whatever the protocol throws.
 */
export async function answerByEvent(
  runtime: Runtime,
  executionId: string,
  caller: string,
  body: unknown,
): Promise<EventResult> {
  const sent = parseWith<SentEvent>(sentEvent, body, 'The event');
  const file = await readHandoffFile(runtime, executionId);
  const taken: TakenEvent = { id: sent.id, digest: digestOf([caller, sent]) };
  let repeated = false;
  let refused: HandoffActed['refused'];
  const after = await changeHandoff(
    runtime,
    executionId,
    async (current) => {
      const known = knownAs(current, taken);
      repeated = known !== undefined;
      refused = known?.refused;
      if (repeated) return undefined;
      const by = partOf(file, current, caller, sent.as);
      const at = runtime.clock.now();
      const { wait } = current;
      if (wait === undefined) throw new NotPossibleNow(`The handoff has ended as ${current.summary.state}.`);
      if (at >= wait.dueAt)
        throw new NotPossibleNow(
          `The clock "${wait.clock}" has run out; what follows is being settled. Look again in a moment.`,
        );
      const acted = file.protocol.take(file.case, documentOf(current), sent.event, { id: sent.id, at, by });
      refused = acted.refused;
      const artifacts = await keepArtifacts(runtime, acted);
      const did = `${sent.event.type}${refused === undefined ? '' : ': refused'}`;
      const next = moved(current, file, acted.document, { at, by: by.id, did, endsWait: false, artifacts });
      const noted = refused === undefined ? taken : { ...taken, refused };
      return { ...next, taken: [...next.taken, noted].slice(-TAKEN_EVENTS) };
    },
    'answer',
  );
  if (!repeated) await carryOutHandoff(runtime, after);
  if (refused !== undefined) throw new HandoffRefused(refused.message, refused.fields);
  return { handoff: after, file, repeated };
}
