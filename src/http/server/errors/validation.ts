/** Checks requests against the schemas of their routes, and says in sentences what is wrong (docs/senders.md#answers). */
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifyRequest, FastifySchemaCompiler } from 'fastify';
import type { FastifyRouteSchemaDef } from 'fastify/types/schema.js';
import Type, { type TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';
import Format from 'typebox/format';
import { Settings } from 'typebox/system';
import { readRange } from '../../../core/access/address-list.ts';
import { notAMapping } from '../../../core/mapping/parse/mapping-faults.ts';
import { type Rejection, reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { type Fault, Invalid } from '../../../core/values/fault.ts';
import { isJsonObject } from '../../../core/values/json/json.ts';
import { isCountry } from '../../../core/values/phone/phone.ts';
import { nameCharsMax, readText } from '../../../core/values/text/text.ts';
import { isTimeZone, readInstant } from '../../../core/values/time/instant.ts';
import { standardWebhooks } from '../../../core/verify/schemes/standard-webhooks.ts';

const addressCharsMax = 64;

/** What our own formats accept, and what to send for them. */
const formats: Record<string, { accepts(text: string): boolean; detail: string }> = {
  'short-text': {
    accepts: (text) => !(readText(text, nameCharsMax) instanceof Invalid),
    detail: `Send text of 1 to ${nameCharsMax} characters, without NUL characters and broken Unicode.`,
  },
  'time-zone': { accepts: isTimeZone, detail: 'Send an IANA time zone name, such as America/New_York.' },
  'address-range': {
    accepts: (text) => text.length <= addressCharsMax && readRange(text) !== null,
    detail: 'Send an IPv4 or IPv6 address such as 203.0.113.7, or a CIDR range such as 203.0.113.0/24.',
  },
  'signing-secret': {
    accepts: standardWebhooks.isSecret,
    detail: 'Send the secret as whsec_ and the base64 of 24 to 64 bytes.',
  },
  'visible-ascii': {
    accepts: (text) => /^[\x21-\x7e]{1,200}$/.test(text),
    detail: 'Send the secret as it was given to you: 1 to 200 visible characters of ASCII, without spaces.',
  },
  future: {
    accepts: (text) => /[zZ]$|[+-]\d\d:?\d\d$/.test(text) && isFuture(readInstant(text, 'UTC')),
    detail: 'Send a time to come in RFC 3339 with its offset, such as 2027-01-31T00:00:00Z.',
  },
  email: {
    accepts: (text) => text.length <= 200 && /^[^\s@"<>:]+@[^\s@"<>:]+\.[^\s@"<>:]+$/u.test(text.trim()),
    detail: 'Send an e-mail address, such as ana@acme.example.',
  },
  country: {
    accepts: (text) => isCountry(text.toUpperCase()),
    detail: 'Send a country as its two letters of ISO 3166, such as US.',
  },
};
/** All that a body of 64 KiB can get wrong: the library stops at 8 otherwise, and says then of no field that it is unknown. */
Settings.Set({ maxErrors: 20_000 });
for (const [name, { accepts }] of Object.entries(formats)) Format.Set(name, accepts);

/** For routes whose schemas are documentation. Fastify calls no validator then, and does not parse the query for one; its types ask for one. */
export const noValidator = (() => null) as unknown as FastifySchemaCompiler<unknown>;

/**
 * A body that may be left out reaches the validator as null.
 * Compiled for the first request of the route: all of them together take 20 ms of a start.
 */
export function compileValidator(route: FastifyRouteSchemaDef<TSchema>) {
  let validate: ReturnType<typeof TypeBoxValidatorCompiler> | undefined;
  const isOptional = Type.IsOptional(route.schema);
  return (value: unknown) => {
    if (isOptional && value === null) return { value };
    validate ??= TypeBoxValidatorCompiler(route);
    return validate(value);
  };
}

function isFuture(read: string | Invalid): boolean {
  return typeof read === 'string' && Date.parse(read) > Date.now();
}

type ValidationError = Error & { validation: TLocalizedValidationError[] };

/** The rejection of a body in which its route's schema found faults; null for any other error. */
export function rejectionOfValidation(error: unknown, request: FastifyRequest): Rejection | null {
  if (!isValidationError(error)) return null;
  return isNoObject(error) ? notAnObject() : rejectFaults(faultsOfSchema(error, request));
}

/**
 * For a route with `attachValidation`, which has checks of its own: one answer tells the faults of both.
 * @param check finds what is wrong with the members in which the schema finds nothing wrong
 * @returns what `check` returns where nothing is wrong
 */
export async function checkBody<B extends object, R extends object>(
  request: FastifyRequest,
  check: (body: Partial<B>) => R | Rejection | Promise<R | Rejection>,
): Promise<R | Rejection> {
  const error: unknown = request.validationError;
  if (error !== undefined && !isValidationError(error)) throw error;
  if (error !== undefined && isNoObject(error)) return notAnObject();
  const faults = error === undefined ? [] : faultsOfSchema(error, request);
  const wrong = new Set(faults.map(({ field }) => memberOf(field)));
  const members = Object.entries(request.body ?? {}).filter(([name]) => !wrong.has(name));
  const checked = await check(Object.fromEntries(members) as Partial<B>); // the schema finds these right
  if (faults.length === 0) return checked;
  const own = 'code' in checked ? (checked as Rejection).errors : [];
  return rejectFaults([...faults, ...own.filter(({ field }) => !wrong.has(memberOf(field)))]);
}

function memberOf(field: string | null): string {
  return field?.split(/[./]/)[0] ?? '';
}

function isNoObject({ validation }: ValidationError): boolean {
  return validation.some(({ keyword, instancePath }) => keyword === 'type' && instancePath === '');
}

function notAnObject(): Rejection {
  return reject('malformed_body', 'Send one JSON object.');
}

function faultsOfSchema(error: ValidationError, { routeOptions }: FastifyRequest): Fault[] {
  const faults = new Map<string, Fault>();
  const paths = error.validation.map(({ instancePath }) => instancePath);
  const closed = new Set(
    error.validation.filter(({ keyword }) => keyword === 'boolean').map(({ instancePath }) => instancePath),
  );
  const reported = error.validation.filter((one) => !isOfAlternatives(one, paths));
  for (const fault of reported.flatMap((one) => faultsOf(one, routeOptions.schema?.body, closed))) {
    const name = fault.field ?? '';
    if (!faults.has(name)) faults.set(name, fault); // one value breaks several rules at once: the first says enough
  }
  return [...faults.values()];
}

function isValidationError(error: unknown): error is ValidationError {
  return error instanceof Error && 'validation' in error && Array.isArray(error.validation);
}

/** True where a value fits no alternative, such as null, and another error names the member that is wrong. */
function isOfAlternatives(
  { keyword, instancePath, params }: TLocalizedValidationError,
  paths: string[],
): boolean {
  const isNull = keyword === 'type' && 'type' in params && params.type === 'null';
  return (keyword === 'anyOf' || isNull) && paths.some((path) => path.startsWith(`${instancePath}/`));
}

/** The names of the members that a schema has at the path of a value. */
function namesAt(schema: unknown, path: string[]): string[] {
  if (!isJsonObject(schema)) return [];
  const { anyOf, properties } = schema;
  if (Array.isArray(anyOf)) return anyOf.flatMap((one) => namesAt(one, path));
  if (!isJsonObject(properties)) return [];
  const [first, ...rest] = path;
  return first === undefined ? Object.keys(properties) : namesAt(properties[first], rest);
}

/** @param closed paths of members that no schema allows; other additional members only have a wrong value */
function faultsOf(error: TLocalizedValidationError, schema: unknown, closed: Set<string>): Fault[] {
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((field) =>
        faultOf(field, `Send "${field}": it is required.`),
      );
    case 'additionalProperties': {
      const path = error.instancePath.split('/').slice(1);
      const detail = `There is no such field here; this takes ${namesAt(schema, path).join(', ')}.`;
      return error.params.additionalProperties
        .filter((name) =>
          closed.has(`${error.instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
        )
        .map((name) => ({ field: [...path, name].join('.'), code: 'unknown_field', detail }));
    }
    case 'boolean': // repeats that a field is unknown
      return [];
    default:
      if (error.instancePath === '/mapping') return [notAMapping()];
      return [faultOf(error.instancePath.slice(1).replaceAll('/', '.') || null, sentenceOf(error))];
  }
}

function faultOf(field: string | null, detail: string): Fault {
  return { field, code: 'invalid_value', detail };
}

const typeSentences: Record<string, string> = {
  integer: 'Send a whole number.',
  number: 'Send a number.',
  boolean: 'Send true or false.',
  string: 'Send text.',
};

function sentenceOf(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case 'type':
      return typeSentences[String(error.params.type)] ?? 'Send a value of another type.';
    case 'minimum':
      return `Send a number of at least ${error.params.limit}.`;
    case 'maximum':
      return `Send a number of at most ${error.params.limit}.`;
    case 'minItems':
    case 'maxItems':
    case 'uniqueItems':
      return 'Send a list of 1 to 100 entries, each of them once; or null.';
    case 'enum':
      return `Send one of: ${error.params.allowedValues.join(', ')}.`;
    case 'minLength':
    case 'maxLength':
      return formats['short-text']?.detail ?? '';
    case 'format':
      return formats[error.params.format]?.detail ?? '';
    default:
      return `Send another value: this one ${error.message}.`;
  }
}
