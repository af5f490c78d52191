import type { Figure } from '../figures.js';
import { requestBytes } from '../requestBytes.js';
import type { Bench, Row } from '../row.js';
import { measureSlices, type Slices } from '../slices.js';
import { startVariants, stopVariants, type Variant, type VariantName } from '../variants.js';

const connections = 32;

export const smallReplies: Row = {
	name: 'small',
	title: `20 events (5.5 KB) for 400 bytes, ${connections} connections, every request with its usage row`,
	measure: async bench => {
		const variants = await startVariants(bench, ['nginx', 'raw-dispatch', 'raw-request', 'other', 'pool']);
		try {
			const before = await countRows(variants);
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 3 : 10,
				slice: { forMs: bench.quick ? 250 : 500 },
				warmUp: { requests: bench.quick ? 2_000 : 12_000 },
				requests: ({ key }) =>
					Array.from({ length: connections }, (_, at) =>
						requestBytes({ key, shape: 'small', session: `bench-session-${at}` }),
					),
			});
			return figures(bench, slices, (await countRows(variants)) - before);
		} finally {
			await stopVariants(variants);
		}
	},
};

/** Requests that the pool has counted. */
async function countRows(variants: readonly Variant[]): Promise<number> {
	const client = variants.find(variant => variant.name === 'pool')?.client;
	return client ? (await client.state()).totals.allTime.requests : NaN;
}

function figures(bench: Bench, slices: Slices, rows: number): Figure[] {
	const row = 'small';
	const overNginx = (name: VariantName) => slices.ratio(name, 'nginx', 'cpuMicros');
	const overRaw = (name: VariantName) => slices.ratio(name, 'raw-request', 'requestsPerSecond');
	const warmUp = bench.quick ? 2_000 : 12_000;
	const sent = slices.values('pool', 'requests').reduce((sum, requests) => sum + requests, 0) + warmUp;
	return [
		{
			row,
			name: 'CPU per request, × nginx (median)',
			value: overNginx('pool'),
			unit: '×',
			goal: { atMost: 2.5 },
			beside: slices.beside(overNginx),
		},
		{
			row,
			name: 'CPU per request (least)',
			value: slices.least('pool', 'cpuMicros'),
			unit: 'µs',
			beside: slices.beside(name => slices.least(name, 'cpuMicros')),
		},
		{
			row,
			name: 'requests/s, × raw-request',
			value: overRaw('pool'),
			unit: '×',
			goal: { atLeast: 0.9 },
			beside: slices.beside(overRaw),
		},
		{
			row,
			name: 'requests/s (median)',
			value: slices.median('pool', 'requestsPerSecond'),
			unit: '/s',
			beside: slices.beside(name => slices.median(name, 'requestsPerSecond')),
		},
		{ row, name: 'errors', value: slices.errors('pool'), unit: '', goal: { atMost: 0 } },
		{ row, name: 'requests without a usage row', value: sent - rows, unit: '', goal: { atMost: 0 } },
	];
}
