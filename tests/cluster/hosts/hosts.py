"""Several hosts on this machine, for tests: each has its own network, name, mounts and processes, and runs sshd.

with Hosts(folder, 2) as hosts:          # head, node1, node2
    hosts.run("head", ["hostname"])      # a completed process
    hosts.cut("node1"); hosts.heal("node1"); hosts.power_off("node2")

`missing()` tells why that cannot be done here. It needs root, namespaces, iproute2 and openssh-server.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

PROGRAMS = ["ip", "nsenter", "unshare", "ssh", "ssh-keygen", "/usr/sbin/sshd"]
NETWORK = "10.99.7"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def kill(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # it has ended with another one
            os.kill(pid, signal.SIGKILL)


def missing():
    """A sentence that says what is missing; None: nothing."""
    if os.geteuid() != 0:
        return "the tests with several hosts need root"
    for program in PROGRAMS:
        if shutil.which(program, path=PATH) is None:
            return f"the tests with several hosts need the program {program}"
    probe = subprocess.run(["unshare", "--net", "--uts", "--mount", "--pid", "--fork", "true"], capture_output=True)
    if probe.returncode != 0:
        return "this system refuses namespaces: " + probe.stderr.decode().strip()
    name = f"prun-probe-{os.getpid()}"
    probe = subprocess.run(["ip", "netns", "add", name], capture_output=True)
    if probe.returncode != 0:
        return "this system refuses network namespaces: " + probe.stderr.decode().strip()
    subprocess.run(["ip", "netns", "del", name], check=True)
    return None


class Hosts:
    def __init__(self, folder, nodes):
        self.folder = Path(folder)
        self.names = ["head"] + [f"node{i}" for i in range(1, nodes + 1)]
        self.tag = f"pr{os.getpid()}"
        self.inits = {}      # host -> pid of its first process, as this machine sees it
        self.started = 0
        self.starters = {}   # host -> the process that has made it

    def __enter__(self):
        try:
            self._write_files()
            self._ip("netns", "add", self._net("sw"))
            self._ip("-n", self._net("sw"), "link", "add", "br0", "type", "bridge")
            self._ip("-n", self._net("sw"), "link", "set", "br0", "up")
            for number, name in enumerate(self.names):
                self.start(name, number)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in list(self.inits):
            self.power_off(name)
        listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
        for line in listed.splitlines():
            if line.split()[0].startswith(self.tag + "-"):
                subprocess.run(["ip", "netns", "del", line.split()[0]], check=False)

    # What a test does to hosts.

    def command(self, host, words):
        """The words that run `words` on a host, as its root."""
        environment = ["env", "-i", "HOME=/root", "USER=root", "SHELL=/bin/bash", f"PATH={PATH}", "LANG=C.UTF-8"]
        return ["nsenter", "-t", str(self.inits[host]), "-n", "-u", "-m", "-p", *environment, *words]

    def run(self, host, words, timeout=60, **kwargs):
        return subprocess.run(self.command(host, words), capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, **kwargs)

    def popen(self, host, words, **kwargs):
        """A process under way. Its outputs go to the files `output` and `errors`."""
        self.started += 1
        output, errors = (self.folder / f"run{self.started}.{kind}" for kind in ("out", "err"))
        with open(output, "wb") as out, open(errors, "wb") as err:
            kwargs.setdefault("stdin", subprocess.DEVNULL)
            run = subprocess.Popen(self.command(host, words), stdout=out, stderr=err, **kwargs)
        run.output, run.errors = output, errors
        return run

    def power_off(self, host):
        """Kills every process of the host at once; its connections stay silent."""
        os.kill(self.inits.pop(host), signal.SIGKILL)
        self.starters.pop(host).wait()

    def power_on(self, host):
        self.start(host, self.names.index(host))

    def cut(self, host):
        self._ip("-n", self._net("sw"), "link", "set", f"p{self.names.index(host)}", "down")

    def heal(self, host):
        self._ip("-n", self._net("sw"), "link", "set", f"p{self.names.index(host)}", "up")

    def processes(self, host, name):
        """The processes of a host, other than zombies, whose command line has `name`; their numbers on this machine."""
        found = []
        namespace = os.readlink(f"/proc/{self.inits[host]}/ns/pid")
        for entry in Path("/proc").iterdir():
            try:
                if not entry.name.isdigit() or os.readlink(entry / "ns/pid") != namespace:
                    continue
                if name in (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"):
                    found.append(int(entry.name))
            except OSError:  # it has ended
                continue
        return found

    # How hosts are made.

    def start(self, name, number):
        net = self._net(name)
        if not Path(f"/run/netns/{net}").exists():
            self._ip("netns", "add", net)
            self._ip("link", "add", "e0", "netns", net, "type", "veth", "peer", "name", f"p{number}", "netns",
                     self._net("sw"))
            self._ip("-n", net, "addr", "add", f"{NETWORK}.{10 + number}/24", "dev", "e0")
            for link in ("e0", "lo"):
                self._ip("-n", net, "link", "set", link, "up")
            self._ip("-n", self._net("sw"), "link", "set", f"p{number}", "master", "br0", "up")
        # The first process reaps. /sys stays as it is, which "ip netns exec" would change, so that Slurm finds control groups.
        script = f"""
hostname {name}; mount --bind {self.folder}/hosts /etc/hosts
mount -t tmpfs tmpfs /run; mkdir -p /run/sshd; mount -t tmpfs tmpfs /root; touch /root/.hushlogin
[ {name} = head ] || /usr/sbin/sshd -f {self.folder}/sshd_config
touch /run/up; while :; do sleep 3600 & wait; done"""
        with open(self.folder / f"{name}.log", "ab") as log:
            starter = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{net}", "unshare", "--uts", "--mount", "--pid", "--fork", "--kill-child",
                 "--mount-proc", "--propagation", "private", "bash", "-c", script],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.starters[name] = starter
        self.inits[name] = self._first_process(name, starter)

    def _first_process(self, name, starter):
        until = time.monotonic() + 20
        while time.monotonic() < until and starter.poll() is None:
            children = Path(f"/proc/{starter.pid}/task/{starter.pid}/children").read_text().split()
            if children and Path(f"/proc/{children[0]}/root/run/up").exists():
                return int(children[0])
            time.sleep(0.01)
        raise RuntimeError(f"host {name} does not start: {(self.folder / (name + '.log')).read_text()}")

    def _net(self, name):
        return f"{self.tag}-{name}"

    @staticmethod
    def _ip(*words):
        subprocess.run(["ip", *words], check=True)

    def _write_files(self):
        folder = self.folder
        for key in ("user_key", "host_key", "wrong_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
        (folder / "authorized").write_text((folder / "user_key.pub").read_text())
        Path("/run/sshd").mkdir(exist_ok=True)
        (folder / "sshd_config").write_text(
            f"HostKey {folder}/host_key\nPidFile none\nAuthorizedKeysFile {folder}/authorized\nStrictModes no\n"
            "PasswordAuthentication no\nUsePAM no\nPermitRootLogin prohibit-password\nMaxStartups 100\nUseDNS no\n")
        (folder / "ssh_config").write_text(
            f"Host *\n IdentityFile {folder}/user_key\n UserKnownHostsFile {folder}/known_hosts\n"
            " StrictHostKeyChecking yes\n BatchMode yes\n LogLevel ERROR\n ConnectTimeout 3\n")
        ssh = folder / "ssh"
        ssh.write_text(f'#!/bin/sh\nexec /usr/bin/ssh -F {folder}/ssh_config "$@"\n')
        ssh.chmod(0o755)
        key = " ".join((folder / "host_key.pub").read_text().split()[:2])
        lines = [f"{NETWORK}.{10 + number} {name}" for number, name in enumerate(self.names)]
        (folder / "hosts").write_text("\n".join(["127.0.0.1 localhost", *lines]) + "\n")
        (folder / "known_hosts").write_text(
            "".join(f"{name},{NETWORK}.{10 + number} {key}\n" for number, name in enumerate(self.names)))
