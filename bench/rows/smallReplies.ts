import { cpuFigures, errorFigure, rateFigure } from '../cpuFigures.js';
import type { Figure } from '../figures.js';
import { requestsOfSessions } from '../requestBytes.js';
import type { Bench, Row } from '../row.js';
import { measureSlices, type Slices } from '../slices.js';
import { withVariants, type Variant, type VariantName } from '../variants.js';

const connections = 32;

export const smallReplies: Row = {
	name: 'small',
	title: `20 events (5.5 KB) for 400 bytes, ${connections} connections, every request with its usage row`,
	measure: bench =>
		withVariants(bench, ['nginx', 'raw-dispatch', 'raw-request', 'other', 'pool'], async variants => {
			const before = await countRows(variants);
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 3 : 10,
				slice: { forMs: bench.quick ? 250 : 500 },
				warmUp: { requests: bench.quick ? 2_000 : 12_000 },
				requests: ({ key }) => requestsOfSessions(connections, { key, shape: 'small' }),
			});
			return figures(bench, slices, (await countRows(variants)) - before);
		}),
};

/** Requests that the pool has counted. */
async function countRows(variants: readonly Variant[]): Promise<number> {
	const client = variants.find(variant => variant.name === 'pool')?.client;
	return client ? (await client.state()).totals.allTime.requests : NaN;
}

function figures(bench: Bench, slices: Slices, rows: number): Figure[] {
	const row = 'small';
	const overRaw = (name: VariantName) => slices.ratio(name, 'raw-request', 'requestsPerSecond');
	const warmUp = bench.quick ? 2_000 : 12_000;
	const sent = slices.values('pool', 'requests').reduce((sum, requests) => sum + requests, 0) + warmUp;
	return [
		...cpuFigures(slices, { row, unit: 'request', atMost: 2.5 }),
		{
			row,
			name: 'requests/s, × raw-request',
			value: overRaw('pool'),
			unit: '×',
			goal: { atLeast: 0.9 },
			beside: slices.beside(overRaw),
		},
		rateFigure(slices, row, 'requests'),
		errorFigure(slices, row),
		{ row, name: 'requests without a usage row', value: sent - rows, unit: '', goal: { atMost: 0 } },
	];
}
