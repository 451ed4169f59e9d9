import { useMay, useSession } from '../../../api/session.ts';
import { Card } from '../../../components/card.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { OnlyFor } from '../only-for.tsx';
import { AccountForm } from './account-form.tsx';
import { AccountList } from './account-list.tsx';
import { TwilioToken } from './twilio-token.tsx';

export function AccountPage() {
  const { account } = useSession();
  const mayManage = useMay('manage_accounts');
  return (
    <OnlyFor permission="change_account" title="Account">
      <PageHeader
        title="Account"
        description="The name of the account, and how its times and phone numbers are read."
      />
      <div className="space-y-5">
        <div className="grid items-start gap-5 lg:grid-cols-2">
          <Card title="Settings">
            <AccountForm account={account} />
          </Card>
          <Card title="Twilio">
            <TwilioToken isSet={account.twilio_auth_token_set} />
          </Card>
        </div>
        {mayManage && <AccountList />}
      </div>
    </OnlyFor>
  );
}
