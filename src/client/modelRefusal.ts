/** Why a request to a model was not answered, in the words of the pool or of the provider. */
export class ModelRefusal extends Error {
	override readonly name = 'ModelRefusal';

	constructor(
		/** One of the pool's codes or of the provider's; null when none was told. */
		readonly code: string | null,
		message: string,
		/** When it is worth another try, epoch ms. */
		readonly resetsAt: number | null = null,
	) {
		super(message);
	}
}
