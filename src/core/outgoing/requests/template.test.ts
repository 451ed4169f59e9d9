import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../../values/text/code-point.arbitrary.ts';
import type { EventJson } from '../events/event.ts';
import { sampleEvent } from '../events/sample-event.ts';
import { faultsOfRequest, renderRequest } from './request.ts';
import type { RequestSettings } from './request-settings.ts';

const base: RequestSettings = {
  ...{ url: 'https://t.example/', method: 'POST', format: 'template' },
  ...{ headers: {}, body: null, empty: 'send' },
};

function eventWith(call: object, changes: EventJson['changes'] = {}): EventJson {
  const event = sampleEvent('call.converted', 'evt_1', '2026-11-23T23:30:00.000Z');
  return { ...event, changes, call: { ...event.call, ...call } };
}

function render(settings: Partial<RequestSettings>, event = eventWith({}), timeZone = 'UTC') {
  const rendered = renderRequest({ ...base, ...settings }, event, timeZone);
  return 'skipped' in rendered ? rendered : { ...rendered };
}

const bodyOf = (settings: Partial<RequestSettings>, event?: EventJson) => {
  const rendered = render(settings, event);
  return 'skipped' in rendered ? rendered.skipped : (rendered.body ?? '');
};
const urlOf = (url: string, event?: EventJson, empty: RequestSettings['empty'] = 'send') => {
  const rendered = render({ url, method: 'GET', empty }, event);
  return 'skipped' in rendered ? rendered.skipped : rendered.url;
};

describe('a macro', () => {
  test.each([
    ['[CALL_LOG_ID]', 'CA-TEST'],
    ['[PHONE_NUMBER]', '%2B12135550142'],
    ['[PHONE_NUMBER|digits]', '12135550142'],
    ['[PHONE_NUMBER|e164]', '%2B12135550142'],
    ['[PHONE_NUMBER|digits|sha256]', '1ef970b0bd1d1bc3b6c9a8e8d6cb2cd0'],
    ['[REVENUE_PAID_OUT]', '120.50'],
    ['[CONVERTED]', 'true'],
    ['[STARTED_AT|unix]', '1795428000'],
    ['[EVENT_AT|date:us]', '11%2F23%2F2026'],
    ['[EVENT_AT|date:eu]', '23%2F11%2F2026'],
    ['[EVENT_AT|date:iso]', '2026-11-23'],
    ['[NO_PAYOUT_REASON]', ''],
    ['[NO_PAYOUT_REASON|default:none at all]', 'none%20at%20all'],
    ['[TAG.clickid]', 'test-click'],
    ['[TAG.no such tag]', ''],
    ['[TAG.constructor]', ''],
    ['[EVENT]', 'call.converted'],
    ['[FROM.revenue_paid_out]', '1.00'],
    ['[TO.revenue_paid_out]', '2.00'],
    ['[TO.tags.deal]', 'won'],
    ['[FROM.reason]', ''],
    ['[0]', '[0]'],
    ['fields[converted]', 'fields[converted]'],
  ])('%s', (macro, expected) => {
    const changes = {
      revenue_paid_out: { from: '1.00', to: '2.00' },
      'tags.deal': { from: null, to: 'won' },
    };
    const url = urlOf(`https://t.example/?a=${macro}`, eventWith({}, changes));
    if (macro.includes('sha256')) expect(url).toMatch(/\?a=[0-9a-f]{64}$/);
    else expect(url).toBe(`https://t.example/?a=${expected}`);
  });

  test('writes dates in the account’s time zone', () => {
    const rendered = render({ url: 'https://t.example/?d=[EVENT_AT|date:iso]' }, eventWith({}), 'Asia/Tokyo');
    expect(rendered).toMatchObject({ url: 'https://t.example/?d=2026-11-24' });
  });

  test.each([
    '[CALLID]',
    '[REASON|md5]',
    '[FROM.nothing]',
    '[TAG]',
    '[TAG.]',
    '[FROM.]',
    '[TO.tags.]',
    '[REASON.x]',
    '[__PROTO__X]',
  ])('%s is a fault where it is unknown', (macro) => {
    const isText = !/^\[[A-Z]/.test(macro);
    const faults = faultsOfRequest({ ...base, url: `https://t.example/?a=${macro}` });
    expect(faults.map(({ code }) => code)).toEqual(isText ? [] : ['unknown_macro']);
  });

  test.each([
    ['[call_log_id]', true],
    ['[Tag.clickid|sha256]', true],
    ['[from.reason]', true],
    ['fields[converted]', false],
    ['a[tag][0]', false],
    ['[Payout]', true],
  ])('%s in a URL is a fault: %s', (text, isFault) => {
    const faults = faultsOfRequest({ ...base, url: `https://t.example/?a=${text}` });
    expect(faults.map(({ code }) => code)).toEqual(isFault ? ['unknown_macro'] : []);
  });

  test('in small letters is a fault of a body, which may have other words in brackets', () => {
    const faults = faultsOfRequest({ ...base, body: '{"text":"[Ringback] [summary] of [voicemail]"}' });
    expect(faults).toMatchObject([{ field: 'body', code: 'unknown_macro' }]);
  });

  test('is found in every part of a request', () => {
    const faults = faultsOfRequest({
      ...base,
      url: 'https://t.example/[A1]',
      headers: { x: '[B1]' },
      body: '{"a":"[C1]"}',
    });
    expect(faults.map(({ field }) => field)).toEqual(['url', 'headers.x', 'body']);
  });
});

describe('empty', () => {
  const url = 'https://t.example/p?a=[CALL_LOG_ID]&b=[NO_PAYOUT_REASON]&c=1&d=x[NO_PAYOUT_REASON]';
  test.each([
    ['send', 'https://t.example/p?a=CA-TEST&b=&c=1&d=x'],
    ['omit', 'https://t.example/p?a=CA-TEST&c=1&d=x'],
    ['skip', '[NO_PAYOUT_REASON] has no value'],
  ] as const)('%s', (empty, expected) => expect(urlOf(url, undefined, empty)).toBe(expected));

  test('a default is a value', () => {
    expect(urlOf('https://t.example/?b=[NO_PAYOUT_REASON|default:0]', undefined, 'skip')).toBe(
      'https://t.example/?b=0',
    );
  });

  test.each([
    ['send', '{"a":null,"b":"","c":[null],"d":1}'],
    ['omit', '{"c":[],"d":1}'],
  ] as const)('%s, in JSON', (empty, expected) => {
    const body = '{"a":[NO_PAYOUT_REASON],"b":"[NO_PAYOUT_REASON]","c":[[NO_PAYOUT_REASON]],"d":1}';
    expect(bodyOf({ body, empty })).toBe(expected);
  });
});

describe('a body', () => {
  test('of JSON keeps the digits of amounts, and quotes texts', () => {
    const body =
      '{"value":[REVENUE_PAID_OUT],"name":[CAMPAIGN],"ok":[CONVERTED],"s":"[CALL_LOG_ID]/x","n":[1,"a"]}';
    expect(bodyOf({ body }, eventWith({ revenue_paid_out: '99999999.1230' }))).toBe(
      '{"value":99999999.1230,"name":"Roofing","ok":true,"s":"CA-TEST/x","n":[1,"a"]}',
    );
  });

  test('of JSON that is none is a fault', () => {
    expect(faultsOfRequest({ ...base, body: '{"a":}' })).toMatchObject([
      { field: 'body', code: 'invalid_value' },
    ]);
  });

  test('of a form is escaped as forms are', () => {
    expect(bodyOf({ body: 'a=[REASON]&b=[CAMPAIGN]' }, eventWith({ reason: 'a&b=c d', campaign: 'é' }))).toBe(
      'a=a%26b%3Dc+d&b=%C3%A9',
    );
  });

  test('of XML is escaped as XML', () => {
    const headers = { 'Content-Type': 'text/xml' };
    expect(bodyOf({ headers, body: '<r>[REASON]</r>' }, eventWith({ reason: '</r><x a="1">&' }))).toBe(
      '<r>&lt;/r&gt;&lt;x a=&quot;1&quot;&gt;&amp;</r>',
    );
  });
});

describe('no value leaves its place', () => {
  const wild = fc.oneof(
    fc.string({ unit: codePoint }),
    fc.constantFrom('","x":"', '[CAMPAIGN]', '\r\nx: y', '&a=b', '#?/..'),
  );

  test('of a URL', () => {
    fc.assert(
      fc.property(wild, (reason) => {
        fc.pre(!['.', '..'].includes(reason));
        const url = new URL(urlOf('https://t.example/p/[REASON]?a=[REASON]&b=1', eventWith({ reason })));
        expect(url.host).toBe('t.example');
        expect(url.pathname).toMatch(/^\/p\/[^/]*$/);
        expect([...url.searchParams.keys()]).toEqual(['a', 'b']);
        expect(url.searchParams.get('a')).toBe(reason.toWellFormed());
      }),
    );
  });

  test.each(['/a/[REASON]/b', '/a/b/[REASON]', '/[REASON]?a=1'])(
    'of a path: no part of %s becomes one that leads to another path',
    (path) => {
      for (const reason of ['.', '..'])
        expect(() => urlOf(`https://t.example${path}`, eventWith({ reason }))).toThrow(/lead to another/);
      for (const reason of ['...', '.a', '%2e', '../b', '']) {
        const url = new URL(urlOf(`https://t.example${path}`, eventWith({ reason })));
        expect(url.pathname.split('/')).toHaveLength((path.split('?')[0] ?? '').split('/').length);
      }
      expect(urlOf('https://t.example/a/../[REASON]', eventWith({ reason: 'x' }))).toMatch(/x$/);
    },
  );

  test('of JSON', () => {
    fc.assert(
      fc.property(wild, (reason) => {
        const body = bodyOf(
          { body: '{"a":"[REASON]","b":[REASON|default:x],"c":{"d":1}}' },
          eventWith({ reason }),
        );
        const text = reason.toWellFormed();
        expect(JSON.parse(body)).toEqual({ a: text, b: text === '' ? 'x' : text, c: { d: 1 } });
      }),
    );
  });

  test('of a form', () => {
    fc.assert(
      fc.property(wild, (reason) => {
        const read = new URLSearchParams(bodyOf({ body: 'a=[REASON]&b=1' }, eventWith({ reason })));
        expect([...read]).toEqual([
          ['a', reason.toWellFormed()],
          ['b', '1'],
        ]);
      }),
    );
  });

  test('of a header', () => {
    fc.assert(
      fc.property(wild, (reason) => {
        const rendered = render({ headers: { 'X-A': 'r [REASON]' } }, eventWith({ reason }));
        expect('headers' in rendered && rendered.headers['x-a']).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});
