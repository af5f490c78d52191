import { cpuFigures, errorFigure } from '../cpuFigures.js';
import { requestsOfSessions } from '../requestBytes.js';
import type { Row } from '../row.js';
import { measureSlices } from '../slices.js';
import { withVariants, type VariantName } from '../variants.js';

const connections = 4;
const eventsPerStream = 20_000;

export const bulkStreams: Row = {
	name: 'bulk',
	title: `${eventsPerStream} events at full speed, ${connections} connections`,
	measure: bench =>
		withVariants(bench, ['nginx', 'raw-dispatch', 'other', 'pool'], async variants => {
			const row = 'bulk';
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 3 : 10,
				slice: { requests: bench.quick ? 8 : 48 },
				warmUp: { requests: bench.quick ? 8 : 48 },
				requests: ({ key }) => requestsOfSessions(connections, { key, shape: 'bulk' }),
			});
			const speed = (name: VariantName) => slices.ratio(name, 'nginx', 'requestsPerSecond');
			return [
				...cpuFigures(slices, { row, unit: 'event', perRequest: eventsPerStream, atMost: 1.3 }),
				{
					row,
					name: 'events/s, × nginx (median)',
					value: speed('pool'),
					unit: '×',
					goal: { atLeast: 0.8 },
					beside: slices.beside(speed),
				},
				errorFigure(slices, row),
			];
		}),
};
