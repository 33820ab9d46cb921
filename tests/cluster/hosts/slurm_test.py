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

    def heads(self):
        """The prun of a job, without the salloc that has started it."""
        allocating = self.hosts.processes("head", "salloc ")
        return [pid for pid in self.hosts.processes("head", PRUN + " imap") if pid not in allocating]

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
        hosts.kill(self.heads())
        self.wait_for(lambda: not any(self.agents(host) for host in ("node1", "node2")), 10)
        job.wait(timeout=60)

    def job_number(self):
        return self.slurm.run("head", ["squeue", "-h", "-o", "%i"]).stdout.split()[0]

    def no_job_is_left(self):
        return self.slurm.run("head", ["squeue", "-h", "-t", "PENDING,RUNNING"]).stdout == ""

    def sbatch(self, script, *options):
        """Starts a batch job on both nodes. Returns its number. Its output goes to the file `batch.out`."""
        self.batch_out = Path(self.folder) / f"batch{time.monotonic_ns()}.out"
        path = Path(self.folder) / "batch.sh"
        path.write_text(f"#!/bin/bash\n{script}\n")
        done = self.slurm.run("head", ["sbatch", "-N2", "--exclusive", "--no-kill", "--parsable", "-o", str(self.batch_out),
                                       "--open-mode=append", *options, str(path)])
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def state(self, job):
        shown = self.slurm.run("head", ["scontrol", "show", "job", "-o", job]).stdout
        return {name: value for name, _, value in (field.partition("=") for field in shown.split())}

    def test_outside_of_a_job_prun_asks_for_one_and_releases_it(self):
        local = self.hosts.run("head", [PRUN, "map", "fib", "1..20", "--format", "{result}"])
        run = self.slurm.run("head", [PRUN, "map", "fib", "1..20", "--slurm", "-N", "2", "--format", "{result}"])
        self.assertEqual((run.returncode, run.stdout), (0, local.stdout), run.stderr)
        self.assertIn("waiting for nodes from Slurm", run.stderr)
        self.wait_for(self.no_job_is_left)
        failed = self.slurm.run("head", [PRUN, "map", "factorize", "0", "--slurm"])
        self.assertEqual(failed.returncode, 1, failed.stderr)
        self.wait_for(self.no_job_is_left)

    def test_nodes_are_released_however_prun_is_killed(self):
        for victim in ("salloc", "head"):
            run = self.slurm.popen("head", [PRUN, "imap", "--slurm", "--nodes", "2", "sleep", *["300"] * 4])
            self.wait_for(lambda: self.agents("node1") and self.agents("node2"))
            hosts.kill(self.hosts.processes("head", "salloc ") if victim == "salloc" else self.heads())
            run.wait(timeout=60)
            self.wait_for(self.no_job_is_left)
            self.wait_for(lambda: not any(self.agents(host) for host in ("node1", "node2")))

    def test_the_signal_before_the_end_of_a_job_lets_running_tasks_end(self):
        tasks = Path(self.folder) / "tasks.jsonl"
        tasks.write_text('["sleep", 0.4]\n' * 200)
        for target in ([], ["--batch"]):  # the steps of the nodes, or the script alone
            journal = Path(self.folder) / f"warned{len(target)}.db"
            job = self.sbatch(f"exec {PRUN} imap --slurm --tasks {tasks} --output jsonl --journal {journal}")
            self.wait_for(lambda: self.batch_out.exists() and self.batch_out.read_text().count("\n") > 4)
            self.slurm.check("head", ["scancel", *target, "--signal=USR1", job])
            self.wait_for(lambda: self.state(job).get("JobState") == "FAILED")
            self.assertEqual(self.state(job)["ExitCode"], "75:0")
            text = self.batch_out.read_text()
            outcomes = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
            self.assertIn("no more tasks are started, and running tasks continue", text)
            self.assertLess(len(outcomes), 200)
            self.assertFalse([outcome for outcome in outcomes if "error" in outcome], text)

    def test_a_job_that_is_queued_again_continues_by_itself(self):
        tasks = Path(self.folder) / "tasks.jsonl"
        tasks.write_text('["sleep", 0.2]\n' * 60)
        journal = Path(self.folder) / "requeued.db"
        job = self.sbatch(f"exec {PRUN} imap --slurm --requeue --tasks {tasks} --journal {journal} --format {{index}}", "--requeue")
        self.wait_for(lambda: self.batch_out.exists() and self.batch_out.read_text().count("\n") > 4)
        self.slurm.check("head", ["scancel", "--batch", "--signal=USR1", job])

        def completed():
            state = self.state(job).get("JobState")
            if state == "PENDING":  # Slurm lets a job that is queued again wait for two minutes
                self.slurm.run("head", ["scontrol", "update", f"JobId={job}", "StartTime=now"])
            return state == "COMPLETED"

        self.wait_for(completed, 120)
        text = self.batch_out.read_text()
        self.assertIn(f"prun puts the Slurm job {job} back into the queue", text)
        numbers = [int(line) for line in text.splitlines() if line.isdigit()]
        self.assertEqual(numbers[-60:], list(range(60)), text)
        again = self.hosts.run("head", [PRUN, "journal", str(journal), "--output", "json"])
        self.assertEqual(json.loads(again.stdout)["attempts"], 60, again.stdout)


if __name__ == "__main__":
    reason = hosts.missing() or slurm.missing()
    if reason is not None:
        print(f"SKIPPED: {reason}", file=sys.stderr)
        sys.exit(77)
    PRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
