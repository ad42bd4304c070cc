"""A picture by its address on the web: only http(s), only public addresses, only so much and so long.

A server that fetches what strangers name can be led to what only it can reach: itself, the router, a cloud's metadata. So
the name is looked up once, every address that it has must be public, and the connection goes to the very address that was
judged: a name that means something else a moment later changes nothing. Each redirect is judged anew.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from urllib.parse import SplitResult, urljoin, urlsplit

from vlm.errors import UsageError
from web.api.errors import Busy, TooBig
from web.security import MOST_UPLOADED

SECONDS = 15.0
MOST_REDIRECTS = 3
AT_ONCE = 4
MOST_CHARACTERS = 2_000
# Other ports belong to other things than pictures.
PORTS = {"http": 80, "https": 443}
# What is given out of IPv6; the rest is for local use, or for nothing yet.
_UNICAST = ipaddress.ip_network("2000::/3")
# Global by their numbers, and yet of no picture's site: clouds tell their machines' secrets there, relays, documentation.
_OTHERS = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_AGENT = "imsearch (a picture by its address)"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotFetched(UsageError):
    """The address gives no picture to us: why, and what helps."""


class Fetcher:
    """Fetches pictures from the public web. No proxy is heeded, no cookie kept, no name or password sent."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def fetch(self, url: str) -> bytes:
        """What is at `url`, at most MOST_UPLOADED bytes. Raises NotFetched, TooBig or Busy."""
        if not self._places.acquire(blocking=False):
            raise Busy("Too many pictures are being fetched; try again in a moment.")
        try:
            return self._fetch(url, time.monotonic() + SECONDS)
        finally:
            self._places.release()

    def _fetch(self, url: str, ends: float) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            parts = _checked(url)
            host = parts.hostname or ""
            try:
                with self._connected(parts, ends) as connected:
                    answer = _asked(connected, parts)
                    if answer.status not in (301, 302, 303, 307, 308):
                        return _body(answer, ends)
                    url = urljoin(url, answer.getheader("Location") or "")
            except (OSError, http.client.HTTPException, ValueError) as error:
                _left(ends)
                said = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
                raise NotFetched(
                    f"Nothing can be fetched from {host} ({said}); save the picture and send it."
                ) from None
        raise NotFetched("The address leads on and on; save the picture and send it.")

    @contextlib.contextmanager
    def _connected(self, parts: SplitResult, ends: float) -> Iterator[socket.socket]:
        """A connection to a judged address, cut when the time is over: a server that drips may not hold a thread."""
        host = parts.hostname or ""
        connected = self._to_one_of(self._judged(host, parts), self._port(parts), ends)
        alarm = None
        try:
            if parts.scheme == "https":
                context = ssl.create_default_context()
                connected = context.wrap_socket(connected, server_hostname=host, do_handshake_on_connect=False)
            alarm = threading.Timer(_left(ends), _cut, [connected])
            alarm.start()
            if isinstance(connected, ssl.SSLSocket):
                connected.do_handshake()
            yield connected
        finally:
            if alarm:
                alarm.cancel()
            connected.close()

    @staticmethod
    def _to_one_of(addresses: list[Address], port: int, ends: float) -> socket.socket:
        wrong: OSError | None = None
        for address in addresses:
            try:
                return socket.create_connection((str(address), port), timeout=min(5.0, _left(ends)))
            except OSError as error:
                wrong = error
        raise wrong or OSError("no address")

    def _judged(self, host: str, parts: SplitResult) -> list[Address]:
        """The addresses to connect to. Raises NotFetched where any of the name's is not public."""
        try:
            found = socket.getaddrinfo(host, self._port(parts), type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotFetched(f"There is no {host} on the web; look whether the address is right.") from None
        addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not all(self.allows(address) for address in addresses):
            raise NotFetched(f"{host} is not on the public web; save the picture and send it.")
        return addresses

    def allows(self, address: Address) -> bool:
        """Whether pictures may be fetched from this address."""
        return is_public(address)

    def _port(self, parts: SplitResult) -> int:
        port = parts.port or PORTS[parts.scheme]
        if not self.allows_port(port):
            raise NotFetched(f"Pictures are fetched from the ports 80 and 443 alone, not from {port}.")
        return port

    def allows_port(self, port: int) -> bool:
        """Whether pictures may be fetched from this port."""
        return port in PORTS.values()


def is_public(address: Address) -> bool:
    """Whether an address is one of the public web, also where IPv6 only wraps one of IPv4."""
    kept_out = any(address in one for one in _OTHERS)
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
        return address in _UNICAST and address.is_global and not kept_out
    return address.is_global and not address.is_multicast and not kept_out


def _checked(url: str) -> SplitResult:
    """Raises NotFetched for what is no plain http(s) address."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is none
    except ValueError:
        raise NotFetched("This is no address; it begins with https://") from None
    if len(url) > MOST_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise NotFetched("This address is too long, or has signs that addresses do not have; copy it from the browser.")
    if parts.scheme not in PORTS or not parts.hostname:
        raise NotFetched("Only addresses that begin with https:// or http:// are fetched.")
    if parts.username is not None or parts.password is not None:
        raise NotFetched("An address with a name or password in it is not fetched.")
    return parts


def _asked(connected: socket.socket, parts: SplitResult) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(parts.hostname or "")
    connection.sock = connected
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", parts.netloc)
    connection.putheader("User-Agent", _AGENT)
    connection.putheader("Accept", "image/*")
    connection.putheader("Connection", "close")
    connection.endheaders()
    return connection.getresponse()


def _cut(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _body(answer: http.client.HTTPResponse, ends: float) -> bytes:
    if answer.status != 200:
        raise NotFetched(
            f"The web server answered {answer.status}; open the address in a browser to see what it gives."
        )
    data = bytearray()
    while True:
        more = answer.read1(65_536)
        _left(ends)  # a connection that was cut looks like the end
        if not more:
            return bytes(data)
        data += more
        if len(data) > MOST_UPLOADED:
            raise TooBig(f"The picture is bigger than {MOST_UPLOADED // 1_000_000} MB; send a smaller copy.")


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise NotFetched(_SLOW)
    return left


_SLOW = f"The picture did not come within {SECONDS:.0f} seconds; save it and send it."
