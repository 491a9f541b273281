import { openIn } from '../obligations.ts';
import { deliveryFacts } from './deliver.ts';
import { contractOf, type HandoffFile } from './document.ts';
import { ASK, because, check, choiceOf, ESCALATE, line, pausing, question, text } from './form-parts.ts';
import type { Form, FormField, ProtocolCase } from './shapes.ts';

/** More obligations than this are settled over the API. */
const MOST_OBLIGATIONS = 20;

const HINT = {
  identifier: 'Exactly as it stands',
  amount: 'Like 50000.00 EUR',
  date: 'Like 2026-11-20, or with time and offset',
  number: 'In digits',
  text: 'In the same words; case does not matter',
} as const;

const codeField = (codes: readonly { readonly code: string; readonly says: string }[]): FormField =>
  choiceOf(
    'code',
    'Reason',
    codes.map(({ code, says }) => ({ value: code, label: says })),
  );

/** How the receiver takes over: reads back and accepts, rejects, asks. */
export function receiptForm(file: ProtocolCase, document: HandoffFile): Form {
  const { readback, acceptance, rejectionCodes } = contractOf(file, document.handoff.contract).document;
  const facts = readback.facts.map(({ pointer, label, kind }) => line(`readback${pointer}`, label, HINT[kind]));
  const criteria = acceptance.flatMap((each) =>
    each.by === 'role' && each.at === 'acceptance' ? [check(`criterion.${each.id}`, each.says)] : [],
  );
  const pause = pausing(file, document);
  const isNew = document.handoff.state === 'offered';
  return {
    choices: [
      {
        choice: 'accept',
        label: 'Read back and accept',
        says: 'What you state back is compared with what was handed over.',
        fields: [...facts, ...criteria].map(({ name }) => name),
      },
      {
        choice: 'reject',
        label: 'Reject',
        says: 'It goes back to the sender with this reason, and this handoff ends.',
        fields: ['code', 'because'],
      },
      ASK,
      ...(isNew
        ? [
            {
              choice: 'acknowledge',
              label: 'Only say that it has arrived',
              says: 'You accept or reject it later, by the time that the contract gives.',
              fields: [],
            },
          ]
        : []),
      ...pause.choices,
      ESCALATE,
    ],
    fields: [...facts, ...criteria, codeField(rejectionCodes), question, because, ...pause.fields],
  };
}

/** A field for each fact of a delivery, by the fact's type. */
function factField(
  path: string,
  fact: { readonly type: string; readonly description?: string | undefined; readonly values?: readonly string[] },
): FormField {
  const label = fact.description ?? path;
  switch (fact.type) {
    case 'enum':
      return choiceOf(
        path,
        label,
        (fact.values ?? []).map((value) => ({ value, label: value })),
      );
    case 'boolean':
      return check(path, label);
    case 'integer':
      return { name: path, label, kind: 'number', maximum: 20 };
    case 'date':
      return { name: path, label, kind: 'date', maximum: 10 };
    case 'set':
      return line(path, label, `Any of ${(fact.values ?? []).join(', ')}, separated by commas`);
    case 'money':
      return line(path, label, 'Like 50000.00 EUR');
    case 'ratio':
      return line(path, label, 'Like 12.5 %');
    default:
      return line(path, label);
  }
}

/** How the receiver delivers, and settles what it owes. */
export function deliveryForm(file: ProtocolCase, document: HandoffFile): Form {
  const contract = contractOf(file, document.handoff.contract);
  const facts = deliveryFacts(contract).flatMap((path) => {
    const fact = contract.document.facts[path];
    return fact === undefined ? [] : [factField(path, fact)];
  });
  const { receiver } = document.handoff;
  const parties = file.configuration.document.parties
    .filter(({ id }) => id !== receiver)
    .map(({ id, name }) => ({ value: id, label: name }));
  const owed = openIn(document.ledger, receiver).slice(0, MOST_OBLIGATIONS);
  const obligations = owed.flatMap(({ id, says, due }) => [
    text(`done.${id}`, says, `Due ${due}. How it was done, if it was`),
    choiceOf(`passed.${id}`, `${says}: who owes it from now on, if it is passed on`, parties),
  ]);
  const pause = pausing(file, document);
  const isNew = document.handoff.state === 'accepted';
  return {
    choices: [
      {
        choice: 'deliver',
        label: 'Deliver',
        says: 'The sender looks at it and closes the handoff.',
        fields: [...facts, ...obligations, because].map(({ name }) => name),
      },
      ...(isNew
        ? [
            {
              choice: 'start',
              label: 'Only say that the work has begun',
              says: 'The time of delivery runs on.',
              fields: [],
            },
          ]
        : []),
      ASK,
      ...pause.choices,
      ESCALATE,
    ],
    fields: [...facts, ...obligations, because, question, ...pause.fields],
  };
}
