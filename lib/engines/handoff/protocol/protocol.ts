import type { Instant } from '../../../core/instant.ts';
import type { Json } from '../../../core/json.ts';
import { parseWith } from '../../../core/zod-problems.ts';
import { cloudEventOf } from '../cloud-events.ts';
import type { ContractingRequest } from '../request/input.ts';
import { isTerminal } from '../states.ts';
import { checkDocument } from './check.ts';
import { command } from './commands.ts';
import { type HandoffFile, parseDocument } from './document.ts';
import { type ErasureStamp, withoutPayload, withoutSaid } from './erase.ts';
import { missed } from './miss.ts';
import { nextOf } from './next.ts';
import { openHandoff } from './offer.ts';
import { partsOf } from './people.ts';
import { perform } from './perform.ts';
import { readForm } from './read-form.ts';
import { firstEventOf, type Performed, Recorder } from './record.ts';
import { releaseOf } from './release.ts';
import type { FormAction, ProtocolCase, Refused, Stamp } from './shapes.ts';
import { viewOf } from './view.ts';

/** What came of an action: the document as it is stored, what was refused, and the documents that the action brought. */
interface Acted {
  readonly document: Json;
  readonly refused?: Refused;
  readonly artifacts: readonly Json[];
}

const stored = (document: HandoffFile): Json => document as unknown as Json;

const acted = ({ document, ...rest }: Performed): Acted => ({ document: stored(document), ...rest });

/** The event that ends a handoff from outside: what was accepted cannot be withdrawn by the sender alone. */
function endOf(document: HandoffFile, how: 'withdraw' | 'roll-back', stamp: Stamp): HandoffFile | undefined {
  if (isTerminal(document.handoff.state)) return undefined;
  if (document.handoff.history.some(({ event }) => event.id === firstEventOf(stamp.id))) return undefined;
  const recorder = new Recorder(document, stamp);
  const ended =
    how === 'withdraw'
      ? recorder.event('withdraw', { code: 'request-withdrawn' })
      : recorder.event('roll-back', { code: 'execution-rolled-back' });
  return ended.done().document;
}

/**
 * The handoff contract's protocol for the steps that wait for the other side: pure functions over a JSON document. Both skills of
 * handoff contracting declare it as their own.
 */
export const handoffProtocol = {
  handsOver: ({ artifact }: { readonly artifact: Json }): boolean =>
    typeof artifact === 'object' && artifact !== null && 'kind' in artifact && artifact.kind === 'handoff',

  /** @throws InvalidInput when what was decided about can no longer be offered. */
  open: (file: ProtocolCase, at: Instant): Json => stored(openHandoff(file, at)),

  next: (file: ProtocolCase, document: Json) => nextOf(file, parseDocument(document)),

  /** @throws InvalidInput, IllegalTransition when it cannot be, nothing having changed. */
  act: (file: ProtocolCase, value: Json, action: FormAction): Acted => {
    const document = parseDocument(value);
    if (document.handoff.history.some(({ event }) => event.id === firstEventOf(action.id)))
      return { document: value, artifacts: [] };
    const read = readForm(file, document, action);
    if ('refused' in read) return { document: value, artifacts: [], refused: read.refused };
    return acted(perform(file, document, read.command, action));
  },

  /** @throws InvalidInput, IllegalTransition when it cannot be, nothing having changed. */
  take: (file: ProtocolCase, document: Json, event: unknown, stamp: Stamp): Acted =>
    acted(perform(file, parseDocument(document), parseWith(command, event, 'The event'), stamp)),

  miss: (file: ProtocolCase, value: Json, at: Instant): Json => {
    const document = parseDocument(value);
    const after = missed(file, document, at);
    return after === document ? value : stored(after);
  },

  end: (_file: ProtocolCase, document: Json, how: 'withdraw' | 'roll-back', stamp: Stamp): Json | undefined => {
    const ended = endOf(parseDocument(document), how, stamp);
    return ended === undefined ? undefined : stored(ended);
  },

  /** What is put before the public once it has been closed. @throws InvalidInput where that is not what was approved. */
  release: (file: ProtocolCase, document: Json) => releaseOf(file, parseDocument(document)),

  erase: {
    input: (input: ContractingRequest, stamp: ErasureStamp) => withoutPayload(input, stamp),
    document: (document: Json): Json => stored(withoutSaid(parseDocument(document))),
  },

  view: (file: ProtocolCase, document: Json, at: Instant) => viewOf(file, parseDocument(document), at),

  partsOf: (file: ProtocolCase, document: Json, who: string) => partsOf(file, parseDocument(document), who),

  /** Every transition as an event of CloudEvents 1.0, by its number in the history. */
  events: (file: ProtocolCase, value: Json) => {
    const { handoff } = parseDocument(value);
    return handoff.history.map(({ seq }) => cloudEventOf(handoff, seq, `/countersign/executions/${file.executionId}`));
  },

  /** What does not hold when the document is replayed from how it was opened. */
  verify: (file: ProtocolCase, document: Json) => checkDocument(file, parseDocument(document)),
} as const;
