/**
 * Macros of the systems that post back, as data. Sources: docs/senders.md, "Placeholders".
 * `begins`: the characters that a macro of this notation may begin with.
 */
const name = String.raw`\s*[A-Za-z_$][\w.:|\- $]{0,98}`;
/** Anything up to the end of the macro: what goes on after it is a longer text. */
const until = (end: string) => `(?:(?!${end}).){1,200}${end}`;

export const macroNotations = {
  /** `[call_id]`, `{call_id}`, `<id>`: Ringba, TrackDrive, Retreaver, Everflow, Voluum, RedTrack */
  brackets: { begins: '[{<', pattern: String.raw`\[${name}\]|\{${name}\}|<${name}>` },
  /** `{0}`, `%s`, `%1$s`: texts that a program formats */
  positional: { begins: '{%', pattern: String.raw`\{\d{1,2}\}|%(?:\d\$)?[sdiu@]` },
  /** `{{call.id}}`, `{{{x}}}`, `{{ $json.x }}`: HubSpot, Zapier, Make, n8n, GoHighLevel */
  doubleBraces: { begins: '{', pattern: `\\{\\{${until('\\}\\}')}\\}?` },
  /** `{!Lead.Phone}`, `{$x}`, `{%x%}`, `{=x}`, `{@x}`: Salesforce and template engines */
  markedBraces: { begins: '{', pattern: `\\{[!$%=@#&*]${until('\\}')}` },
  /** `${id}`, `${{ id }}`, `#{id}`, `@{id}`, `%{id}`, `$(id)`, `$[id]`, `#[id]`: scripts, flows */
  markedBefore: {
    begins: '$#@%',
    pattern: `[$#@%]\\{${until('\\}')}\\}?|\\$\\(${until('\\)')}|[$#]\\[${until('\\]')}`,
  },
  /** `[[x]]`, `[%x%]`, `[=x]`, `[@x]`, `[$x]` */
  markedBrackets: { begins: '[', pattern: `\\[\\[${until('\\]\\]')}|\\[[%=@$!#]${until('\\]')}` },
  /** `<%= x %>`, `<? x ?>`, `<<x>>`: template engines, mail merges */
  markedAngles: { begins: '<', pattern: `<%${until('%>')}|<\\?${until('\\?>')}|<<${until('>>')}` },
  /** `%%id%%`, `%id%`, `%%[id]%%`, `%%=v(@id)=%%`; of `%%call_id%%` in a URL, `%ca` reads as a byte that is no text */
  percents: {
    begins: '%\uFFFD',
    pattern: String.raw`%${name}%|%%${name}%%|%%(?:\[|=)${until('%%')}|%?\uFFFD[\w.:|\- ]{0,98}%%?`,
  },
  /** `#tid#`, `##tid##`, `@Call.ANI@`, `~Contact.Id~`: CAKE, Infusionsoft, phone systems */
  fences: { begins: '#@~', pattern: `(#{1,2}|@{1,2}|~{1,2})${name}\\1` },
  /** `__CLICKID__`: TikTok, Kwai */
  underscores: { begins: '_', pattern: '__[A-Z][A-Z0-9_.:-]{0,98}__' },
  /** `*|PHONE|*`: Mailchimp; `|*x*|` */
  stars: { begins: '*|', pattern: `\\*\\|${until('\\|\\*')}|\\|\\*${until('\\*\\|')}` },
  /** `--A--phone_number--B--`: ViciDial */
  dashes: { begins: '-', pattern: '--[A-Z]--.{1,100}--[A-Z]--' },
} as const satisfies Record<string, { begins: string; pattern: string }>;

/** What programs write for a variable that has no value. */
export const unsetTexts: ReadonlySet<string> = new Set([
  ...['undefined', 'Undefined', 'UNDEFINED', 'null', 'Null', 'NULL', 'NaN', 'nan', 'NAN', 'None', 'nil'],
  ...['(null)', '<null>', '<nil>', '<undefined>', '(undefined)', '[null]', '[undefined]', '{null}'],
]);

/** Namespaces that only macros have, such as `tag:InboundNumber:Number`. */
export const macroPrefixes = /^(?:tag|call|caller|lead|contact|user|publisher|buyer|target|campaign|sub)[:.]/;

/** Parameters of Ringback and of known platforms: lower case, without separators. */
export const macroNames: ReadonlySet<string> = new Set([
  // Ringback
  ...['calllogid', 'phonenumber', 'transactionid', 'authkey', 'converted', 'callconvertedat', 'revenue'],
  ...['revenuepaidout', 'publisherpaidout', 'reason', 'nopayoutreason', 'amount', 'dryrun', 'add', 'remove'],
  ...['startedat', 'answeredat', 'endedat', 'durationseconds', 'connectedseconds', 'endstatus', 'direction'],
  ...['trackingnumber', 'campaign', 'publisher', 'buyer', 'recordingurl', 'value', 'fieldname'],
  // calls: Ringba, Retreaver, TrackDrive, CallRail, Invoca, CallTrackingMetrics
  ...[
    'id',
    'uuid',
    'callid',
    'calluuid',
    'callsid',
    'inboundcallid',
    'callerid',
    'calleridshort',
    'callernumber',
  ],
  ...[
    'ani',
    'dnis',
    'inboundnumber',
    'dialednumber',
    'phone',
    'number',
    'callduration',
    'duration',
    'calllength',
  ],
  ...['connectedlength', 'connectduration', 'callstart', 'callstarttime', 'calldate', 'calldt', 'calltime'],
  ...[
    'conversionpayout',
    'conversionamount',
    'payout',
    'payoutamount',
    'profit',
    'cost',
    'price',
    'saleamount',
  ],
  ...['publisherid', 'publishername', 'publishersubid', 'buyerid', 'buyername', 'targetid', 'targetname'],
  ...['campaignid', 'campaignname', 'affiliateid', 'affid', 'affiliatename', 'offerid', 'offername', 'adid'],
  ...['recording', 'disposition', 'status', 'leadid', 'contactid', 'orderid', 'conversionid', 'eventid'],
  // clicks: Voluum, RedTrack, Everflow, Keitaro, CAKE, networks
  ...[
    'clickid',
    'cid',
    'tid',
    'reqid',
    'externalid',
    'subid',
    'affsub',
    'txid',
    'token',
    'source',
    'sourceid',
  ],
  ...['sub1', 'sub2', 'sub3', 'sub4', 'sub5', 's1', 's2', 's3', 's4', 's5', 'subid1', 'subid2', 'subid3'],
  ...[
    'affsub1',
    'affsub2',
    'affsub3',
    'var1',
    'var2',
    'var3',
    'gclid',
    'gbraid',
    'wbraid',
    'fbclid',
    'msclkid',
  ],
  ...['ttclid', 'keyword', 'creative', 'placement', 'adgroupid', 'matchtype', 'device', 'ip', 'zip', 'state'],
  ...['firstname', 'lastname', 'name', 'email', 'date', 'time', 'timestamp', 'datetime', 'currency'],
]);
