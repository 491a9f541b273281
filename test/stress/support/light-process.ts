import { startLightSystem } from './light-system.ts';
import { Moments } from './moments.ts';

/** What the parent tells a light system. */
export type ToLight =
  | { readonly type: 'start'; readonly directory: string; readonly templateFile: string; readonly killAt?: number }
  | { readonly type: 'arm'; readonly killAt: number }
  | { readonly type: 'disarm' };

/** What a light system tells its parent. */
export type FromLight =
  | { readonly type: 'ready'; readonly api: string; readonly states: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'armed' }
  | { readonly type: 'passed'; readonly moments: readonly string[] };

const moments = new Moments();
const tell = (message: FromLight): void => void process.send?.(message);

process.on('disconnect', () => process.exit());
process.on('message', (message: ToLight) => {
  switch (message.type) {
    case 'start':
      if (message.killAt !== undefined) moments.arm(message.killAt);
      startLightSystem(message.directory, message.templateFile, moments)
        .then(({ api, states }) => tell({ type: 'ready', api, states }))
        .catch((error: unknown) => tell({ type: 'failed', message: String(error) }));
      break;
    case 'arm':
      moments.arm(message.killAt);
      tell({ type: 'armed' });
      break;
    case 'disarm':
      tell({ type: 'passed', moments: moments.disarm() });
      break;
  }
});
