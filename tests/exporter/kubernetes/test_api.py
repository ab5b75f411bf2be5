"""The connection to the API server: in-cluster settings, and certificates that are believed or not."""

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from exporter.kubernetes.api import ApiServer, Outcome, RequestFailed, document

OK = {"metadata": {"resourceVersion": "1"}, "items": []}


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "6443"}, "https://10.0.0.1:6443"),
        ({"KUBERNETES_SERVICE_HOST": "fd00::1"}, "https://[fd00::1]:443"),
    ],
)
def test_a_pod_is_told_where_its_server_is(variables: dict[str, str], url: str) -> None:
    folder = Path("/secret")
    assert ApiServer.in_cluster(variables, folder) == ApiServer(url, folder / "token", folder / "ca.crt")


def test_a_server_that_wants_no_token_is_sent_none() -> None:
    assert "Authorization" not in ApiServer("http://127.0.0.1:8001").headers("application/json")


def test_outside_of_a_cluster_there_is_none() -> None:
    assert ApiServer.in_cluster({}) is None


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for 127.0.0.1, and its key beside it."""
    path = folder / f"{name}.crt"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*command, *names, "-keyout", path.with_suffix(".key"), "-out", path], check=True, capture_output=True
    )
    return path


def asked(folder: Path, served: Path, believed: Path) -> Outcome:
    """How a request to a server with one certificate ends for a client that believes another."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(served, served.with_suffix(".key"))
    (folder / "token").write_text("good")

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(OK if request.headers["Authorization"] == "Bearer good" else {})

    async def ask() -> Outcome:
        application = web.Application()
        application.router.add_get("/pods", answer)
        server = TestServer(application, scheme="https")
        await server.start_server(ssl=context)
        api = ApiServer(str(server.make_url("")), folder / "token", believed)
        try:
            async with api.client() as client:
                assert await document(client, "/pods", {}, api.headers("application/json"), 5) == OK
        finally:
            await server.close()
        return Outcome.OK

    try:
        return asyncio.run(ask())
    except RequestFailed as failure:
        return failure.outcome


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_only_the_clusters_own_authority_is_believed(tmp_path: Path) -> None:
    ours, other = certificate(tmp_path, "ours"), certificate(tmp_path, "other")
    assert asked(tmp_path, ours, ours) is Outcome.OK
    assert asked(tmp_path, ours, other) is Outcome.UNREACHABLE


def test_an_authority_that_cannot_be_read_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        ApiServer("https://127.0.0.1", tmp_path / "token", tmp_path / "ca.crt").client()
