// Mocha's spec reporter, which also leaves its counts for test/runAll.ts to add up.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
	constructor(runner, options) {
		super(runner, options);
		runner.once('end', () => {
			const { passes, failures, pending } = runner.stats;
			const file = process.env.CODEX_POOL_TEST_COUNTS;
			if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
		});
	}
};
