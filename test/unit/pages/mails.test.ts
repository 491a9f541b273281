import { describe, expect, it } from 'vitest';
import type { MailView } from '../../../lib/pages/mails/mail.ts';
import { renderMail } from '../../../lib/pages/mails/render-mail.ts';
import { approval, codeMail, mails, request } from '../../pages/fixtures.ts';

const named = mails.map((view) => ({ name: `${view.mail}${view.mail === 'outcome' ? ` ${view.outcome}` : ''}`, view }));
const linkOf = (view: MailView): string | undefined => ('link' in view ? view.link : undefined);
const occurrences = (text: string, part: string): number => text.split(part).length - 1;

/** The words that a reader of the HTML part sees. */
function wordsOf(html: string): string[] {
  return html
    .replace(/<head>[\s\S]*?<\/head>/, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .split(/\s+/)
    .filter((word) => word !== '');
}

describe('mails', () => {
  for (const { name, view } of named) {
    const mail = renderMail(view);
    it(`${name}: the subject names kind, account and requester, and the mail holds no amount`, () => {
      for (const part of [request.kind, request.accountName, request.requesterName])
        expect(mail.subject).toContain(part);
      expect(mail.subject).not.toMatch(/[\r\n]/);
      for (const { value } of approval.terms.lines)
        for (const part of [mail.subject, mail.text, mail.html]) expect(part).not.toContain(value);
      expect(`${mail.subject}${mail.text}`).not.toMatch(/EUR|USD|€|\$|%/);
    });

    it(`${name}: the text part says all that the HTML part says`, () => {
      const text = new Set(mail.text.replace(/^> ?/gm, '').split(/\s+/));
      const onlyForButtons = new Set(wordsOf('If the button does not work, copy this address: Countersign'));
      const missing = wordsOf(mail.html).filter(
        (word) => !text.has(word) && !text.has(`${word}:`) && !onlyForButtons.has(word),
      );
      expect(missing).toEqual([]);
    });

    it(`${name}: answers itself to no robot and loads nothing`, () => {
      expect(mail.headers['Auto-Submitted']).toBe('auto-generated');
      expect(mail.headers['X-Auto-Response-Suppress']).toContain('OOF');
      expect(mail.html).not.toMatch(/<img|<script|<link|<table|<form|url\(|src=/i);
    });
  }

  for (const { name, view } of named.filter(({ view }) => linkOf(view) !== undefined)) {
    it(`${name}: names the local due time and carries the link as a button and as text`, () => {
      const mail = renderMail(view);
      const link = linkOf(view) ?? '';
      expect(mail.subject).toContain('by Tue 24 Nov, 17:00');
      expect(mail.text).toContain('Tuesday 24 November 2026, 17:00 (Europe/Berlin, UTC+1)');
      expect(occurrences(mail.text, link)).toBe(1);
      expect(occurrences(mail.html, `href="${link}"`)).toBe(1);
      expect(occurrences(mail.html, link)).toBe(2);
      for (const part of [mail.text, mail.html]) expect(part).toContain('Opening this link decides nothing');
      expect(mail.subject).not.toContain(link);
    });
  }

  it('tell the requester the reason, what to change, and what is in the way', () => {
    const text = (outcome: string): string =>
      renderMail(mails.find((view) => view.mail === 'outcome' && view.outcome === outcome) ?? mails[0]!).text;
    expect(text('rejected')).toMatch(/Reason:\n> The margin is too thin for three years\.\n> Two years would do\./);
    expect(text('rejected')).toContain('Decided by: Marguerite Okafor');
    expect(text('changes-requested')).toContain('What to change:');
    expect(text('blocked')).toContain(
      '- The policy denies discounts to accounts under notice. Settle the notice first.',
    );
    expect(text('expired')).toContain('a missed deadline never approves');
  });

  it('bring a code without a link, and tell nothing of it on a locked screen', () => {
    const mail = renderMail(codeMail);
    expect(mail.subject).toBe('Your one-time code, valid until Mon 23 Nov, 10:51');
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain('042917');
      expect(part).toContain('somebody else has your approval link');
      expect(part).not.toMatch(/https?:|href/);
    }
    expect(mail.headers['Auto-Submitted']).toBe('auto-generated');
  });

  it('tell the escalated why they are asked', () => {
    const mail = renderMail(mails.find((view) => view.mail === 'escalation')!);
    expect(mail.text).toContain('you are asked because Helena Brandt and Søren Lindqvist missed the deadline');
  });

  it('let no words of people become a link', () => {
    const mail = renderMail({
      mail: 'outcome',
      request: { ...request, accountName: 'www.evil.example' },
      outcome: 'rejected',
      at: approval.due,
      by: [],
      reason: 'Log in at https://evil.example/now',
      problems: [],
    });
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain('https[:]//evil.example/now');
      expect(`${mail.subject}${part}`).not.toMatch(/https:\/\/evil|www\.evil/);
    }
  });

  it('tell an approver of doubts beside what is beyond policy, without their values', () => {
    const view = mails.find((mail) => mail.mail === 'approval-request')!;
    const text = (changes: object) => renderMail({ ...view, ...changes } as MailView).text;
    expect(text({ unverified: 0 })).not.toContain('Not verified');
    expect(text({ unverified: 1 })).toContain('Not verified: 1 fact of the request is not what the directory knows');
    expect(text({ unverified: 2, beyondPolicy: [] })).toContain('Not verified: 2 facts of the request are');
    expect(text({ unverified: 2, beyondPolicy: [] })).not.toContain('Beyond policy');
  });

  it('name the execution and link to no page where people can open none', () => {
    const view = mails.find((mail) => mail.mail === 'outcome')!;
    expect(renderMail(view).text).toMatch(/See the execution:\nhttps:\/\/countersign\.example\.com\/status\//);
    const { statusUrl: _, ...without } = view as Extract<MailView, { mail: 'outcome' }>;
    const mail = renderMail(without);
    expect(mail.text).toContain(`Execution: ${request.executionId}`);
    for (const part of [mail.text, mail.html]) expect(part).not.toMatch(/https?:|href|See the execution/);
  });

  it('refuse a link that is none', () => {
    const view = mails.find((mail) => mail.mail === 'reminder')!;
    expect(() => renderMail({ ...view, link: 'javascript:alert(1)' } as MailView)).toThrow(TypeError);
  });
});
