"""Code for the beginning of a process: it prints when the process forks, or asks for an address."""

TELLING = """
import sys

EVENTS = {"os.fork", "socket.connect", "socket.getaddrinfo"}
sys.addaudithook(lambda event, _: event in EVENTS and print(event))
"""
