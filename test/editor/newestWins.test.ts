import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { NewestWins } from '../../src/editor/newestWins.js';

describe('NewestWins', () => {
	beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
	afterEach(() => mock.timers.reset());

	it('passes the first value at once and of a burst only the newest', () => {
		const passed: number[] = [];
		const updates = new NewestWins<number>(100, value => passed.push(value));

		for (const value of [1, 2, 3]) updates.push(value);
		assert.deepEqual(passed, [1]);
		mock.timers.tick(100);
		assert.deepEqual(passed, [1, 3]);
		updates.push(4);
		assert.deepEqual(passed, [1, 3], 'the pause holds after a late value too');
		mock.timers.tick(100);

		assert.deepEqual(passed, [1, 3, 4]);
	});

	it('passes nothing after its disposal', () => {
		const passed: number[] = [];
		const updates = new NewestWins<number>(100, value => passed.push(value));
		updates.push(1);
		updates.push(2);

		updates.dispose();
		mock.timers.tick(1_000);

		assert.deepEqual(passed, [1]);
	});
});
