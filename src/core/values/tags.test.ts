import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fault, Invalid } from './fault.ts';
import { parseJson } from './json/json.ts';
import {
  checkKeys,
  checkTags,
  emptyTags,
  parseKeys,
  parseKeyText,
  parseTags,
  parseTagText,
  tagOf,
} from './tags.ts';

/** Tags as JSON, with the faults of what could not be read. */
function read(parsed: ReturnType<typeof parseTags>): { tags: string; faults: Fault[] } {
  const faults: Fault[] = [];
  if (parsed instanceof Invalid) return { tags: 'invalid', faults };
  return { tags: JSON.stringify(checkTags(parsed, 'add', faults)), faults };
}

describe('tags to add', () => {
  test.each([
    ['{"deal":"won"}', '{"deal":"won"}'],
    ['{"a":1,"b":true,"c":1.50}', '{"a":"1","b":"true","c":"1.5"}'],
    ['{"n":12345678901234567890.10}', '{"n":"12345678901234567890.10"}'],
    ['[{"key":"deal","value":"won"}]', '{"deal":"won"}'],
    ['[{"value":"won","key":"deal"}]', '{"deal":"won"}'],
    ['[{"deal":"won"},{"step":2}]', '{"deal":"won","step":"2"}'],
    ['["deal:won","a=b","vip"]', '{"deal":"won","a":"b","vip":"true"}'],
    ['["url:https://x.test/?a=1"]', '{"url":"https://x.test/?a=1"}'],
    ['["a=b:c"]', '{"a":"b:c"}'],
    ['["a:"]', '{"a":""}'],
    ['"deal:won,still"', '{"deal":"won,still"}'],
    ['[{"deal":"lost"},"deal:won"]', '{"deal":"won"}'],
    ['{" deal ":"won"}', '{"deal":"won"}'],
    ['{"Deal":"a","deal":"b"}', '{"Deal":"a","deal":"b"}'],
    ['[]', '{}'],
    ['{}', '{}'],
    ['"{\\"deal\\":\\"won\\",\\"step\\":2}"', '{"deal":"won","step":"2"}'],
    ['"[\\"deal:won\\"]"', '{"deal":"won"}'],
    ['["{\\"key\\":\\"deal\\",\\"value\\":\\"won\\"}","a:b"]', '{"deal":"won","a":"b"}'],
  ])('%s read as %s', (json, tags) => {
    expect(read(parseTags(parseJson(json)))).toEqual({ tags, faults: [] });
  });

  test.each([
    ['deal:won', '{"deal":"won"}'],
    ['deal:won,a=b,vip', '{"deal":"won","a":"b","vip":"true"}'],
    ['a:1,,b:2,', '{"a":"1","b":"2"}'],
    ['{"deal":"won, for now"}', '{"deal":"won, for now"}'],
    ['["a:1","b:2"]', '{"a":"1","b":"2"}'],
    ['', '{}'],
  ])('the text %s reads as %s', (text, tags) => {
    expect(read(parseTagText(text))).toEqual({ tags, faults: [] });
  });

  test.each(['5', 'true', '[5]', '[null]', '[["a"]]', '[{"a":"1","b":"2"}]', '[{}]'])(
    '%s is rejected',
    (json) => {
      expect(parseTags(parseJson(json))).toBeInstanceOf(Invalid);
    },
  );

  test.each(['{"deal":"won","note":"a', '[{"key":"deal"', '["deal:won"', '{ "a":"1","a":"2"}'])(
    'the cut text %s makes no tags of its pieces',
    (text) => {
      expect(parseTagText(text)).toBeInstanceOf(Invalid);
      expect(parseTags(text)).toBeInstanceOf(Invalid);
      expect(parseTags([text])).toBeInstanceOf(Invalid);
      expect(parseKeyText(text)).toBeInstanceOf(Invalid);
      expect(parseKeys(text)).toBeInstanceOf(Invalid);
    },
  );

  test.each([
    ['a value that is null', '{"deal":null}', 'add.deal', 'invalid_value'],
    ['a value that is an object', '{"deal":{}}', 'add.deal', 'invalid_value'],
    ['a value of 1,001 characters', `{"deal":"${'x'.repeat(1_001)}"}`, 'add.deal', 'invalid_value'],
    ['an empty key', '{" ":"x"}', 'add', 'invalid_value'],
    ['a key of 101 characters', `{"${'k'.repeat(101)}":"x"}`, 'add', 'invalid_value'],
    ['a key with a NUL', '{"a\\u0000":"x"}', 'add', 'invalid_value'],
    ['a macro as a value', '{"deal":"{{deal}}"}', 'add.deal', 'unresolved_placeholder'],
    ['a macro as a key', '{"[deal]":"x"}', 'add', 'unresolved_placeholder'],
  ])('%s is a fault that names the tag', (_what, json, field, code) => {
    expect(read(parseTags(parseJson(json))).faults).toMatchObject([{ field, code }]);
  });

  test('may have any key, those that mean something to JavaScript too', () => {
    const keys = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'deal');
    const word = fc.stringMatching(/^[a-z]{0,10}$/);
    fc.assert(
      fc.property(fc.uniqueArray(keys), word, (names, value) => {
        const faults: Fault[] = [];
        const tags = checkTags(
          names.map((key) => ({ key, value })),
          'add',
          faults,
        );
        expect(faults).toEqual([]);
        expect(Object.keys(tags).sort()).toEqual([...names].sort());
        for (const name of names) expect(tagOf(tags, name)).toBe(value);
      }),
    );
  });
});

test('a tag that a call lacks is null, whatever its key', () => {
  for (const key of ['deal', '__proto__', 'constructor']) {
    expect(tagOf(emptyTags(), key)).toBeNull();
    expect(tagOf({}, key)).toBeNull();
  }
});

describe('tag keys to remove', () => {
  test.each([
    ['"deal"', ['deal']],
    ['"a,b"', ['a,b']],
    ['["b","a","b"," a "]', ['a', 'b']],
    ['[]', []],
    ['"[\\"a\\",\\"b\\"]"', ['a', 'b']],
  ])('%s read as %j', (json, keys) => {
    const faults: Fault[] = [];
    const parsed = parseKeys(parseJson(json));
    expect(parsed instanceof Invalid ? parsed : checkKeys(parsed, 'remove', faults)).toEqual(keys);
    expect(faults).toEqual([]);
  });

  test.each([
    ['a,b', ['a', 'b']],
    ['["a,b"]', ['a,b']],
    ['', []],
  ])('the text %s reads as %j', (text, keys) => {
    expect(parseKeyText(text)).toEqual(keys);
  });

  test.each(['5', '[5]', '{"a":1}', '[["a"]]', 'true'])('%s is rejected', (json) => {
    expect(parseKeys(parseJson(json))).toBeInstanceOf(Invalid);
  });
});
