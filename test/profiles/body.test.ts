import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../src/domain/delivery.ts';
import type { StoredEvent } from '../../src/profiles/profile.ts';
import { profileOf } from '../../src/profiles/registry.ts';

const EVENT: StoredEvent = {
  id: 'evt_0193',
  type: 'order.completed',
  createdAt: new Date('2024-11-15T12:00:00.007+02:00'),
  acceptedAt: new Date('2024-11-15T10:00:01.999Z'),
  selzToken: 'Zz-_09Zz-_09Zz-_09Zz-_',
  data: '{"order_id":"ord_123","note":"é 🎉 </script>","amount":19700,"none":null,"list":[1,0.1,true]}',
};

describe('the body of a request', () => {
  // Deliveries asleep for a day wake up in a newer version: these bytes must not change.
  it('is these very bytes', () => {
    expect(Object.fromEntries(PROFILES.map((name) => [name, profileOf(name).body(EVENT)]))).toEqual({
      selgora:
        '{"id":"evt_0193","event":"order.completed","created_at":"2024-11-15T10:00:00.007Z","data":{"order_id":"ord_123","note":"é 🎉 </script>","amount":19700,"none":null,"list":[1,0.1,true]}}',
      selz: '{"id":"evt_0193","event":"order.completed","timestamp":1731664801,"token":"Zz-_09Zz-_09Zz-_09Zz-_","data":{"order_id":"ord_123","note":"é 🎉 </script>","amount":19700,"none":null,"list":[1,0.1,true]}}',
      standard:
        '{"id":"evt_0193","type":"order.completed","timestamp":"2024-11-15T10:00:00.007Z","data":{"order_id":"ord_123","note":"é 🎉 </script>","amount":19700,"none":null,"list":[1,0.1,true]}}',
    });
  });

  it.each([
    ['an empty object', '{}'],
    ['unicode and emoji', '{"naïve":"日本語 🎉 \u2028\u2029"}'],
    ['every escape', JSON.stringify({ 'a"b\\': '\b\f\n\r\t\u0000\u001f\u007f/' })],
    ['lone surrogates', JSON.stringify({ '\ud800': '\udfff', pair: '\ud83c\udf89' })],
    ['__proto__ and its kin', '{"__proto__":{"a":1},"constructor":2,"toString":3}'],
    ['integer-like keys', JSON.stringify(JSON.parse('{"b":1,"10":2,"2":3,"01":4,"-1":5}'))],
    ['numbers', JSON.stringify([0, -1, 0.1, 1e21, 1e-7, 9007199254740991, 1.7976931348623157e308])],
    ['the envelope inside', '{"id":1,"event":2,"data":{"data":{}}}'],
    ['deep nesting', `${'['.repeat(500)}${']'.repeat(500)}`],
    ['a bare value', '"text"'],
  ])('carries data verbatim and survives parse and stringify: %s', (_, data) => {
    for (const name of PROFILES) {
      const body = profileOf(name).body({ ...EVENT, data });
      expect(body.endsWith(`,"data":${data}}`)).toBe(true);
      expect(JSON.stringify(JSON.parse(body))).toBe(body);
      expect(Buffer.from(body).toString()).toBe(body);
    }
  });

  it("survives whatever an event's id and type hold", () => {
    for (const name of PROFILES) {
      const body = profileOf(name).body({ ...EVENT, id: '"\\\n\ud800é', type: '","data":{}' });
      expect(JSON.stringify(JSON.parse(body))).toBe(body);
      expect(JSON.parse(body).id).toBe('"\\\n\ud800é');
    }
  });
});
