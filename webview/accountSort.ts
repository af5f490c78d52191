/** By which column of the table the accounts are sorted; without one they stand in the user's own order. */
export interface AccountSort {
	readonly column: string;
	readonly isDescending: boolean;
}

export function parseAccountSort(saved: unknown): AccountSort | null {
	if (typeof saved !== 'object' || saved === null || !('column' in saved)) return null;
	if (typeof saved.column !== 'string') return null;
	return { column: saved.column, isDescending: 'isDescending' in saved && saved.isDescending === true };
}
