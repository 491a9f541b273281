import type { Command } from './commands.ts';
import type { HandoffFile } from './document.ts';
import { receiversOf } from './people.ts';
import { type Performed, Recorder, refusal } from './record.ts';
import type { ProtocolCase, Stamp } from './shapes.ts';

type Of<T extends Command['type']> = Extract<Command, { type: T }>;

/** Somebody on either side, or oversight, wants a person to decide. */
export function escalate(
  _file: ProtocolCase,
  document: HandoffFile,
  { because }: Of<'escalate'>,
  stamp: Stamp,
): Performed {
  const recorder = new Recorder(document, stamp);
  recorder.say('escalation', because);
  return recorder.event('escalate', { cause: 'judgement' }).done();
}

/** Oversight lets it go on: with further returns where they were spent, by somebody else where it is named. */
export function resume(
  file: ProtocolCase,
  document: HandoffFile,
  { returns, recipient, because }: Of<'resume'>,
  stamp: Stamp,
): Performed {
  if (recipient !== undefined && !receiversOf(file, document).includes(recipient))
    return refusal(document, `"${recipient}" does not work for the receiver.`, {
      recipient: 'Name somebody of the receiver.',
    });
  const recorder = new Recorder(document, stamp);
  const decision = recorder.say('judgement', because, { returns, recipient: recipient ?? null });
  return recorder
    .event('resume', { decision, grantedReturns: returns, ...(recipient === undefined ? {} : { recipient }) })
    .done();
}

/** Oversight lets it end: withdrawn where it was never accepted, rolled back where it was. */
export function end(_file: ProtocolCase, document: HandoffFile, { because }: Of<'end'>, stamp: Stamp): Performed {
  const recorder = new Recorder(document, stamp);
  recorder.say('judgement', because);
  const code = 'oversight-ended-it';
  return (
    document.handoff.accepted ? recorder.event('roll-back', { code }) : recorder.event('withdraw', { code })
  ).done();
}
