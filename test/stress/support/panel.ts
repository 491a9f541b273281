import { linkIn } from '../../../lib/local/person.ts';
import { addressOf } from '../../e2e/support/mails.ts';
import type { LightHost } from './light-host.ts';

/** People of the reference directory who may sit in a panel together. */
export const PANEL = ['javier.moreno', 'lucia.ortega', 'anil.deshpande', 'hannah.vogel', 'nikhil.bose'] as const;

/** The skill whose request names its own panel. */
export const PANEL_SKILL = 'u99990';

/** Who asks a panel. */
export const PANEL_REQUESTER = 'ana.ruiz';

/** Asks the first so many people of the panel, of whom so many must approve. */
export function panelRequest(seats: number, required: number, businessMinutes = 60): unknown {
  return { input: { account: 'acc-aurelia', required, panel: PANEL.slice(0, seats), businessMinutes } };
}

/** Starts an execution and waits until the panel is asked. */
export async function askPanel(host: LightHost, seats: number, required: number): Promise<string> {
  const executionId = await host.client.start(PANEL_SKILL, PANEL_REQUESTER, panelRequest(seats, required));
  await host.client.until(executionId, ({ waitingFor }) => waitingFor !== undefined, 'waiting');
  for (const person of PANEL.slice(0, seats)) await newestLink(host, executionId, person);
  return executionId;
}

/** Waits for the newest link that an execution has mailed to a person. */
export async function newestLink(host: LightHost, executionId: string, person: string): Promise<string> {
  const end = performance.now() + 30_000;
  for (;;) {
    const mails = host.mails.of(executionId).filter(({ to }) => to === addressOf(person));
    const link = mails.map(linkIn).findLast((found) => found !== undefined);
    if (link !== undefined) return link;
    if (performance.now() > end) throw new Error(`No link for ${person} came in 30 s.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
