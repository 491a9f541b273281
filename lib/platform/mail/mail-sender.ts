/** A mail that is ready to go. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers?: { readonly [name: string]: string };
}

/** Hands a mail to a transport; resolves when the transport has accepted it. */
export interface MailSender {
  /** @throws MailNotAccepted when the transport refuses it or cannot be reached. */
  send(mail: Mail): Promise<{ readonly messageId: string }>;
}
