import type { IncomingHttpHeaders } from 'node:http';

/** Robots that fetch a link because somebody pasted it: Slack, X, Facebook, Discord, WhatsApp, Telegram, LinkedIn, Teams. */
const unfurler =
  /slackbot|slack-imgproxy|twitterbot|facebookexternalhit|facebookcatalog|facebot|meta-external|discordbot|whatsapp|telegrambot|linkedinbot|skypeuripreview|microsoftpreview|teamsbot|microsoft teams/i;

/** True for a GET that was made to look at a link, not to post back (docs/senders.md#answers). */
export function isLinkPreview(method: string, headers: IncomingHttpHeaders): boolean {
  if (method !== 'GET') return false;
  const agent = headers['user-agent'];
  return isPrefetch(headers) || (agent !== undefined && unfurler.test(agent));
}

function isPrefetch(headers: IncomingHttpHeaders): boolean {
  const purposes = [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']];
  return purposes.some((purpose) => /prefetch|prerender|preview/i.test(String(purpose)));
}
