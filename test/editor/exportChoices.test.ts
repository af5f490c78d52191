import assert from 'node:assert/strict';
import { exportFileName, shapeChoices, spanChoices } from '../../src/editor/exportChoices.js';

describe('an export of usage', () => {
	const now = new Date(2026, 6, 15, 13).getTime();

	it('begins with the running day, week or month, thirty days ago, or with the first request', () => {
		assert.deepEqual(
			spanChoices(now).map(({ label, since }) => [label, since]),
			[
				['Today', new Date(2026, 6, 15).getTime()],
				['This week', new Date(2026, 6, 13).getTime()],
				['This month', new Date(2026, 6, 1).getTime()],
				['Last 30 days', now - 30 * 86_400_000],
				['Everything', 0],
			],
		);
	});

	it('is named after what is in it and the day it was made', () => {
		const [first] = shapeChoices;
		assert.ok(first);
		assert.equal(exportFileName(first.shape, now), 'codex-pool-usage-by-day-2026-07-15.csv');
	});
});
