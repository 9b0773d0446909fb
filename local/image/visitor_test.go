package image

// visitor is Python that asks the app as a load balancer that ends TLS does. It begins once the app is ready, and
// prints what that said.
const visitor = `
import os, re, time, urllib.request
def get(path):
    request = urllib.request.Request(f"http://127.0.0.1:{os.environ['PORT']}{path}", headers={"Host": "blog.example.com", "X-Forwarded-Proto": "https"})
    return urllib.request.urlopen(request)
for attempt in range(100):
    try:
        print(get("/healthz/ready").read().decode())
        break
    except OSError:
        time.sleep(0.2)
`
