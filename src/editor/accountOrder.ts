/** The order in which one account has taken another's place; at the end when there is no other. */
export function takePlace(ids: readonly string[], movedId: string, placeId: string | undefined): readonly string[] {
	const place = placeId === undefined ? -1 : ids.indexOf(placeId);
	const others = ids.filter(id => id !== movedId);
	return place < 0 ? [...others, movedId] : others.toSpliced(place, 0, movedId);
}
