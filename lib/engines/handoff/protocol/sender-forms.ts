import { contractOf, type HandoffFile } from './document.ts';
import { because, check, choiceOf, ESCALATE, line, text } from './form-parts.ts';
import { receiversOf } from './people.ts';
import type { Form, ProtocolCase } from './shapes.ts';

/** How the sender looks at what was delivered. */
export function verificationForm(file: ProtocolCase, document: HandoffFile): Form {
  const { acceptance } = contractOf(file, document.handoff.contract).document;
  const atDelivery = acceptance.filter(({ at }) => at === 'delivery');
  const said = atDelivery.flatMap((each) => (each.by === 'role' ? [check(`criterion.${each.id}`, each.says)] : []));
  const open = choiceOf(
    'open',
    'What does not hold',
    atDelivery.length === 0
      ? [{ value: 'as-agreed', label: 'It is not what was agreed.' }]
      : atDelivery.map(({ id, says }) => ({ value: id, label: says })),
  );
  return {
    choices: [
      {
        choice: 'verify',
        label: 'It is what was agreed',
        says: 'The handoff is closed.',
        fields: said.map(({ name }) => name),
      },
      {
        choice: 'rework',
        label: 'It has to be done again',
        says: 'It goes back to the receiver, and counts as a return.',
        fields: ['open', 'because'],
      },
      ESCALATE,
    ],
    fields: [...said, open, because],
  };
}

/** How the sender answers what is asked. */
export function answerForm(file: ProtocolCase, document: HandoffFile): Form {
  const contract = contractOf(file, document.handoff.contract).document;
  const types = contract.evidence.map(({ type }) => ({ value: type, label: type }));
  const people = receiversOf(file, document).map((id) => ({ value: id, label: file.directory.requirePerson(id).name }));
  const evidence = [
    line('evidence-id', 'Name of the evidence', 'Lower-case letters, digits and hyphens'),
    ...(types.length === 0
      ? [line('evidence-type', 'Kind of evidence')]
      : [choiceOf('evidence-type', 'Kind of evidence', types)]),
    line('evidence-issuer', 'Who issued it'),
    line('evidence-digest', 'Its digest', 'sha256: and 64 hexadecimal digits'),
    line('evidence-date', 'When it was issued', 'Like 2026-11-20T09:30:00Z'),
  ];
  const recipient = choiceOf('recipient', 'Who should take it, if somebody else', people);
  return {
    choices: [
      { choice: 'answer', label: 'Answer', says: 'It goes on where it stood.', fields: ['answer'] },
      {
        choice: 'amend',
        label: 'Add evidence, or name somebody else',
        says: 'It is checked anew and offered once more.',
        fields: [...evidence, recipient, because].map(({ name }) => name),
      },
      ...(document.handoff.accepted
        ? []
        : [{ choice: 'withdraw', label: 'Withdraw it', says: 'The handoff ends here.', fields: [] }]),
      ESCALATE,
    ],
    fields: [text('answer', 'Answer'), ...evidence, recipient, because],
  };
}
