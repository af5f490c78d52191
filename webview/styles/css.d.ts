/** Style sheets come in as text and are adopted as constructed sheets, which the strict content policy allows. */
declare module '*.css' {
	const text: string;
	export default text;
}
