import { type MailBlock, statusLink } from '../../pages/mails/compose.ts';
import type { Settings } from '../settings.ts';

/** The page of an execution as people open it; `undefined` where they can open none. */
export function executionPage({ statusUrl }: Pick<Settings, 'statusUrl'>, executionId: string): string | undefined {
  return statusUrl === undefined ? undefined : `${statusUrl}/status/${executionId}`;
}

/** The part of a mail that leads to an execution: a link, or its id where people can open no page. */
export function executionLink(settings: Pick<Settings, 'statusUrl'>, executionId: string): MailBlock {
  return statusLink(executionId, executionPage(settings, executionId));
}
