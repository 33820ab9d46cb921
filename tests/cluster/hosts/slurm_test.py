"""prun in Slurm jobs. Usage: slurm_test.py PRUN. Exits with 77 if this machine cannot make hosts or has no Slurm."""

import json
import os
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

import hosts
import slurm

PRUN = ""


class SlurmJobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="prun-slurm-")
        cls.hosts = hosts.Hosts(cls.folder, 2).__enter__()
        try:
            cls.slurm = slurm.Slurm(cls.hosts)
        except BaseException:
            cls.hosts.__exit__()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.hosts.__exit__()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def salloc(self, *words):
        return ["salloc", "-N2", "--exclusive", "--no-kill", "-Q", PRUN, words[0], "--slurm", *words[1:]]

    def agents(self, host):
        return self.hosts.processes(host, "prun agent")

    def wait_for(self, condition, seconds=30):
        until = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), until, "the wait is over")
            time.sleep(0.05)

    def test_a_job_uses_all_its_nodes_and_gives_the_local_result(self):
        form = ["--format", "{result}"]
        local = self.hosts.run("head", [PRUN, "map", "fib", "1..25", *form])
        job = self.slurm.run("head", self.salloc("map", "fib", "1..25", *form))
        self.assertEqual((job.returncode, job.stdout), (0, local.stdout), job.stderr)
        job = self.slurm.run("head", self.salloc("imap_unordered", "sleep", *["0.2"] * 20, "--output", "jsonl"))
        used = {json.loads(line)["host"] for line in job.stdout.splitlines()}
        self.assertEqual(used, {"node1", "node2"}, job.stderr)

    def test_a_killed_agent_loses_no_task(self):
        tasks = Path(self.folder) / "tasks.jsonl"
        tasks.write_text('["sleep", 0.05]\n' * 300)
        job = self.slurm.popen("head", self.salloc("imap", "--tasks", str(tasks), "--output", "jsonl"))
        self.wait_for(lambda: job.output.read_text().count("\n") > 10)
        hosts.kill(self.agents("node1"))
        job.wait(timeout=60)
        indexes = [json.loads(line)["index"] for line in job.output.read_text().splitlines()]
        self.assertEqual(indexes, list(range(300)), job.errors.read_text())
        self.assertIn("node1 is lost", job.errors.read_text())

    def test_a_killed_head_leaves_no_process(self):
        job = self.slurm.popen("head", self.salloc("imap", "sleep", *["300"] * 4))
        self.wait_for(lambda: self.agents("node1") and self.agents("node2"))
        hosts.kill(self.hosts.processes("head", PRUN + " imap"))
        self.wait_for(lambda: not any(self.agents(host) for host in ("node1", "node2")), 10)
        job.wait(timeout=60)

    def test_outside_of_a_job_the_message_says_how_to_get_one(self):
        run = self.hosts.run("head", [PRUN, "map", "--slurm", "fib", "1..9"])
        self.assertEqual(run.returncode, 2)
        self.assertIn("salloc", run.stderr)


if __name__ == "__main__":
    reason = hosts.missing() or slurm.missing()
    if reason is not None:
        print(f"SKIPPED: {reason}", file=sys.stderr)
        sys.exit(77)
    PRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
