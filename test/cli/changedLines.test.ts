import assert from 'node:assert/strict';
import { changedLines } from '../../src/cli/changedLines.js';

describe('changedLines', () => {
	it('shows lines that were added, removed and replaced, with what is around them', () => {
		const lines = changedLines('a\nb\nc\nd\ne\nf\ng\nh\n', 'new\na\nb\nc\nd\ne\nF\ng\n');

		assert.deepEqual(lines, ['+ new', '  a', '  b', '  …', '  d', '  e', '- f', '+ F', '  g', '- h']);
	});

	for (const [what, before, after, expected] of [
		['a file that is new', '', 'a\nb\n', ['+ a', '+ b']],
		['a file that is emptied', 'a\n', '', ['- a']],
		['Windows line ends', 'a\r\nb\r\n', 'a\r\nb\r\nc\r\n', ['  a', '  b', '+ c']],
		['an end without a line end', 'a', 'a\nb', ['  a', '+ b']],
		['lines that repeat', 'x\nx\n', 'x\nx\nx\n', ['  x', '  x', '+ x']],
	] as const) {
		it(`shows the change of ${what}`, () => {
			assert.deepEqual(changedLines(before, after), expected);
		});
	}
});
