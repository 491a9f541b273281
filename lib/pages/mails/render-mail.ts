import { codeNotice } from './code-mail.ts';
import { composeMail, type MailContent } from './compose.ts';
import type { MailView, RenderedMail } from './mail.ts';
import { linkClosed, outcomeNotice } from './notices.ts';
import { approvalRequest, escalation, freshLink, oversight, reminder } from './seat-mails.ts';

function contentOf(view: MailView): MailContent {
  switch (view.mail) {
    case 'approval-request':
      return approvalRequest(view);
    case 'reminder':
      return reminder(view);
    case 'escalation':
      return escalation(view);
    case 'fresh-link':
      return freshLink(view);
    case 'link-closed':
      return linkClosed(view);
    case 'outcome':
      return outcomeNotice(view);
    case 'oversight':
      return oversight(view);
    case 'code':
      return codeNotice(view);
  }
}

/**
 * Renders a mail: subject, text and HTML that say the same, and the headers that go with it. Mails name kind, account,
 * requester and local due time; amounts and other terms stay behind the link.
 * @throws TypeError when a link is not an http(s) URL.
 */
export function renderMail(view: MailView): RenderedMail {
  return composeMail(contentOf(view));
}
