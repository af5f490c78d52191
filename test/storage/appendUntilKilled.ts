import { openStore } from '../../src/storage/sqliteStore.js';
import { RecordingLog } from '../support/recordingLog.js';
import { explainedRequest, stillClock } from './storageFixtures.js';

// A program for tests: appends requests to the database it is given, reports after each batch how many rows have
// certainly been written, and leaves some rows unwritten. Ends after `rows`, or when it is killed.
const [file = '', rows = 'Infinity'] = process.argv.slice(2);
const store = await openStore(file, { clock: stillClock, log: new RecordingLog() });

let appended = 0;
while (appended < Number(rows)) {
	for (let i = 0; i < 37; i++) store.appendRequest(explainedRequest({ id: `row-${++appended}` }));
	store.recentRequests(1); // sees queued rows, so they are written now
	process.stdout.write(`${appended}\n`);
	await new Promise(resolve => setImmediate(resolve)); // other programs get their turn
}
store.close();
