import { requestBytes } from '../requestBytes.js';
import type { Row } from '../row.js';
import { measureSlices } from '../slices.js';
import { startVariants, stopVariants, type VariantName } from '../variants.js';

const connections = 64;
/** Arrivals at the client: the three first events come together. */
const eventsPerStream = 20;

export const pacedStreams: Row = {
	name: 'paced',
	title: `${eventsPerStream} events 5 ms apart, ${connections} connections: every event is a packet`,
	measure: async bench => {
		const row = 'paced';
		const variants = await startVariants(bench, ['nginx', 'raw-dispatch', 'other', 'pool']);
		try {
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 2 : 8,
				slice: { requests: bench.quick ? 128 : 512 },
				warmUp: { requests: bench.quick ? 128 : 768 },
				requests: ({ key }) =>
					Array.from({ length: connections }, (_, at) =>
						requestBytes({ key, shape: 'paced', session: `bench-session-${at}` }),
					),
			});
			const overNginx = (name: VariantName) => slices.ratio(name, 'nginx', 'cpuMicros');
			return [
				{
					row,
					name: 'CPU per event, × nginx (median)',
					value: overNginx('pool'),
					unit: '×',
					goal: { atMost: 2.5 },
					beside: slices.beside(overNginx),
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
