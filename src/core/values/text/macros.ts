/**
 * Macros of the systems that post back, as data. Sources: docs/senders.md, "Placeholders".
 * `begins`: the characters that a macro of this notation may begin with. `isInTexts`: people write so as well, so that in
 * a text it is a macro only with the name of a parameter.
 */
const name = String.raw`\s*[A-Za-z_$][\w.:|\- $]{0,98}`;
/** Also with a default, a format or attributes: `{contactfield=phone}`, `<field name="phone" />`. */
const nameWith = String.raw`\s*[A-Za-z_$][\w.:|\- $=,"'()]{0,98}\/?`;
/** Anything up to the end of the macro: what goes on after it is a longer text. */
const until = (end: string) => `(?:(?!${end}).){1,200}${end}`;

export type MacroNotation = { begins: string; pattern: string; isInTexts?: true };

export const macroNotations: Readonly<Record<string, MacroNotation>> = {
  /** `[call_id]`, `{call_id}`, `<id>`: Ringba, TrackDrive, Retreaver, Everflow, Voluum, RedTrack, Mautic, Eloqua */
  brackets: {
    begins: '[{<',
    pattern: String.raw`\[${nameWith}\]|\{${nameWith}\}|<${nameWith}>|\[\d{1,4} [a-z]+="[^"\]]*"\]`,
    isInTexts: true,
  },
  /** `«Phone»`: mail merges */
  quotes: { begins: '«‹', pattern: `«${name}»|‹${name}›`, isInTexts: true },
  /** `{0}`, `%s`, `%1$s`: texts that a program formats */
  positional: { begins: '{%', pattern: String.raw`\{\d{1,2}\}|%(?:\d\$)?[sdiu@]|%\(${name}\)[sd]` },
  /** `{{call.id}}`, `{{{x}}}`, `{{ $json.x }}`: HubSpot, Zapier, Make, n8n, GoHighLevel */
  doubleBraces: { begins: '{', pattern: `\\{\\{${until('\\}\\}')}\\}?` },
  /** `{!Lead.Phone}`, `{$x}`, `{%x%}`, `{=x}`, `{@x}`: Salesforce and template engines */
  markedBraces: { begins: '{', pattern: `\\{[!$%=@#&*]${until('\\}')}` },
  /** `${id}`, `${{ id }}`, `#{id}`, `@{id}`, `%{id}`, `$(id)`, `$[id]`, `#[id]`: scripts, flows */
  markedBefore: {
    begins: '$#@%',
    pattern: `[$#@%]\\{${until('\\}')}\\}?|\\$\\(${until('\\)')}|[$#]\\[${until('\\]')}`,
  },
  /** `$call_id`, `$call_id$`: scripts */
  variables: { begins: '$', pattern: String.raw`(?<dollars>\${1,2})[A-Za-z_]\w{0,98}(?:\k<dollars>)?` },
  /** `:call_id`, `:call_id:`: routes and prepared statements */
  colons: { begins: ':', pattern: String.raw`:[A-Za-z_]\w{0,98}:?`, isInTexts: true },
  /** `[[x]]`, `[%x%]`, `[=x]`, `[@x]`, `[$x]` */
  markedBrackets: { begins: '[', pattern: `\\[\\[${until('\\]\\]')}|\\[[%=@$!#](?!\\d)${until('\\]')}` },
  /** `<%= x %>`, `<? x ?>`, `<<x>>`: template engines, mail merges */
  markedAngles: { begins: '<', pattern: `<%${until('%>')}|<\\?${until('\\?>')}|<<${until('>>')}` },
  /** `%%id%%`, `%id%`, `%%[id]%%`, `%%=v(@id)=%%`; of `%%call_id%%` in a URL, `%ca` reads as a byte that is no text */
  percents: {
    begins: '%\uFFFD',
    pattern: String.raw`%${name}%|%%${name}%%|%%(?:\[|=)${until('%%')}|%?\uFFFD[\w.:|\- ]{0,98}%%?|%e?[a-z]{1,12}!`,
  },
  /** `#tid#`, `##tid##`, `@Call.ANI@`, `~Contact.Id~`, `@!x!@`, `!x!`, `^x^`, `|x|`: CAKE, Infusionsoft, phone systems */
  fences: {
    begins: '#@~!^|',
    pattern: `(?<fence>#{1,2}|@{1,2}|~{1,2}|!{1,2}|\\^{1,2}|\\|{1,2})${name.replace('|', '')}\\k<fence>|@!${name}!@`,
  },
  /** `__CLICKID__`: TikTok, Kwai */
  underscores: { begins: '_', pattern: '__[A-Z][A-Z0-9_.:-]{0,98}__' },
  /** `*|PHONE|*`: Mailchimp; `|*x*|` */
  stars: { begins: '*|', pattern: `\\*\\|${until('\\|\\*')}|\\|\\*${until('\\*\\|')}` },
  /** `--A--phone_number--B--`: ViciDial */
  dashes: { begins: '-', pattern: '--[A-Z]--.{1,100}--[A-Z]--' },
};

/** What programs write for a variable that has no value, and what spreadsheets write for an error. */
export const unsetTexts: ReadonlySet<string> = new Set([
  ...['undefined', 'Undefined', 'UNDEFINED', 'null', 'Null', 'NULL', 'NaN', 'nan', 'NAN', 'None', 'nil'],
  ...['(null)', '<null>', '<nil>', '<undefined>', '(undefined)', '[null]', '[undefined]', '{null}'],
  ...['#N/A', '#REF!', '#VALUE!', '#NAME?', '#DIV/0!', '#NULL!', '#NUM!', '#ERROR!', '#SPILL!'],
]);

/** Namespaces that only macros have, such as `tag:InboundNumber:Number`. */
export const macroPrefixes =
  /^(?:tag|call|caller|lead|contact|user|publisher|buyer|target|campaign|sub)[:.](?!\s)/;

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
