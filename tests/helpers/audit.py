"""Code for the beginning of a process: it prints when the process forks, or asks for an address."""

TELLING = """
import sys

EVENTS = {"os.fork", "socket.connect", "socket.getaddrinfo"}
# The names of the module are gone before the last event of a process.
sys.addaudithook(lambda event, _, events=EVENTS: event in events and print(event))
"""
