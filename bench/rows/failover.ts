import { setTimeout as pause } from 'node:timers/promises';
import { sendInTurn } from '../load.js';
import { requestBytes } from '../requestBytes.js';
import type { Row } from '../row.js';
import { median } from '../statistics.js';
import { withVariants } from '../variants.js';

/** Every move spends an account, so there is one for each, and some that stay. */
const moves = 40;
const spare = 8;
const maxAddedMs = 0.3;

export const failover: Row = {
	name: 'failover',
	title: '429 of one account, answer of the next, one connection',
	measure: bench =>
		withVariants({ ...bench, accounts: moves + spare }, ['direct', 'pool'], async ([direct, pool]) => {
			const row = 'failover';
			if (!direct || !pool) throw new Error('The pool and the direct way are needed');
			// Each account keeps its own connections: round robin warms one for all of them.
			await pool.client?.changePool({ routing: { strategy: 'round_robin' } });
			const plain = (key: string, count: number) =>
				Array.from({ length: count }, () => requestBytes({ key, shape: 'small' }));
			await sendInTurn(direct.port, plain(direct.key, 500));
			await sendInTurn(pool.port, plain(pool.key, (moves + spare) * 20));
			await pause(200);

			const roundTrips = await sendInTurn(direct.port, plain(direct.key, 200));
			const undisturbed = await sendInTurn(pool.port, plain(pool.key, 200));
			const turns = Array.from({ length: moves }, (_, turn) =>
				requestBytes({ key: pool.key, shape: 'small', turn: `turn-${turn}` }),
			);
			const moved = await sendInTurn(pool.port, turns);
			const p50 = (samples: readonly { firstByteMs: number }[]) => median(samples.map(sample => sample.firstByteMs));
			const roundTrip = p50(roundTrips);
			return [
				{
					row,
					name: 'first byte, p50 added by the move',
					value: p50(moved) - p50(undisturbed),
					unit: 'ms',
					goal: { atMost: roundTrip + maxAddedMs },
					beside: { 'one upstream round trip': roundTrip, 'without a move': p50(undisturbed), 'with it': p50(moved) },
				},
				{
					row,
					name: 'requests that the client saw fail',
					value: moved.filter(sample => sample.status !== 200).length,
					unit: `of ${moves}`,
					goal: { atMost: 0 },
				},
			];
		}),
};
