"""`python -m tests.contract.told_of_itself HOW` tells what process it is, and ends as it is told."""

import json
import os
import resource
import signal
import sys

how = sys.argv[1]
told = {
    "arguments": sys.argv[1:],
    "name": __name__,
    "environment": {name: value for name, value in os.environ.items() if name != "LC_CTYPE"},
    "folder": os.getcwd(),
    "parent": os.getppid(),
    "leads its group": os.getpgrp() == os.getpid(),
    "leads its session": os.getsid(0) == os.getpid(),
    "umask": os.umask(0),
    "descriptors": sorted(
        int(each) for each in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{each}")
    ),
    "signals": {each.name: str(signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)},
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "streams": [[each.encoding, each.errors, each.line_buffering] for each in (sys.stdin, sys.stdout, sys.stderr)],
    "heard": sys.stdin.read(),
    "files": resource.getrlimit(resource.RLIMIT_NOFILE),
}
sys.stdout.write(json.dumps(told) + "\n")
sys.stderr.write("as an error\n")
match how:
    case "sentence":
        sys.exit("a sentence")
    case "three":
        sys.exit(3)
    case "interrupted":
        os.kill(os.getpid(), signal.SIGINT)
    case "killed":
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    case "raised":
        raise ValueError("of nothing")
