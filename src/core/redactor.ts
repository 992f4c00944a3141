/** Takes secrets out of a text. Every text that a server wrote passes one before it reaches an output. */
export type Redactor = (text: string) => string;

const mask = '[redacted]';
const sensitiveHeader = /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|api-key|x-auth-token)$/i;

/** Whether the value of a header of this name is a secret. */
export const isSensitiveHeader = (name: string): boolean => sensitiveHeader.test(name.trim());

/**
 * A redactor for these secrets in every form in which a server can echo them (as they are, JSON- or URL- or HTML-escaped,
 * base64), for user-info in URLs, and for the values of Authorization, Cookie and X-API-Key whoever set them.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.filter((s) => s !== '').flatMap(echoes))].sort((a, b) => b.length - a.length);
  const known = forms.length === 0 ? null : new RegExp(forms.map(escapeRegExp).join('|'), 'gi');
  return (text) => {
    let clean = known ? text.replace(known, mask) : text;
    clean = clean.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s"'@]+@/gi, `$1${mask}@`);
    // A token, not a word: "Bearer authentication failed" stays readable.
    clean = clean.replace(/\b(bearer\s+)(?=\S*[\d._~+/=-])[A-Za-z0-9._~+/=-]{8,}/gi, `$1${mask}`);
    return clean.replace(
      /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|api[-_]key)(["']?\s*[:=]\s*)(?!\[redacted\])("(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n,}]+)/gi,
      `$1$2${mask}`,
    );
  };
}

function echoes(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const base64 = btoa(String.fromCharCode(...bytes));
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    html,
    html.replaceAll("'", '&#x27;'),
    base64,
    base64.replace(/=+$/, ''),
  ];
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
