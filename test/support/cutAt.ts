/** The bytes in pieces, cut at these places; a place beyond the end counts from the beginning again. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
	const sorted = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b);
	const ends = [...sorted, bytes.length];
	return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)).filter(piece => piece.length > 0);
}
