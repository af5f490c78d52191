import { requestBytes } from '../requestBytes.js';
import type { Row } from '../row.js';
import { measureSlices } from '../slices.js';
import { startVariants, stopVariants, type VariantName } from '../variants.js';

const connections = 4;
const eventsPerStream = 20_000;

export const bulkStreams: Row = {
	name: 'bulk',
	title: `${eventsPerStream} events at full speed, ${connections} connections`,
	measure: async bench => {
		const row = 'bulk';
		const variants = await startVariants(bench, ['nginx', 'raw-dispatch', 'other', 'pool']);
		try {
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 3 : 10,
				slice: { requests: bench.quick ? 8 : 48 },
				warmUp: { requests: bench.quick ? 8 : 48 },
				requests: ({ key }) =>
					Array.from({ length: connections }, (_, at) =>
						requestBytes({ key, shape: 'bulk', session: `bench-session-${at}` }),
					),
			});
			const cpu = (name: VariantName) => slices.ratio(name, 'nginx', 'cpuMicros');
			const speed = (name: VariantName) => slices.ratio(name, 'nginx', 'requestsPerSecond');
			return [
				{
					row,
					name: 'CPU per event, × nginx (median)',
					value: cpu('pool'),
					unit: '×',
					goal: { atMost: 1.3 },
					beside: slices.beside(cpu),
				},
				{
					row,
					name: 'events/s, × nginx (median)',
					value: speed('pool'),
					unit: '×',
					goal: { atLeast: 0.8 },
					beside: slices.beside(speed),
				},
				{
					row,
					name: 'CPU per event (least)',
					value: slices.least('pool', 'cpuMicros') / eventsPerStream,
					unit: 'µs',
					beside: slices.beside(name => slices.least(name, 'cpuMicros') / eventsPerStream),
				},
				{ row, name: 'errors', value: slices.errors('pool'), unit: '', goal: { atMost: 0 } },
			];
		} finally {
			await stopVariants(variants);
		}
	},
};
