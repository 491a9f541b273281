import type { Instant } from '../../../core/instant.ts';
import { isDue } from '../clocks.ts';
import { settlementOf } from '../obligations.ts';
import { isTerminal } from '../states.ts';
import { verify } from './deliver.ts';
import { contractOf, type HandoffFile } from './document.ts';
import { clockOf, pauseOf } from './next.ts';
import { Recorder } from './record.ts';
import { closeUnlessEmbargoed } from './release.ts';
import type { ProtocolCase, Stamp } from './shapes.ts';

/** Whether a machine found every criterion of the delivery to hold, nobody has to say anything, and nothing is owed. */
function provesItself(file: ProtocolCase, { handoff, ledger, delivery }: HandoffFile): boolean {
  const criteria = contractOf(file, handoff.contract).document.acceptance.filter(({ at }) => at === 'delivery');
  const held = criteria.every(
    ({ id, by }) => by === 'machine' && delivery?.criteria.some((each) => each.id === id && each.holds),
  );
  return (
    criteria.length > 0 &&
    held &&
    settlementOf(ledger, handoff.obligations, handoff.receiver).every(({ as }) => as !== 'open')
  );
}

/**
 * What follows when the clock of the wait has run out: a pause ends, an escalated handoff expires, a delivery that proves itself is
 * closed although nobody looked, what was verified is closed when its embargo ends, everything else goes to oversight. Nothing happens where no clock is due.
 */
export function missed(file: ProtocolCase, document: HandoffFile, at: Instant): HandoffFile {
  const { handoff } = document;
  if (isTerminal(handoff.state)) return document;
  const stamp: Stamp = { id: `miss.${handoff.id}.${handoff.history.length}`, at, by: { part: 'system', id: 'system' } };
  const recorder = new Recorder(document, stamp);
  if (handoff.state === 'verified') {
    const closed = closeUnlessEmbargoed(file, recorder);
    return closed.document === document ? document : closed.done().document;
  }
  const pause = pauseOf(document);
  if (pause !== undefined && at >= pause.endsAt) return recorder.event('continue', {}).done().document;
  const run = clockOf(document);
  if (run === undefined || !isDue(run, handoff.terms.working, recorder.at)) return document;
  if (handoff.state === 'escalated') return recorder.event('expire', {}).done().document;
  if (handoff.state === 'delivered' && provesItself(file, document))
    return verify(file, document, { type: 'verify', criteria: [] }, stamp).document;
  return recorder.event('escalate', { cause: 'clock', clock: run.clock }).done().document;
}
