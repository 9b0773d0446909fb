"""Takes OTLP over HTTP and keeps what came; GET returns it as JSON."""
import base64, gzip, http.server, json

kept = []


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        kept.append({"path": self.path, "authorization": self.headers.get("Authorization"), "tenant": self.headers.get("X-Scope-OrgID"),
                     "body": base64.b64encode(body).decode()})
        self.answer(b"", "application/x-protobuf")

    def do_GET(self):
        self.answer(json.dumps(kept).encode(), "application/json")

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


print("stranger: a receiver", flush=True)
http.server.ThreadingHTTPServer(("", 8080), Receiver).serve_forever()
