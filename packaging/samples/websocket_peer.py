"""What do the two ends of the WebSocket recordings say?

    python websocket_peer.py client|server FOLDER [tls] [deflate] [inner]

``FOLDER`` has the certificates. With ``inner`` the server listens on a Unix socket there, behind a web server, and the
client asks DNS where that is; else both are on one loopback.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve, unix_serve

HOST, ADDRESS = "www.example.org", "127.0.0.1"


async def answer(peer: ServerConnection) -> None:
    """Text comes back in capitals, bytes in reverse, and one message in parts."""
    async for message in peer:
        if isinstance(message, bytes):
            await peer.send(message[::-1])
        elif message == "in parts":
            await peer.send(["one, ", "two, ", "three"])
        else:
            await peer.send(message.upper())


async def server(folder: Path, options: list[str]) -> None:
    settings = {"compression": "deflate" if "deflate" in options else None, "server_header": "example"}
    if "inner" in options:
        await unix_serve(answer, str(folder / "inner"), **settings)
        (folder / "inner").chmod(0o666)
    elif "tls" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server-ec.pem", folder / "server-ec.key")
        await serve(answer, ADDRESS, 443, ssl=context, **settings)
    else:
        await serve(answer, ADDRESS, 80, **settings)
    await asyncio.Event().wait()


async def client(folder: Path, options: list[str]) -> None:
    """A greeting, bytes, a message that comes back in parts, a ping, a goodbye."""
    where: dict[str, object] = {"family": socket.AF_INET} if "inner" in options else {"host": ADDRESS}
    if "tls" in options:
        where["ssl"] = context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        context.keylog_filename = os.environ["SSLKEYLOGFILE"]
    compression = "deflate" if "deflate" in options else None
    url = f"{'wss' if 'tls' in options else 'ws'}://{HOST}/echo"
    async with connect(url, compression=compression, user_agent_header="example", **where) as peer:
        for message in ("hello, server", bytes(range(200)), "in parts"):
            await peer.send(message)
            await peer.recv()
        await (await peer.ping(b"are you there"))
        if compression:
            await peer.send("the same words again and " * 20)
            await peer.recv()
        await peer.close(1000, "that is all")


if __name__ == "__main__":
    kind, folder, *options = sys.argv[1:]
    asyncio.run({"client": client, "server": server}[kind](Path(folder), options))
