import * as z from 'zod';

/** How a user signs in: on this machine, by a code on any device, or by bringing the browser's last address by hand. */
export const signInMethodSchema = z.enum(['browser', 'device', 'paste']);
export type SignInMethod = z.infer<typeof signInMethodSchema>;

export const startSignInSchema = z.object({
	method: signInMethodSchema.default('browser'),
	/** Signs this account in again; anybody else's sign-in is refused. */
	accountId: z.string().optional(),
});
export type StartSignIn = z.input<typeof startSignInSchema>;

export const finishSignInSchema = z.object({ callbackUrl: z.string().trim().min(1).max(8192) });

/** A sign-in under way: the user opens `url`, then ask for the outcome. */
export const signInSchema = z.object({
	id: z.string(),
	method: signInMethodSchema,
	url: z.string(),
	/** What the user types in at `url`, for `device`. */
	userCode: z.string().nullable(),
	expiresAt: z.number(),
	state: z.enum(['waiting', 'succeeded', 'failed']),
	/** The account that was added, when `succeeded`. */
	accountId: z.string().nullable(),
	/** A sentence for the user, when `failed`. */
	error: z.string().nullable(),
});
export type SignIn = z.infer<typeof signInSchema>;
