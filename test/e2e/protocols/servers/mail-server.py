"""A mail server: port, directory, and `plain`, `starttls` or `tls`. Each message becomes a file, with its envelope first."""

import json
import os
import signal
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

port, directory, security = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Mailbox:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody@'):
            return '550 5.1.1 nobody is here'
        if address.startswith('later@'):
            return '451 4.2.1 come later'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        Mailbox.count += 1
        head = {'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'tls': security == 'tls' or session.ssl is not None}
        path = os.path.join(directory, f'{Mailbox.count:04}.eml')
        with open(path + '.part', 'wb') as file:
            file.write(json.dumps(head).encode() + b'\n' + envelope.content)
        os.rename(path + '.part', path)
        return f'250 OK {Mailbox.count}'


def authenticate(server, session, envelope, mechanism, credentials):
    known = credentials.login == b'hub' and credentials.password == b'open-sesame-1234'
    return AuthResult(success=known, handled=False)


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
if security != 'plain':
    context.load_cert_chain(os.path.join(directory, 'cert.pem'), os.path.join(directory, 'key.pem'))

ways = {
    'plain': {'auth_require_tls': False},
    'starttls': {'tls_context': context, 'require_starttls': True},
    # The library knows of no TLS that was there from the start.
    'tls': {'ssl_context': context, 'auth_require_tls': False},
}
options = {'authenticator': authenticate, 'auth_required': True, **ways[security]}
Controller(Mailbox(), hostname='127.0.0.1', port=port, **options).start()
signal.pause()
