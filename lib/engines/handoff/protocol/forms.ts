import type { HandoffFile } from './document.ts';
import { because, choiceOf } from './form-parts.ts';
import { receiversOf } from './people.ts';
import { deliveryForm, receiptForm } from './receiver-forms.ts';
import { answerForm, verificationForm } from './sender-forms.ts';
import type { Form, ProtocolCase } from './shapes.ts';

function judgementForm(file: ProtocolCase, document: HandoffFile): Form {
  const people = receiversOf(file, document).map((id) => ({ value: id, label: file.directory.requirePerson(id).name }));
  return {
    choices: [
      {
        choice: 'resume',
        label: 'Let it go on',
        says: 'It goes on where it stood; a clock that ran out begins anew, the customer’s promise does not.',
        fields: ['returns', 'recipient', 'because'],
      },
      {
        choice: 'end',
        label: 'Let it end',
        says: document.handoff.accepted ? 'The handoff is rolled back.' : 'The handoff is withdrawn.',
        fields: ['because'],
      },
    ],
    fields: [
      { name: 'returns', label: 'Further returns that are granted', hint: '0 to 5', kind: 'number', maximum: 1 },
      choiceOf('recipient', 'Who takes it from now on, if somebody else', people),
      because,
    ],
  };
}

/** The form by which people answer, for where a handoff stands; none where it has ended. */
export function formFor(file: ProtocolCase, document: HandoffFile): Form {
  switch (document.handoff.state) {
    case 'offered':
    case 'acknowledged':
      return receiptForm(file, document);
    case 'accepted':
    case 'in-delivery':
      return deliveryForm(file, document);
    case 'delivered':
      return verificationForm(file, document);
    case 'clarify':
      return answerForm(file, document);
    case 'escalated':
      return judgementForm(file, document);
    case 'paused':
      return {
        choices: [{ choice: 'continue', label: 'Go on', says: 'The clocks run again.', fields: [] }],
        fields: [],
      };
    default:
      return { choices: [], fields: [] };
  }
}
