import { existsSync } from 'node:fs';

/** The operating system's Chromium, or the browser that `CHROMIUM_PATH` names. */
export const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Whether the browser tests can run; when not, they are skipped, and loudly. */
export const hasChromium = existsSync(chromiumPath);

if (!hasChromium) console.warn(`SKIPPED: nothing here was tested in a real browser, for there is no ${chromiumPath}.`);
