"""A Slurm of its own on the hosts of hosts.py: the controller on head, a daemon on each node."""

import os
import shutil
import time
from pathlib import Path

from hosts import PATH

PROGRAMS = ["slurmctld", "slurmd", "srun", "salloc", "sbatch", "sinfo", "squeue", "scontrol", "munged"]


def missing():
    """A sentence that says what is missing; None: nothing."""
    for program in PROGRAMS:
        if shutil.which(program, path=PATH) is None:
            return f"the tests with Slurm need the program {program}"
    return None


class Slurm:
    """Starts Slurm. The hosts end it with themselves."""

    def __init__(self, hosts):
        self.hosts = hosts
        self.folder = Path(hosts.folder) / "slurm"
        self.nodes = [name for name in hosts.names if name != "head"]
        (self.folder / "state").mkdir(parents=True)
        self._write_files()
        for host in hosts.names:
            self._start_munge(host)
        self.check("head", ["slurmctld"])
        for host in self.nodes:
            self.check(host, ["slurmd"])
        self._wait_until_idle()

    def command(self, host, words):
        return self.hosts.command(host, ["env", f"SLURM_CONF={self.folder}/slurm.conf", *words])

    def run(self, host, words, **kwargs):
        return self.hosts.run(host, ["env", f"SLURM_CONF={self.folder}/slurm.conf", *words], **kwargs)

    def popen(self, host, words):
        return self.hosts.popen(host, ["env", f"SLURM_CONF={self.folder}/slurm.conf", *words])

    def check(self, host, words):
        done = self.run(host, words)
        if done.returncode != 0:
            raise RuntimeError(f"{words} on {host}: {done.stderr}")

    def _wait_until_idle(self):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            seen = self.run("head", ["sinfo", "-h", "-N", "-t", "idle"], timeout=10).stdout
            if len(seen.splitlines()) == len(self.nodes):
                return
            time.sleep(0.1)
        raise RuntimeError("the nodes of Slurm do not become idle: " + (self.folder / "ctld.log").read_text()[-2000:])

    def _start_munge(self, host):
        self.check(host, ["sh", "-c", f"""
mkdir -p /run/munge /var/log/munge /var/lib/munge && exec munged --force --key-file={self.folder}/munge.key \\
  --log-file=/run/munge/log --pid-file=/run/munge/pid --seed-file=/run/munge/seed --socket=/run/munge/munge.socket.2"""])

    def _write_files(self):
        folder = self.folder
        key = folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        (folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        (folder / "slurm.conf").write_text(f"""ClusterName=test
SlurmctldHost=head
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd.pid
SlurmdSpoolDir={folder}/spool.%n
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/ctld.log
SlurmdLogFile={folder}/%n.log
SlurmdTimeout=10
KillWait=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
NodeName=node[1-{len(self.nodes)}] CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
""")
        for host in self.nodes:
            (folder / f"spool.{host}").mkdir()
