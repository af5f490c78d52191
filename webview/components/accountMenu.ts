import type { AccountView } from '../../src/shared/accountApi.js';
import { movedOrder } from '../accountOrder.js';
import { ViewChoiceEvent } from '../panelAction.js';
import { text } from '../text.js';
import type { MenuItem } from './actionMenu.js';
import { raise } from './parts.js';

interface AccountMenu {
	/** All of them, as they stand in the pool. */
	readonly accounts: readonly AccountView[];
	/** Whether they are shown in another order, in which a move would not be seen. */
	readonly isSorted: boolean;
	readonly showsHistory: boolean;
	readonly rename: () => void;
	readonly spend: () => void;
}

/** What is not done every day with an account. */
export function accountMenu(
	{ id: accountId, state, resetCredits }: AccountView,
	{ accounts, isSorted, showsHistory, rename, spend }: AccountMenu,
): readonly MenuItem[] {
	const params = { accountId };
	const isPaused = state === 'paused';
	const redeem: MenuItem = {
		icon: 'history',
		label: text.redeemReset,
		choose: raise({ name: 'account/redeemReset', params }),
	};
	return [
		{
			icon: isPaused ? 'play' : 'debug-pause',
			label: isPaused ? text.resume : text.pause,
			isDisabled: state === 'needs_sign_in' || state === 'disabled',
			choose: raise({ name: 'account/pause', params: { ...params, paused: !isPaused } }),
		},
		{ icon: 'edit', label: text.rename, choose: rename },
		{ icon: 'dashboard', label: text.spending, choose: spend },
		{
			icon: 'graph-line',
			label: showsHistory ? text.hideHistory : text.showHistory,
			choose: ({ currentTarget }) =>
				currentTarget?.dispatchEvent(new ViewChoiceEvent({ openHistory: showsHistory ? null : accountId })),
		},
		...((resetCredits?.available ?? 0) > 0 ? [redeem] : []),
		...(isSorted ? [] : [moveItem(accounts, accountId, 'up'), moveItem(accounts, accountId, 'down')]),
		{ icon: 'sign-in', label: text.signInMenu, beginsGroup: true, choose: raise({ name: 'account/signIn', params }) },
		{ icon: 'export', label: text.export, choose: raise({ name: 'account/export', params }) },
		{ icon: 'trash', label: text.remove, beginsGroup: true, choose: raise({ name: 'account/remove', params }) },
	];
}

function moveItem(accounts: readonly AccountView[], accountId: string, direction: 'up' | 'down'): MenuItem {
	const accountIds = movedOrder(accounts, accountId, direction);
	return {
		icon: direction === 'up' ? 'arrow-up' : 'arrow-down',
		label: direction === 'up' ? text.moveUp : text.moveDown,
		isDisabled: accountIds === null,
		beginsGroup: direction === 'up',
		choose: accountIds === null ? () => undefined : raise({ name: 'account/order', params: { accountIds } }),
	};
}
