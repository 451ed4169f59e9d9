import Type from 'typebox';

export const eventStream = {
  description: 'The events, until the client leaves; after 15 minutes it must connect again',
  content: { 'text/event-stream': { schema: Type.String() } },
};
