import { Argument, type Command, Option } from 'commander';
import { type Role, roles } from '../../core/access/role.ts';
import type { NewPersonOptions, PersonOptions } from './person.ts';

const examples = `
Examples:
  ringback person invite ana@acme.example 'Ana of finance' --role analyst
  ringback person reset ana@acme.example
  ringback person role ana@acme.example operator
  ringback person remove ana@acme.example`;

/** `person`, in the database of the settings. */
export function addPersonCommands(
  program: Command,
  help: string,
  accountOption: () => Option,
  end: (exitCode: number) => void,
): void {
  const person = program
    .command('person')
    .description('people who sign in by their e-mail address: invited, listed, changed, removed');
  const whom = () => new Argument('<person>', 'e-mail address or id');
  const role = () => new Argument('<role>', 'what the person may do').choices(roles);
  const text = `${examples}\n${help}`;
  person
    .command('invite')
    .description('make a person, and print the link that sets the password')
    .argument('<email>')
    .argument('<name>', 'shown in timelines and in the audit log')
    .addOption(new Option('--role <role>', 'what the person may do').choices(roles).makeOptionMandatory())
    .addOption(accountOption())
    .addHelpText('after', text)
    .action(async (email: string, name: string, options: NewPersonOptions) => {
      const { invitePerson } = await import('./person.ts');
      end(await invitePerson(email, name, options));
    });
  person
    .command('list')
    .description('list the people of an account, newest first')
    .addOption(accountOption())
    .addHelpText('after', text)
    .action(async (options: PersonOptions) => {
      const { listPeople } = await import('./person.ts');
      end(await listPeople(options));
    });
  person
    .command('role')
    .description('change what a person may do, from the next request on')
    .addArgument(whom())
    .addArgument(role())
    .addOption(accountOption())
    .addHelpText('after', text)
    .action(async (wanted: string, chosen: Role, options: PersonOptions) => {
      const { changeRole } = await import('./person.ts');
      end(await changeRole(wanted, chosen, options));
    });
  person
    .command('reset')
    .description('print a new link, for a lost password or an invitation that expired; earlier links end')
    .addArgument(whom())
    .addOption(accountOption())
    .addHelpText('after', text)
    .action(async (wanted: string, options: PersonOptions) => {
      const { resetPerson } = await import('./person.ts');
      end(await resetPerson(wanted, options));
    });
  person
    .command('remove')
    .description('remove a person, and sign out its browsers')
    .addArgument(whom())
    .addOption(accountOption())
    .addHelpText('after', text)
    .action(async (wanted: string, options: PersonOptions) => {
      const { removePerson } = await import('./person.ts');
      end(await removePerson(wanted, options));
    });
}
