"""A WebSocket server without a library: it sends back what it gets, and closes politely when it stops. It says at which port it was asked."""
import asyncio, base64, hashlib, signal, struct

GOING_AWAY = struct.pack("!H", 1001)
CLOSE, PING, PONG = 8, 9, 10
PORTS = {9000: "sockets", 9001: "console"}
open_writers = set()


def frame(opcode, payload):
    return bytes([0x80 | opcode, len(payload)]) + payload


async def read_frame(reader):
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    mask = await reader.readexactly(4)
    payload = await reader.readexactly(size)
    return first & 0xF, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            path = head[0].split()[1]
            headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in head[1:] if ":" in line)}
            if headers.get("upgrade", "").lower() == "websocket":
                break
            body = f"{PORTS[writer.get_extra_info('sockname')[1]]} {path} {headers.get('x-forwarded-proto')}".encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
        key = headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        writer.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        open_writers.add(writer)
        while True:
            opcode, payload = await read_frame(reader)
            if opcode == CLOSE:
                break
            writer.write(frame(PONG if opcode == PING else opcode, payload))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        open_writers.discard(writer)
        writer.close()


async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    servers = [await asyncio.start_server(serve, "", port) for port in PORTS]
    await stop.wait()
    for server in servers:
        server.close()
    for writer in list(open_writers):
        writer.write(frame(CLOSE, GOING_AWAY))
        await writer.drain()
    await asyncio.sleep(1)


asyncio.run(main())
