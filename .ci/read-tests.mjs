// Reads what the tests reported: `counts FILE` answers "passed failed", `files FILE` the files that broke, `told FILE` what they said.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [what, file] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
const broken = testResults
  .filter(({ status }) => status === 'failed')
  .map((each) => ({ ...each, place: relative(process.cwd(), each.name) }));

function told({ place, message, assertionResults }) {
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [`${place}: ${message}`];
  return failed.map(
    ({ fullName, failureMessages }) => `${place}: ${fullName}\n${failureMessages.join('\n').slice(0, 3_000)}`,
  );
}

const answers = {
  counts: () => [`${numPassedTests} ${numFailedTests}`],
  files: () => broken.map(({ place }) => place),
  told: () => broken.flatMap(told),
};
for (const line of answers[what]()) process.stdout.write(`${line}\n`);
