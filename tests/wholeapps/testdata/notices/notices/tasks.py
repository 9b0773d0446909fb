import time


def send(seconds):
    time.sleep(seconds)
