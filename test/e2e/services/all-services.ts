import { once } from 'node:events';
import { startDynamoDb } from '../../../lib/local/services/dynamodb.ts';
import { startMail } from '../../../lib/local/services/mail.ts';
import { startUnleash } from '../../../lib/local/services/unleash.ts';

// Starts everything, says where it is, and closes it when its input ends. It never calls `process.exit`: that it ends at
// all shows that nothing was left open.
const directory = process.argv[2] ?? '';
const onLost = () => {
  process.exitCode = 1;
};
const [unleash, mail, dynamoDb] = await Promise.all([
  startUnleash({ port: 0, directory, onLost }),
  startMail({ smtpPort: 0, webPort: 0, onLost }),
  startDynamoDb({ port: 0 }),
]);
const urls = [unleash.url, mail.inboxUrl, mail.smtpUrl, dynamoDb.url];
const ports = urls.map((url) => Number(new URL(url).port));
console.log(JSON.stringify({ pids: [unleash.pid, mail.pid], ports, pages: [unleash.url, mail.inboxUrl] }));

process.stdin.resume();
await once(process.stdin, 'end');
await Promise.all([unleash.close(), mail.close(), dynamoDb.close()]);
