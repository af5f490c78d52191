import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { csvRecord } from '../../src/client/csv.js';

describe('csvRecord', () => {
	for (const [what, cells, expected] of [
		['plain text and numbers', ['a', 1, 'b c'], 'a,1,b c'],
		['nothing for null, which is not the same as zero', [null, 0, ''], ',0,'],
		['a number as it is, whatever its sign', [-1, 0.5], '-1,0.5'],
		['a comma', ['a,b'], '"a,b"'],
		['quotes, doubled', ['say "x"'], '"say ""x"""'],
		['line ends', ['a\r\nb', 'a\nb'], '"a\r\nb","a\nb"'],
		['text beyond ASCII', ['Grüße ✓'], 'Grüße ✓'],
		['a formula, as text', ['=1+1'], "'=1+1"],
		['a formula behind spaces', [' \u00a0=1+1'], "' \u00a0=1+1"],
		['a formula in full width', ['\uff1d1+1'], "'\uff1d1+1"],
		['a call, as text, in quotes', ['=HYPERLINK("http://x","y")'], `"'=HYPERLINK(""http://x"",""y"")"`],
		['signs and at signs in front, as text', ['+1', '-1', '@x'], "'+1,'-1,'@x"],
		['a tab in front, as text', ['\tx'], "'\tx"],
		['signs further back', ['a=b', 'me@example.com', 'gpt-5.5'], 'a=b,me@example.com,gpt-5.5'],
	] as const) {
		it(`writes ${what}`, () => assert.equal(csvRecord(cells), `${expected}\r\n`));
	}

	it('gives every text back that is no formula', () => {
		const harmless = fc.string({ unit: 'grapheme' }).filter(text => !/^['\s=+\-@\uff0b\uff0d\uff1d\uff20]/.test(text));
		fc.assert(
			fc.property(fc.array(harmless, { minLength: 1 }), cells => {
				assert.deepEqual(readRecord(csvRecord(cells)), cells);
			}),
		);
	});
});

/** One record as RFC 4180 says to read it. */
function readRecord(record: string): string[] {
	assert.ok(record.endsWith('\r\n'));
	const fields = `,${record.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g);
	return [...fields].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
