import { cpuFigures, errorFigure } from '../cpuFigures.js';
import type { Figure } from '../figures.js';
import { requestsOfSessions } from '../requestBytes.js';
import type { Bench, Row } from '../row.js';
import { measureSlices, type SlicePlan } from '../slices.js';
import { SocketConnection, socketsOfSessions } from '../socketConnection.js';
import { withVariants } from '../variants.js';

const connections = 64;
/** Arrivals at the client: the three first events come together. */
const eventsPerAnswer = 20;

export const pacedStreams: Row = {
	name: 'paced',
	title: `${eventsPerAnswer} events 5 ms apart, ${connections} connections: every event is a packet`,
	measure: bench =>
		measurePaced(bench, 'paced', 2.5, {
			requests: ({ key }) => requestsOfSessions(connections, { key, shape: 'paced' }),
		}),
};

export const pacedSockets: Row = {
	name: 'paced-sockets',
	title: `${eventsPerAnswer} events 5 ms apart over WebSocket, ${connections} connections: every event is a packet`,
	measure: bench =>
		measurePaced(bench, 'paced-sockets', 2, {
			connect: port => new SocketConnection(port),
			requests: ({ key }) => socketsOfSessions(connections, { key, shape: 'paced' }),
		}),
};

function measurePaced(
	bench: Bench,
	row: string,
	atMost: number,
	way: Pick<SlicePlan, 'connect' | 'requests'>,
): Promise<Figure[]> {
	return withVariants(bench, ['nginx', 'raw-dispatch', 'other', 'pool'], async variants => {
		const slices = await measureSlices(variants, {
			rounds: bench.quick ? 2 : 8,
			slice: { requests: bench.quick ? 128 : 512 },
			// At this pace it takes so many until the code of a request is compiled: before, each costs a third more.
			warmUp: { requests: bench.quick ? 128 : 3_072 },
			...way,
		});
		return [
			...cpuFigures(slices, { row, unit: 'event', perRequest: eventsPerAnswer, atMost }),
			errorFigure(slices, row),
		];
	});
}
