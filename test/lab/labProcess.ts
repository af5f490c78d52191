import { checkHistories } from './checkHistory.js';

/** A part of the lab in a process of its own: `labProcess.ts <first number> <count> <step>`; prints one line of JSON. */
const [from = 1, count = 1, step = 1] = process.argv.slice(2).map(Number);
process.stdout.write(`${JSON.stringify(await checkHistories(from, count, step))}\n`);
