import { spawnSync } from 'node:child_process';

/** The tools that `docs/verifying-evidence.md` asks for, and those that are missing here. */
const TOOLS = ['bash', 'openssl', 'jq', 'base64'] as const;
export const missingTools = TOOLS.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);

if (missingTools.length > 0)
  console.warn(`SKIPPED: the commands for strangers were not run here, for there is no ${missingTools.join(', ')}.`);
