import type { EventType } from '../../api/webhooks/outgoing.ts';

/** Events as people name them, in groups. */
export const eventGroups: readonly { name: string; events: readonly { type: EventType; name: string }[] }[] =
  [
    {
      name: 'Calls',
      events: [
        { type: 'call.created', name: 'Call created' },
        { type: 'call.completed', name: 'Call completed' },
        { type: 'call.changed', name: 'Any change of a call' },
      ],
    },
    {
      name: 'Money',
      events: [
        { type: 'call.converted', name: 'Converted' },
        { type: 'call.conversion_removed', name: 'Conversion removed' },
        { type: 'call.revenue_changed', name: 'Revenue changed' },
        { type: 'call.payout_changed', name: 'Payout changed' },
        { type: 'call.payout_held', name: 'Payout held' },
        { type: 'call.payout_released', name: 'Payout released' },
      ],
    },
    {
      name: 'Problems',
      events: [
        { type: 'postback.rejected', name: 'Postback rejected' },
        { type: 'postback.expired', name: 'Postback found no call in time' },
        { type: 'webhook.disabled', name: 'Another outgoing webhook was paused' },
        { type: 'attention.raised', name: 'Alert: something needs attention' },
        { type: 'attention.cleared', name: 'Alert cleared' },
      ],
    },
  ];

const names: ReadonlyMap<string, string> = new Map(
  eventGroups.flatMap(({ events }) => events.map(({ type, name }) => [type, name] as const)),
);

export function eventName(type: string): string {
  return names.get(type) ?? type;
}

export const eventChoices = eventGroups.flatMap(({ events }) =>
  events.map(({ type, name }) => ({ value: type, label: name })),
);
