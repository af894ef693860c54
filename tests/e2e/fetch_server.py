"""An HTTP server that does exactly what a test says, byte by byte.

    with Server() as server:
        server.on('/a', ok(b'text'))
        server.on('/b', raw(502), ok(b'second try'))
        ... server.url('/a') ... server.requests ...

Each path has a list of steps; the n-th request of the path takes the n-th
step, and the last one from then on. A step is the bytes of a whole answer, or
a function (connection, request) that writes by itself; the connection is
closed after it when it returns CLOSE. Every request is recorded.
"""
import socket
import ssl
import threading
import time

CLOSE = object()


def raw(status, body=b'', *fields, length=None, reason='Said'):
    """The bytes of an answer; `length` is a Content-Length that may lie."""
    length = len(body) if length is None else length
    head = [f'HTTP/1.1 {status} {reason}', *fields]
    if length is not False:
        head.append(f'Content-Length: {length}')
    return '\r\n'.join(head).encode('latin-1') + b'\r\n\r\n' + body


def ok(body=b'', *fields, **more):
    return raw(200, body, *fields, **more)


def closing(answer):
    """Sends the bytes, then closes the connection."""
    def step(connection, request):
        connection.sendall(answer)
        return CLOSE
    return step


def chunked(*pieces, end=b'0\r\n\r\n', fields=()):
    head = raw(200, b'', 'Transfer-Encoding: chunked', *fields, length=False)
    return head + b''.join(b'%x\r\n%s\r\n' % (len(piece), piece)
                           for piece in pieces) + end


def slowly(pieces, pause):
    """Sends one piece after another; ends when the client goes."""
    def step(connection, request):
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        return CLOSE
    return step


def after(seconds, answer):
    def step(connection, request):
        time.sleep(seconds)
        connection.sendall(answer)
    return step


class Request:
    def __init__(self, head, connection):
        lines = head.decode('latin-1').split('\r\n')
        self.line = lines[0]
        self.method, self.path = lines[0].split(' ')[:2]
        self.fields = [tuple(line.split(': ', 1)) for line in lines[1:]]
        self.connection = connection
        self.time = time.monotonic()

    def __getitem__(self, name):
        """The field's value; None when it was not sent."""
        for key, value in self.fields:
            if key.lower() == name.lower():
                return value
        return None


class Server:
    def __init__(self, host='127.0.0.1', certificate=None, greet=None):
        self.requests, self.steps = [], {}
        self.now, self.most = 0, 0   # requests that are being answered
        self.connections = 0
        self.bad_connections = set()
        self.lock = threading.Lock()
        self.greet = greet
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*certificate)
        self.host = host
        family = socket.AF_INET6 if ':' in host else socket.AF_INET
        self.socket = socket.create_server((host, 0), family=family,
                                           backlog=128)
        self.port = self.socket.getsockname()[1]
        self.open = []

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *what):
        # Else a thread in accept() may take a later server's connections.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()

    def url(self, path='', host=None, user=''):
        scheme = 'https' if self.tls else 'http'
        host = host or self.host
        return f'{scheme}://{user}{host}:{self.port}{path}'

    def on(self, path, *steps):
        self.steps[path] = list(steps)

    def seen(self, path):
        return [r for r in self.requests if r.path == path]

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.connections += 1
                number = self.connections
                self.open.append(connection)
            threading.Thread(target=self.serve, args=(connection, number),
                             daemon=True).start()

    def serve(self, connection, number):
        try:
            if self.greet:
                self.greet(connection)
            if self.tls:
                connection = self.tls.wrap_socket(connection,
                                                  server_side=True)
            while self.answer(connection, number):
                pass
            connection.close()
        except (OSError, ValueError):
            connection.close()

    def answer(self, connection, number):
        head = self.read_head(connection)
        if not head:
            return False
        request = Request(head, number)
        with self.lock:
            self.requests.append(request)
            steps = self.steps.get(request.path) or self.steps.get('*') \
                or [raw(404)]
            step = steps.pop(0) if len(steps) > 1 else steps[0]
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            if callable(step):
                return step(connection, request) is not CLOSE
            connection.sendall(step)
            return True
        finally:
            with self.lock:
                self.now -= 1

    def read_head(self, connection):
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            byte = connection.recv(1)
            if not byte:
                return None
            head += byte
        return head[:-4]
