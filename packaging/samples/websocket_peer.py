"""What do the two ends of the WebSocket recordings say?

python websocket_peer.py client|server FOLDER [tls] [deflate]
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

HOST, ADDRESS = "www.example.org", "127.0.0.1"


async def server(folder: Path, options: list[str]) -> None:
    """Greets, returns everything in capitals, fragments what is long, and says goodbye."""

    async def answer(peer: ServerConnection) -> None:
        async for message in peer:
            if isinstance(message, bytes):
                await peer.send(message[::-1])
            elif message == "in parts":
                await peer.send(["one, ", "two, ", "three"])
            else:
                await peer.send(message.upper())

    context = None
    if "tls" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server-ec.pem", folder / "server-ec.key")
    await serve(
        answer,
        ADDRESS,
        443 if context else 80,
        ssl=context,
        compression="deflate" if "deflate" in options else None,
        server_header="example",
    )
    await asyncio.Event().wait()


async def client(folder: Path, options: list[str]) -> None:
    context = None
    if "tls" in options:
        context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        context.keylog_filename = os.environ["SSLKEYLOGFILE"]
    async with connect(
        f"{'wss' if context else 'ws'}://{HOST}/echo",
        host=ADDRESS,
        ssl=context,
        compression="deflate" if "deflate" in options else None,
        user_agent_header="example",
    ) as peer:
        for message in ("hello, server", bytes(range(200)), "in parts"):
            await peer.send(message)
            await peer.recv()
        await (await peer.ping(b"are you there"))
        if "deflate" in options:
            await peer.send("the same words again and " * 20)
            await peer.recv()
        await peer.close(1000, "that is all")


if __name__ == "__main__":
    kind, folder, *options = sys.argv[1:]
    asyncio.run({"client": client, "server": server}[kind](Path(folder), options))
