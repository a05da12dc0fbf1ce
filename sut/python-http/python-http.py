"""python-http: the standard library's http.server with HTTP/1.1. The SUT contract is in agent/load/README.md."""

import ipaddress
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = b"Hello World\n"


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Both kept off the path that is timed: the answer leaves in one write, and nothing is logged per request.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a hook that blocks fails a read: the connection ends, the program goes on


def fail(text):
    print(f"python-http: {text}", file=sys.stderr)
    sys.exit(1)


def main():
    address = os.environ.get("HOOKBENCH_LISTEN", "127.0.0.1")
    port = os.environ.get("HOOKBENCH_PORT", "0")
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        fail(f'HOOKBENCH_LISTEN "{address}" is not an IPv4 address')
    if not port.isdecimal() or int(port) > 65535:
        fail(f'HOOKBENCH_PORT "{port}" is not a port')
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        server = Server((address, int(port)), Hello)
    except OSError as error:
        fail(f"can't listen on {address} port {port}: {error.strerror}")
    print(f"HOOKBENCH_READY port={server.server_address[1]} pid={os.getpid()}", flush=True)
    server.serve_forever()


main()
