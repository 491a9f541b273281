import { measureFirst } from '../constraints-analysis.ts';

// Run as a process of its own: prints the measurement of its first analysis as one line of JSON.
const [asked, count] = process.argv.slice(2);
console.log(JSON.stringify(await measureFirst(asked === 'all' ? 'all' : 'conflicts', Number(count))));
