import assert from 'node:assert/strict';
import { startOfLocalDay, startOfLocalHour } from '../../src/core/localTime.js';

/** Zone, moment, and when the wall's hour and day of that moment began; all moments in UTC. */
const moments = [
	['UTC', '2026-03-10T12:10', '2026-03-10T12:00', '2026-03-10T00:00', 'is the clock itself'],
	['Asia/Kolkata', '2026-03-10T12:10', '2026-03-10T11:30', '2026-03-09T18:30', 'is 5½ hours ahead'],
	['Asia/Kathmandu', '2026-03-10T12:10', '2026-03-10T11:15', '2026-03-09T18:15', 'is 5¾ hours ahead'],
	['America/St_Johns', '2026-03-10T12:10', '2026-03-10T11:30', '2026-03-10T02:30', 'is 2½ hours behind in summer'],
	['America/St_Johns', '2026-03-01T12:10', '2026-03-01T11:30', '2026-03-01T03:30', 'is 3½ hours behind in winter'],
	['Europe/Berlin', '2026-03-29T00:30', '2026-03-29T00:00', '2026-03-28T23:00', 'is about to leave an hour out'],
	['Europe/Berlin', '2026-03-29T01:30', '2026-03-29T01:00', '2026-03-28T23:00', 'has left an hour out'],
	['Europe/Berlin', '2026-03-29T22:00', '2026-03-29T22:00', '2026-03-29T22:00', 'has had a day of 23 hours'],
	['Europe/Berlin', '2026-10-25T00:30', '2026-10-25T00:00', '2026-10-24T22:00', 'is about to repeat an hour'],
	['Europe/Berlin', '2026-10-25T01:30', '2026-10-25T01:00', '2026-10-24T22:00', 'repeats an hour'],
	['Europe/Berlin', '2026-10-25T23:00', '2026-10-25T23:00', '2026-10-25T23:00', 'has had a day of 25 hours'],
	[
		'Australia/Lord_Howe',
		'2026-04-04T14:40',
		'2026-04-04T14:00',
		'2026-04-04T13:00',
		'is about to repeat half an hour',
	],
	['Australia/Lord_Howe', '2026-04-04T15:10', '2026-04-04T14:30', '2026-04-04T13:00', 'repeats half an hour'],
	['Asia/Beirut', '2026-03-28T22:30', '2026-03-28T22:00', '2026-03-28T22:00', 'has left out the hour after midnight'],
	['America/Havana', '2026-11-01T05:30', '2026-11-01T05:00', '2026-11-01T04:00', 'repeats the hour after midnight'],
] as const;

describe('local time', () => {
	const zoneBefore = process.env['TZ'];

	afterEach(() => {
		if (zoneBefore === undefined) delete process.env['TZ'];
		else process.env['TZ'] = zoneBefore;
	});

	for (const [zone, moment, hour, day, what] of moments) {
		it(`knows the hour and day of ${moment} where the wall ${what} (${zone})`, () => {
			process.env['TZ'] = zone;
			const at = Date.parse(`${moment}:00Z`);

			const starts = [startOfLocalHour(at), startOfLocalDay(at)].map(start => new Date(start).toISOString());

			assert.deepEqual(starts, [`${hour}:00.000Z`, `${day}:00.000Z`]);
		});
	}
});
