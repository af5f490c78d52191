import { cpuFigures, errorFigure, rateFigure } from '../cpuFigures.js';
import type { Row } from '../row.js';
import { measureSlices } from '../slices.js';
import { SocketConnection, socketsOfSessions } from '../socketConnection.js';
import { withVariants } from '../variants.js';

const connections = 32;

export const sockets: Row = {
	name: 'sockets',
	title: `20 events (5.5 KB) for 400 bytes over WebSocket, ${connections} connections, every message with its usage row`,
	measure: bench =>
		withVariants(bench, ['nginx', 'raw-dispatch', 'other', 'pool'], async variants => {
			const row = 'sockets';
			const slices = await measureSlices(variants, {
				rounds: bench.quick ? 3 : 10,
				slice: { forMs: bench.quick ? 250 : 500 },
				warmUp: { requests: bench.quick ? 2_000 : 12_000 },
				connect: port => new SocketConnection(port),
				requests: ({ key }) => socketsOfSessions(connections, { key, shape: 'small' }),
			});
			return [
				...cpuFigures(slices, { row, unit: 'response', atMost: 2 }),
				rateFigure(slices, row, 'responses'),
				errorFigure(slices, row),
			];
		}),
};
