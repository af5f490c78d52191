import assert from 'node:assert/strict';
import { labOptions, runLab } from './runLab.js';

describe('the fault lab', () => {
	const { seed, histories } = labOptions();

	it(`finds nothing wrong in ${histories} histories from number ${seed} on`, async function () {
		this.timeout(60_000 + histories * 600);

		const reports = await runLab({ seed, histories });

		const failures = reports.flatMap(({ failure }) => failure ?? []);
		assert.ok(failures.length === 0, `\n${failures.join('\n\n')}`);
		const total = (count: (report: (typeof reports)[number]) => number): number =>
			reports.reduce((sum, report) => sum + count(report), 0);
		const requests = total(report => report.requests);
		const succeeded = total(report => report.succeeded);
		const perRequest = (total(report => report.ms) / requests) * 1000;
		console.log(
			`        ${requests} requests, ${total(report => report.attempts)} attempts, ${succeeded} turns answered, ${perRequest.toFixed(0)} µs each`,
		);
		assert.equal(
			total(report => report.histories),
			histories,
		);
		for (const { fewestRequests } of reports) assert.ok(fewestRequests >= 200);
		// A lab in which nearly everything is refused would prove little; a single history may be a disaster.
		if (histories >= 100) assert.ok(succeeded > requests / 2, `Only ${succeeded} of ${requests} were answered`);
	});
});
