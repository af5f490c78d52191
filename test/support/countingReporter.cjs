// Mocha's spec reporter, which also leaves its counts and failures for test/runAll.ts to put together.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
	constructor(runner, options) {
		super(runner, options);
		const failures = [];
		runner.on('fail', (test, error) => failures.push(`${test.fullTitle()}: ${error.message}`));
		runner.once('end', () => {
			const { passes, pending } = runner.stats;
			const file = process.env.CODEX_POOL_TEST_COUNTS;
			if (file) writeFileSync(file, JSON.stringify({ passed: passes, skipped: pending, failures }));
		});
	}
};
