import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
	elementsOf,
	endOfValue,
	JsonScanError,
	membersOf,
	skipSpace,
	stringAt,
} from '../../src/core/request/jsonScan.js';

/** JSON text with white space in every place that allows it. */
function anyJsonText(): fc.Arbitrary<string> {
	return fc
		.tuple(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), fc.constantFrom('', ' ', '\t', '\n '))
		.map(([value, space]) => {
			const text = JSON.stringify(value, null, space);
			return space === '' ? text : `${space}${text}${space}`;
		});
}

/** What the scanner makes of a value, built from its spans alone. */
function rebuild(text: Buffer, start: number): unknown {
	const span = (from: number, to: number): string => text.toString('utf8', from, to);
	switch (span(start, start + 1)) {
		case '{':
			return Object.fromEntries(membersOf(text, start).map(({ key, valueStart }) => [key, rebuild(text, valueStart)]));
		case '[':
			return elementsOf(text, start).map(element => rebuild(text, element.start));
		case '"':
			return stringAt(text, start);
		default:
			return JSON.parse(span(start, endOfValue(text, start)));
	}
}

describe('jsonScan', () => {
	it('finds in any JSON text what JSON.parse finds', () => {
		const property = fc.property(anyJsonText(), json => {
			const text = Buffer.from(json);
			assert.deepEqual(rebuild(text, skipSpace(text, 0)), JSON.parse(json));
		});
		fc.assert(property, { numRuns: 500 });
	});

	it('gives spans whose bytes are the member and its value', () => {
		const property = fc.property(
			fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 })),
			object => {
				const text = Buffer.from(JSON.stringify(object, null, 1));
				for (const { key, keyStart, valueStart, valueEnd } of membersOf(text)) {
					const member = JSON.parse(`{${text.toString('utf8', keyStart, valueEnd)}}`) as Record<string, unknown>;
					assert.deepEqual(Object.keys(member), [key]);
					assert.deepEqual(JSON.parse(text.toString('utf8', valueStart, valueEnd)), member[key]);
				}
			},
		);
		fc.assert(property, { numRuns: 200 });
	});

	it('ends a value exactly at its last byte, whatever follows', () => {
		const property = fc.property(
			fc.jsonValue({ maxDepth: 3 }),
			fc.constantFrom('', ',', ']', '}', ' ', '\n'),
			(value, rest) => {
				const json = JSON.stringify(value);
				assert.equal(endOfValue(Buffer.from(json + rest), 0), Buffer.byteLength(json));
			},
		);
		fc.assert(property, { numRuns: 200 });
	});

	it('keeps every one of several members with the same name', () => {
		const members = membersOf(Buffer.from('{"a":1,"\\u0061":2}'));
		assert.deepEqual(
			members.map(({ key, valueStart }) => [key, valueStart]),
			[
				['a', 5],
				['a', 16],
			],
		);
	});

	it('reads strings full of quotes and backslashes', () => {
		const value = '\\"\\\\"'.repeat(50);
		assert.equal(stringAt(Buffer.from(JSON.stringify(value)), 0), value);
		assert.equal(stringAt(Buffer.from('7'), 0), undefined);
	});

	describe('refuses', () => {
		const broken = [
			'',
			' ',
			'[]',
			'"a"',
			'7',
			'{',
			'{"a"',
			'{"a":',
			'{"a":}',
			'{"a":1',
			'{"a":1,',
			'{"a":1,}',
			'{a:1}',
			'{"a" 1}',
			'{"a":[1}',
			'{"a":{]}',
			'{"a":"b}',
			'{"a":"b\\"}',
			'{"a":1 "b":2}',
			'{"\\x":1}',
			'{,}',
			'{"a":,"b":1}',
		];
		for (const text of broken) {
			it(JSON.stringify(text), () => assert.throws(() => membersOf(Buffer.from(text)), JsonScanError));
		}

		it('any text that was cut off', () => {
			const property = fc.property(
				fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
				fc.nat(),
				(object, cut) => {
					const text = Buffer.from(JSON.stringify(object));
					assert.throws(() => membersOf(text.subarray(0, cut % text.length)), JsonScanError);
				},
			);
			fc.assert(property, { numRuns: 200 });
		});
	});

	it('walks deep nesting without a stack', () => {
		const depth = 200_000;
		const text = Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
		assert.equal(membersOf(text).length, 1);
	});

	it('takes time in proportion to the bytes, also for strings full of escaped quotes', () => {
		const time = (bytes: number): number => {
			const text = Buffer.from(JSON.stringify({ a: '"'.repeat(bytes) }));
			// The processor's time: what else the machine does is not the scan's.
			const before = process.cpuUsage();
			membersOf(text);
			return process.cpuUsage(before).user / 1000;
		};
		time(100_000);
		const small = Math.min(time(100_000), time(100_000));
		assert.ok(time(1_600_000) < Math.max(small, 1) * 100);
	});
});
