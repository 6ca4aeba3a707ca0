# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client that speaks the protocol itself, without libvirt: sockets, TLS and SCRAM of Python's
own library.  What it is answered is put down for comparing one daemon with another."""

import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct

REMOTE, KEEPALIVE = 0x20008086, 0x6b656570
CALL, REPLY, MESSAGE = 0, 1, 2
OPEN, CLOSE, GET_TYPE, GET_INFO, LOOKUP, RESUME, SUSPEND, NUM_OF_DOMAINS = 1, 2, 3, 16, 23, 28, 34, 51
AUTH_LIST, SASL_INIT, SASL_START, SASL_STEP = 66, 67, 68, 69
LIST_ALL, REGISTER, DEREGISTER, LIFECYCLE = 273, 316, 317, 318


def string(text):
    data = text.encode()
    return struct.pack('>I', len(data)) + data + bytes(-len(data) % 4)


def chars(data):
    """An array of char: four bytes each."""
    return struct.pack('>II', 0, len(data)) + struct.pack('>%dI' % len(data), *data)


class Bare:
    def __init__(self, sock):
        self.sock, self.serial, self.events = sock, 0, []

    def take(self, n):
        data = b''
        while len(data) < n:
            more = self.sock.recv(n - len(data))
            if not more:
                raise ConnectionError('hung up')
            data += more
        return data

    def receive(self):
        length = struct.unpack('>I', self.take(4))[0]
        program, version, number, kind, serial, status = struct.unpack('>IIiIII', self.take(24))
        return program, number, kind, serial, status, self.take(length - 28)

    def send(self, number, body=b'', program=REMOTE, kind=CALL):
        self.serial += 1
        self.sock.sendall(struct.pack('>IIIiIII', 28 + len(body), program, 1, number, kind, self.serial if kind == CALL else 0, 0) +
                          body)

    def call(self, number, body=b''):
        """Status and body of the reply; events that come before it are kept."""
        self.send(number, body)
        while True:
            program, event, kind, serial, status, answer = self.receive()
            if kind == REPLY and serial == self.serial:
                return status, answer
            if (program, event) == (REMOTE, LIFECYCLE):
                self.events.append(answer)
            elif (program, event) == (KEEPALIVE, 1):
                self.send(2, program=KEEPALIVE, kind=MESSAGE)

    def log_in(self, user, password):
        """By SCRAM-SHA-256 (RFC 7677)."""
        self.call(SASL_INIT)
        nonce = base64.b64encode(os.urandom(18)).decode()
        first = 'n=%s,r=%s' % (user, nonce)
        mechanism = 'SCRAM-SHA-256'
        status, answer = self.call(SASL_START, string(mechanism) + chars(('n,,' + first).encode()))
        assert status == 0, answer
        server = self.chars_of(answer).decode()
        said = dict(part.split('=', 1) for part in server.split(','))
        assert said['r'].startswith(nonce)
        last = 'c=biws,r=' + said['r']
        salted = hashlib.pbkdf2_hmac('sha256', password.encode(), base64.b64decode(said['s']), int(said['i']))
        whole = ','.join((first, server, last)).encode()

        def sign(key, text):
            return hmac.new(key, text, 'sha256').digest()

        key = sign(salted, b'Client Key')
        proof = bytes(a ^ b for a, b in zip(key, sign(hashlib.sha256(key).digest(), whole)))
        status, answer = self.call(SASL_STEP, chars((last + ',p=' + base64.b64encode(proof).decode()).encode()))
        assert status == 0, answer
        verifier = base64.b64encode(sign(sign(salted, b'Server Key'), whole)).decode()
        return self.chars_of(answer) == ('v=' + verifier).encode() and struct.unpack('>I', answer[:4])[0] == 1

    @staticmethod
    def chars_of(answer):
        n = struct.unpack('>I', answer[8:12])[0]
        return bytes(value & 255 for value in struct.unpack('>%di' % n, answer[12:12 + 4 * n]))


def over_tls(port, pki):
    context = ssl.create_default_context(cafile=pki + '/cacert.pem')
    context.load_cert_chain(pki + '/clientcert.pem', pki + '/clientkey.pem')
    sock = context.wrap_socket(socket.create_connection(('localhost', port), timeout=20), server_hostname='localhost')
    assert sock.recv(1) == b'\1', 'TLS: the byte that lets us begin'
    return sock


def over_unix(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(20)
    sock.connect(path)
    return sock


def conversation(sock, login=None):
    """Names and what was answered."""
    bare = Bare(sock)
    yield 'ways', bare.call(AUTH_LIST)
    if login:
        yield 'login', bare.log_in(*login)
    yield 'before it is open', bare.call(NUM_OF_DOMAINS)[0]
    yield 'open', bare.call(OPEN, struct.pack('>I', 1) + string('test:///default') + bytes(4))
    yield 'type', bare.call(GET_TYPE)
    yield 'number', bare.call(NUM_OF_DOMAINS)
    yield 'list', bare.call(LIST_ALL, struct.pack('>iI', 1, 0))
    status, domain = bare.call(LOOKUP, string('test'))
    yield 'look up', (status, domain)
    yield 'info', (lambda reply: (reply[0], reply[1][:20]))(bare.call(GET_INFO, domain))        # then comes processor time
    status, callback = bare.call(REGISTER, struct.pack('>iI', 0, 0))
    yield 'register', (status, len(callback))
    yield 'suspend', bare.call(SUSPEND, domain)
    yield 'resume', bare.call(RESUME, domain)
    bare.send(1, program=KEEPALIVE, kind=MESSAGE)       # ping; what comes before the answer are events
    pong = None
    while pong is None or len(bare.events) < 2:
        program, number, kind, *_, answer = bare.receive()
        if program == KEEPALIVE and number == 2:
            pong = kind
        else:
            bare.events.append(answer)
    yield 'pong', pong
    yield 'events', [event[4:] for event in bare.events]
    yield 'deregister', bare.call(DEREGISTER, callback)
    yield 'no such domain', (lambda reply: (reply[0], reply[1][:8]))(bare.call(LOOKUP, string('nobody')))
    yield 'no such procedure', (lambda reply: (reply[0], reply[1][:8]))(bare.call(9999))
    yield 'close', bare.call(CLOSE)
    try:
        yield 'the end', sock.recv(1)
    except ConnectionError:
        yield 'the end', b''
    sock.close()
