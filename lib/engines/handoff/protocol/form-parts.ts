import { contractOf, type HandoffFile } from './document.ts';
import type { FormChoice, FormField, ProtocolCase } from './shapes.ts';

export const text = (name: string, label: string, hint?: string): FormField => ({
  name,
  label,
  kind: 'text',
  maximum: 2_000,
  ...(hint === undefined ? {} : { hint }),
});
export const line = (name: string, label: string, hint?: string): FormField => ({
  name,
  label,
  kind: 'line',
  maximum: 200,
  ...(hint === undefined ? {} : { hint }),
});
export const check = (name: string, label: string): FormField => ({ name, label, kind: 'check', maximum: 5 });
export const choiceOf = (name: string, label: string, options: NonNullable<FormField['options']>): FormField => ({
  name,
  label,
  kind: 'choice',
  options,
  maximum: 200,
});

export const because = text('because', 'What else is to be known');
export const ASK: FormChoice = {
  choice: 'ask',
  label: 'Ask the sender',
  says: 'The clocks of the receiver stand still until the sender has answered.',
  fields: ['question'],
};
export const ESCALATE: FormChoice = {
  choice: 'escalate',
  label: 'Let a person of oversight decide',
  says: 'It stands aside until somebody has decided.',
  fields: ['because'],
};
export const question = text('question', 'Question');

/** The choice to pause, where the contract declares any. */
export function pausing(file: ProtocolCase, { handoff }: HandoffFile): { choices: FormChoice[]; fields: FormField[] } {
  const { pauses } = contractOf(file, handoff.contract).document;
  if (pauses.length === 0) return { choices: [], fields: [] };
  return {
    choices: [
      {
        choice: 'pause',
        label: 'Pause',
        says: 'Some clocks stand still, for so long at most as the contract says.',
        fields: ['pause'],
      },
    ],
    fields: [
      choiceOf(
        'pause',
        'What is waited for',
        pauses.map(({ code, maximumClockMinutes }) => ({
          value: code,
          label: `${code}, ${maximumClockMinutes} minutes at most`,
        })),
      ),
    ],
  };
}
