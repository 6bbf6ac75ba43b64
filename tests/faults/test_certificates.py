"""Only a service whose certificate verifies gets the login; of the others the reader is told."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.faults.home import Home, helps, home_at
from tests.faults.test_bad_input import ended, worklist_of
from tests.services.scripted import STUDY, WORKITEM, Scripted, running, workitem
from workstation.domain.errors import CertificateRefused
from workstation.domain.study import RetrievalState
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.service import ReadingService
from workstation.workflow.retrieving import Retrieving


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path / "home") as made:
        yield made


@pytest.fixture
def site() -> Iterator[Scripted]:
    with running(Scripted(workitems={WORKITEM: workitem()})) as script:
        yield script


def certificate(
    name: str,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
    *,
    address: str = "127.0.0.1",
    days: tuple[int, int] = (-1, 1),
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate for an address, valid between two days from now; its own issuer unless
    another is given."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), True)
    )
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


class TlsSite:
    """An HTTPS server that lists no task; `requests` counts what reached it."""

    def __init__(self, pem: Path) -> None:
        self.requests = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.requests += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing: `requests` counts."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that refuses the certificate breaks off: that is what is tested."""

            def get_request(self) -> tuple[ssl.SSLSocket, object]:
                plain, where = self.socket.accept()
                plain.settimeout(5)
                return context.wrap_socket(plain, server_side=True), where

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}/dicom-web"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.mark.parametrize("fault", ["self-signed", "expired", "of another address", "none"])
def test_only_a_certificate_that_verifies_gets_the_login(
    home: Home, site: Scripted, tmp_path: Path, fault: str
) -> None:
    authority = certificate("Authority of the site")
    if fault == "self-signed":
        shown = certificate("127.0.0.1")
    else:
        shown = certificate(
            "127.0.0.1",
            authority,
            address="127.0.0.2" if fault == "of another address" else "127.0.0.1",
            days=(-9, -2) if fault == "expired" else (-1, 1),
        )
    trusted, pem = tmp_path / "authority.pem", tmp_path / "site.pem"
    trusted.write_bytes(authority[0].public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(
        shown[0].public_bytes(serialization.Encoding.PEM)
        + shown[1].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    tls = TlsSite(pem)
    login = BasicLogin("reader", "pw")
    secure = ReadingService(
        Endpoint("tls", "TLS site", tls.url, login, certificate_authority=str(trusted)),
        connect_seconds=3,
    )
    plain = ReadingService(Endpoint("night", "Night site", site.url))
    retrieving = Retrieving([secure], home.store)
    try:
        if fault == "none":
            assert secure.search() == []
            assert tls.requests
            return
        with pytest.raises(CertificateRefused) as said:
            secure.search()
        assert "TLS site" in helps(said.value).happened
        retrieving.start("tls", STUDY)
        assert ended(retrieving, RetrievalState.PAUSED).problem == said.value.sentence()
        worklist = worklist_of(home, secure, plain)
        worklist.refresh(priors=False)
        assert [row.task.workitem_uid for row in worklist.rows()] == [WORKITEM]
        assert tls.requests == 0, "a request went to a server that did not prove who it is"
    finally:
        retrieving.stop()
        secure.close()
        plain.close()
        tls.close()
