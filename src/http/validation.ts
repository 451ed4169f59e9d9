/** Checks requests against the schemas of their routes, and says in sentences what is wrong (contract 2.8 and 3). */
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type, { type TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';
import Format from 'typebox/format';
import { type Fault, Invalid } from '../core/fault.ts';
import { isJsonObject } from '../core/json.ts';
import { type Refusal, refuse, refuseFaults } from '../core/refusal.ts';
import { readText } from '../core/text.ts';
import { nameCharsMax } from './api-types.ts';

Format.Set('name', (text) => !(readText(text, nameCharsMax) instanceof Invalid));

/** A body that may be left out reaches the validator as null. */
export function compileValidator(route: { schema: TSchema }) {
  const validate = TypeBoxValidatorCompiler(route);
  if (!Type.IsOptional(route.schema)) return validate;
  return (value: unknown) => (value === null ? { value } : validate(value));
}

type Part = 'body' | 'querystring';
type ValidationError = Error & { validation: TLocalizedValidationError[]; validationContext?: string };

/** The refusal of what a schema found; null for any other error. */
export function refusalOfValidation(error: unknown, request: FastifyRequest): Refusal | null {
  if (!isValidationError(error)) return null;
  const part = error.validationContext === 'body' ? 'body' : 'querystring';
  const isNoObject = error.validation.some(
    ({ keyword, instancePath }) => keyword === 'type' && instancePath === '',
  );
  if (isNoObject) return refuse('malformed_body', 'Send one JSON object.');
  const faults = new Map<string, Fault>();
  for (const fault of error.validation.flatMap((one) => faultsOf(one, part, request))) {
    const name = fault.field ?? '';
    if (!faults.has(name)) faults.set(name, fault); // one value breaks several rules at once: the first says enough
  }
  return refuseFaults([...faults.values()]);
}

function isValidationError(error: unknown): error is ValidationError {
  return error instanceof Error && 'validation' in error && Array.isArray(error.validation);
}

function faultsOf(error: TLocalizedValidationError, part: Part, request: FastifyRequest): Fault[] {
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((field) =>
        faultOf(field, `Send "${field}": it is required.`),
      );
    case 'additionalProperties': {
      const detail = `There is no such ${part === 'body' ? 'field' : 'parameter'}: send ${namesOf(request, part)}.`;
      return error.params.additionalProperties.map((field) => ({ field, code: 'unknown_field', detail }));
    }
    case 'boolean': // says once more that a field is unknown
      return [];
    default:
      return [faultOf(error.instancePath.slice(1).replaceAll('/', '.') || null, sentenceOf(error, part))];
  }
}

function faultOf(field: string | null, detail: string): Fault {
  return { field, code: 'invalid_value', detail };
}

/** The names that the route's schema knows. */
function namesOf({ routeOptions }: FastifyRequest, part: Part): string {
  const schema: unknown = routeOptions.schema?.[part];
  const members = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(members) ? Object.keys(members).join(', ') : 'a name that /docs lists';
}

const sentencesOfTypes: Record<string, string> = {
  integer: 'Send a whole number.',
  number: 'Send a number.',
  boolean: 'Send true or false.',
};

function sentenceOf(error: TLocalizedValidationError, part: Part): string {
  switch (error.keyword) {
    case 'type':
      // Text of a query has another type only where the name is repeated.
      return (
        sentencesOfTypes[String(error.params.type)] ?? (part === 'body' ? 'Send text.' : 'Send it once only.')
      );
    case 'minimum':
      return `Send a number of at least ${error.params.limit}.`;
    case 'maximum':
      return `Send a number of at most ${error.params.limit}.`;
    case 'enum':
      return `Send one of: ${error.params.allowedValues.join(', ')}.`;
    case 'format':
    case 'minLength':
    case 'maxLength':
      return `Send text of 1 to ${nameCharsMax} characters, without NUL characters and broken Unicode.`;
    default:
      return `Send another value: this one ${error.message}.`;
  }
}
