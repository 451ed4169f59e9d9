/**
 * How senders write macros, the placeholders that they replace with a call's values. Only macros that a platform
 * documents in public are filled in; for the rest its notation is shown, and where to look up the name.
 */
export type SenderPlatform = {
  id: string;
  name: string;
  /** how a macro looks there; empty: values are picked in a form */
  notation: string;
  /** documented macros by field */
  macros: Readonly<Record<string, string>>;
  note: string;
};

/** A sender's payout to its partner, who runs this server, is what comes in here. */
const payoutIsRevenue = 'What the sender pays out to you is your revenue.';

export const senderPlatforms: readonly SenderPlatform[] = [
  {
    id: 'ringba',
    name: 'Ringba',
    notation: '[…]',
    macros: {
      phone_number: '[tag:InboundNumber:Number]',
      transaction_id: '[Call:InboundCallId]',
      revenue_paid_out: '[Call:ConversionPayout]',
      revenue: '[Call:ConversionPayout]',
    },
    note: `Integrations → Pixels, fired on “Payout”. ${payoutIsRevenue} Its token button lists all others.`,
  },
  {
    id: 'trackdrive',
    name: 'TrackDrive',
    notation: '[…]',
    macros: { phone_number: '+1[caller_id_short]', transaction_id: '[call_uuid]' },
    note: 'Company → Webhooks. Pick the tokens for amounts from its list: names of your own fields stand in brackets, too.',
  },
  {
    id: 'retreaver',
    name: 'Retreaver',
    notation: '[…]',
    macros: { transaction_id: '[call_uuid]' },
    note: 'Campaign → Webhooks. Any tag of the call can stand in brackets; look up the tag that holds the caller’s number.',
  },
  {
    id: 'invoca',
    name: 'Invoca',
    notation: '',
    macros: {},
    note: 'Create a post-call webhook (HTTP GET or JSON POST), and insert each value with “Add substitution parameter”.',
  },
  {
    id: 'callrail',
    name: 'CallRail',
    notation: '',
    macros: {},
    note: 'Its webhooks send a fixed JSON and know no macros: put Zapier, Make or a function of yours in between.',
  },
  {
    id: 'everflow',
    name: 'Everflow',
    notation: '{…}',
    macros: {
      transaction_id: '{transaction_id}',
      revenue_paid_out: '{sale_amount}',
      revenue: '{sale_amount}',
    },
    note: 'Partner postback. Pass the call’s id in a sub parameter of the tracking link, and its macro as call_log_id.',
  },
  {
    id: 'voluum',
    name: 'Voluum',
    notation: '{…}',
    macros: { call_log_id: '{externalid}' },
    note: 'Traffic source postback URL. {externalid} is the click id that came with the visit: pass the call’s id as that.',
  },
  {
    id: 'redtrack',
    name: 'RedTrack',
    notation: '{…}',
    macros: { transaction_id: '{clickid}' },
    note: 'Pass the call’s id in one of sub1 to sub20, and that macro, such as {sub1}, as call_log_id.',
  },
  {
    id: 'leadspedia',
    name: 'LeadsPedia',
    notation: '',
    macros: {},
    note: 'Its tokens depend on the kind of postback: take them from the list beside its URL field.',
  },
  {
    id: 'boberdoo',
    name: 'Boberdoo',
    notation: '[…]',
    macros: {},
    note: 'Field names of the lead type stand in brackets: check them in its delivery settings.',
  },
  {
    id: 'zapier',
    name: 'Zapier, Make, n8n',
    notation: '',
    macros: {},
    note: 'Choose the JSON body, and map each value in the step’s form to one of the step before.',
  },
  {
    id: 'vicidial',
    name: 'ViciDial',
    notation: '--A--…--B--',
    macros: { phone_number: '--A--phone_number--B--' },
    note: 'Dispo call URL of the campaign.',
  },
];
