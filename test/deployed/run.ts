import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { installedServer, NoPython } from './support/python.ts';

/**
 * `npm run test:deployed`: deploys to a local AWS API server and uses what is there. The server needs Python, the product does
 * not: where it cannot be installed the suite is skipped and says so. In CI that is a failure, unless COUNTERSIGN_NO_PYTHON
 * says that there is none on purpose.
 */
async function main(): Promise<number> {
  try {
    installedServer();
  } catch (error) {
    if (!(error instanceof NoPython)) throw error;
    const mustRun = process.env.CI !== undefined && process.env.COUNTERSIGN_NO_PYTHON === undefined;
    console.error(`\nTHE DEPLOYED TEST DID NOT RUN. ${error.message}`);
    console.error('It needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv) and PyPI.');
    if (mustRun) console.error('CI must run it; COUNTERSIGN_NO_PYTHON=1 says that it cannot here.');
    return mustRun ? 1 : 0;
  }
  const vitest = await startVitest('test', process.argv.slice(2), {
    config: false,
    watch: false,
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: ['test/deployed/**/*.test.ts'],
    // One server and one account serve all of it; each part builds on what the part before it has deployed.
    fileParallelism: false,
    bail: 1,
    reporters: ['verbose'],
    testTimeout: 900_000,
    hookTimeout: 600_000,
  });
  await vitest.close();
  return vitest.state.getCountOfFailedTests() > 0 || vitest.state.getFiles().length === 0
    ? 1
    : Number(process.exitCode ?? 0);
}

process.exitCode = await main();
