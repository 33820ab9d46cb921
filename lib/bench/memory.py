"""The most memory that any process of a tree has had at a time."""
import pathlib
import time


def descendants(pid):
    """The process and all below it, as /proc tells it."""
    pids = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        try:
            for child in (task / "children").read_text().split():
                pids += descendants(int(child))
        except OSError:
            pass
    return pids


def high_water_bytes(pid):
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def peak_while(process):
    """Bytes of the largest process until `process` (a Popen) ends, and how many there were. A high water mark is the
    kernel's own, so looking now and then misses only what happened since the last look."""
    peak = {}
    while process.poll() is None:
        for pid in descendants(process.pid):
            peak[pid] = max(peak.get(pid, 0), high_water_bytes(pid))
        time.sleep(0.02)
    return max(peak.values(), default=0), len(peak)
