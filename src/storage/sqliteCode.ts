/** SQLite's own name of an error, for example `SQLITE_BUSY`; the empty text for anything else. */
export function sqliteCode(thrown: unknown): string {
	const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
	return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}
