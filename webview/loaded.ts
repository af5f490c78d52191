/** Something that is read on demand. */
export type Loaded<T> =
	| { readonly kind: 'loading' }
	| { readonly kind: 'ready'; readonly value: T }
	/** `problem`: a sentence for the user. */
	| { readonly kind: 'failed'; readonly problem: string };
