"""prun on several hosts over ssh. Usage: ssh_hosts_test.py PRUN. Exits with 77 if this machine cannot make hosts."""

import json
import os
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

from hosts import Hosts, kill, missing

PRUN = ""


class SshHosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="prun-hosts-")
        cls.hosts = Hosts(cls.folder, 2).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.hosts.__exit__()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def words(self, *words, hosts="node1,node2", launcher=None):
        launcher = launcher or f"{self.folder}/ssh {{host}} {{agent}}"
        return [PRUN, *words[:1], "--hosts", hosts, "--launcher", launcher, *words[1:]]

    def run_prun(self, *words, **kwargs):
        return self.hosts.run("head", self.words(*words, **kwargs))

    def start_prun(self, *words, **kwargs):
        return self.hosts.popen("head", self.words(*words, **kwargs))

    def wait_for(self, condition, seconds=20):
        until = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), until, "the wait is over")
            time.sleep(0.02)

    def wait_for_lines(self, run, count):
        self.wait_for(lambda: run.output.read_text().count("\n") >= count or run.poll() is not None)

    def finish(self, run):
        """What it has written: the lines of standard output, and standard error."""
        run.wait(timeout=60)
        return run.output.read_text().splitlines(), run.errors.read_text()

    def agents(self, host):
        return self.hosts.processes(host, "prun agent")

    def test_every_mode_equals_the_local_result_and_uses_both_hosts(self):
        for words in (["map", "fib", "1..25"], ["imap", "identity", "a", "b", "c"], ["submit", "fib(8)", "fib(9)"],
                      ["starmap", "ackermann", "[2,3]", "[1,4]"], ["apply", "fib", "9"]):
            form = ["--format", "{function} {args} {result}"]
            local = self.hosts.run("head", [PRUN, *words, *form])
            remote = self.run_prun(*words, "--no-local", *form)
            self.assertEqual((remote.returncode, remote.stdout), (0, local.stdout), remote.stderr)
        run = self.run_prun("imap_unordered", "sleep", *["0.1"] * 20, "--output", "jsonl", "--no-local")
        hosts = {json.loads(line)["host"] for line in run.stdout.splitlines()}
        self.assertEqual(hosts, {"node1", "node2"}, run.stderr)

    def test_commands_run_on_the_hosts(self):
        run = self.hosts.run("head", [PRUN, "--hosts", "node1,node2", "--launcher",
                                      f"{self.folder}/ssh {{host}} {{agent}}", "--no-local", "-j1",
                                      "sleep 0.2; uname -n; : {}", ":::", "1", "2", "3", "4"])
        self.assertEqual(set(run.stdout.split()), {"node1", "node2"}, run.stderr)

    def tasks(self, count=300, seconds="0.05"):
        path = Path(self.folder) / "tasks.jsonl"
        path.write_text(f'["sleep", {seconds}]\n' * count)
        return ["imap", "--tasks", str(path), "--output", "jsonl", "--no-local"]

    def check_complete(self, out, err, count=300):
        indexes = [json.loads(line)["index"] for line in out]
        self.assertEqual(indexes, list(range(count)), err)
        self.assertFalse([line for line in out if "error" in json.loads(line)])

    def disturb(self, act, *options, count=300):
        run = self.start_prun(*self.tasks(count), *options)
        self.wait_for_lines(run, 20)
        act()
        out, err = self.finish(run)
        self.check_complete(out, err, count)
        self.assertEqual(run.returncode, 0, err)
        return err

    def test_a_killed_agent_loses_no_task(self):
        err = self.disturb(lambda: kill(self.agents("node1")))
        self.assertIn("node1 is lost", err)

    def test_a_powered_off_host_loses_no_task(self):
        err = self.disturb(lambda: self.hosts.power_off("node1"))
        self.hosts.power_on("node1")
        self.assertIn("node1 is lost", err)

    def test_a_cut_link_is_noticed_and_a_healed_one_is_used_again(self):
        def cut_and_heal():
            self.hosts.cut("node1")
            time.sleep(4)
            self.hosts.heal("node1")

        err = self.disturb(cut_and_heal, "--host-timeout", "1s", count=600)
        self.assertIn("no sign of life for 1 s", err)
        self.wait_for(lambda: not self.agents("node1"))

    def test_all_hosts_lost_is_an_error(self):
        run = self.start_prun(*self.tasks(1000), "--host-retry", "2s")
        self.wait_for_lines(run, 5)
        for host in ("node1", "node2"):
            self.hosts.power_off(host)
        _, err = self.finish(run)
        for host in ("node1", "node2"):
            self.hosts.power_on(host)
        self.assertEqual(run.returncode, 3, err)
        self.assertIn("no host is left", err)

    def test_a_killed_head_leaves_no_process(self):
        run = self.start_prun("imap", "sleep", *["300"] * 8, "--no-local")
        self.wait_for(lambda: self.agents("node1") and self.agents("node2"))
        time.sleep(0.5)  # until tasks run; earlier is right too
        kill(self.hosts.processes("head", PRUN))
        self.wait_for(lambda: not any(self.hosts.processes(h, PRUN) for h in ("node1", "node2")), 5)
        self.finish(run)

    def test_a_head_that_cannot_be_reached_is_left(self):
        run = self.start_prun("imap", "sleep", *["300"] * 8, "--no-local", "--host-timeout", "1s")
        self.wait_for(lambda: self.agents("node1") and self.agents("node2"))
        for host in ("node1", "node2"):
            self.hosts.cut(host)
        self.wait_for(lambda: not any(self.agents(h) for h in ("node1", "node2")), 10)
        for host in ("node1", "node2"):
            self.hosts.heal(host)
        kill(self.hosts.processes("head", PRUN))
        self.finish(run)

    def test_a_noisy_shell_start_file_does_no_harm(self):
        self.hosts.run("node1", ["sh", "-c", "echo 'echo welcome; printf text' > /root/.bashrc"])
        run = self.run_prun("map", "fib", "1..9", "--no-local", "--format", "{result}")
        self.hosts.run("node1", ["rm", "/root/.bashrc"])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stderr, "")

    def test_a_wrong_key_and_an_unknown_host_are_named(self):
        wrong = f"/usr/bin/ssh -F /dev/null -o BatchMode=yes -o UserKnownHostsFile={self.folder}/known_hosts " \
                f"-i {self.folder}/wrong_key {{host}} {{agent}}"
        run = self.run_prun("map", "fib", "1..9", "--no-local", hosts="node1", launcher=wrong)
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("Permission denied", run.stderr)
        run = self.run_prun("map", "fib", "1..9", "--no-local", hosts="nowhere")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("nowhere", run.stderr)

    def test_a_killed_process_of_a_task_fails_that_task_alone(self):
        run = self.start_prun("imap", "sleep", "300", *["0.1"] * 6, "--output", "jsonl", "--no-local")
        def workers_of_the_long_task():
            return [pid for host in ("node1", "node2") for pid in self.hosts.processes(host, PRUN)]

        self.wait_for(lambda: len(workers_of_the_long_task()) > 4)
        time.sleep(1)  # until only the long task runs
        for pid in workers_of_the_long_task():
            # A worker is neither an agent nor one of the processes that look after workers: it has children of its own group only.
            name = Path(f"/proc/{pid}/comm").read_text().strip() if Path(f"/proc/{pid}").exists() else ""
            if name.startswith("prun-worker"):
                kill([pid])
        out, err = self.finish(run)
        outcomes = [json.loads(line) for line in out]
        self.assertEqual([outcome["index"] for outcome in outcomes], list(range(7)), err)
        self.assertEqual(outcomes[0]["error"]["kind"], "lost_signal")
        self.assertIn(outcomes[0]["host"], ("node1", "node2"))
        self.assertFalse([outcome for outcome in outcomes[1:] if "error" in outcome])

    def test_a_host_without_prun_gets_it(self):
        run = self.run_prun("map", "fib", "1..9", "--no-local", "--copy-prun", "--format", "{result}", hosts="node1")
        self.assertEqual(run.returncode, 0, run.stderr)
        found = self.hosts.run("node1", ["find", "/root/.cache/prun", "-name", "prun", "-type", "f"]).stdout
        self.assertEqual(len(found.splitlines()), 1, found)
        self.hosts.run("node1", ["rm", "-r", "/root/.cache/prun"])

    def test_a_host_with_another_build_is_named_and_can_get_this_one(self):
        other = Path(self.folder) / "other"
        other.write_text("#!/bin/sh\nprintf '\\n#prun-agent 1 9.9 0123456789abcdef 2\\n'; cat > /dev/null\n")
        other.chmod(0o755)
        run = self.run_prun("map", "fib", "1..9", "--no-local", "--remote-prun", str(other), hosts="node1")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("its prun 9.9 (build 0123456789ab) is another build than this prun", run.stderr)

    def test_a_full_disk_on_a_host_is_named(self):
        self.hosts.run("node1", ["sh", "-c", "mkdir -p /root/.cache /root/work; mount -t tmpfs -o size=64k tmpfs /root/.cache; "
                                             "mount -t tmpfs -o size=64k tmpfs /root/work"])
        run = self.run_prun("map", "fib", "1..9", "--no-local", "--copy-prun", hosts="node1")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("No space left on device", run.stderr)
        large = Path(self.folder) / "large"
        large.write_bytes(b"x" * 200_000)

        def send_large(hosts):
            return self.hosts.run("head", ["sh", "-c", f'cd {self.folder} && exec "$@"', "sh", PRUN, "--hosts", hosts,
                                           "--launcher", f"{self.folder}/ssh {{host}} {{agent}}", "--no-local",
                                           "--host-dir", "/root/work", "--transferfile", "large",
                                           "wc -c < large; : {}", ":::", "1", "2", "3", "4"])

        self.hosts.run("node2", ["mkdir", "-p", "/root/work"])
        alone, both = send_large("node1"), send_large("node1,node2")
        self.hosts.run("node1", ["umount", "/root/.cache", "/root/work"])
        self.assertEqual(alone.returncode, 3, alone.stderr)
        self.assertIn("node1 is not used: it cannot store files: cannot write large: No space left on device; free space",
                      alone.stderr)
        self.assertEqual((both.returncode, both.stdout.split()), (0, ["200000"] * 4), both.stderr)

    def test_mpirun_starts_agents_on_both_hosts(self):
        if shutil.which("mpirun") is None:
            self.skipTest("there is no mpirun (openmpi-bin)")
        launcher = (f"mpirun --allow-run-as-root --mca plm_rsh_agent {self.folder}/ssh --mca oob_tcp_if_include e0 "
                    "--mca btl_tcp_if_include e0 --host {host} -n 1 --bind-to none {agent}")
        local = self.hosts.run("head", [PRUN, "map", "fib", "1..20", "--format", "{result}"])
        run = self.run_prun("map", "fib", "1..20", "--no-local", "--format", "{result}", launcher=launcher)
        self.assertEqual((run.returncode, run.stdout), (0, local.stdout), run.stderr)
        run = self.run_prun("imap_unordered", "sleep", *["0.2"] * 20, "--output", "jsonl", "--no-local", launcher=launcher)
        self.assertEqual({json.loads(line)["host"] for line in run.stdout.splitlines()}, {"node1", "node2"}, run.stderr)
        run = self.start_prun(*self.tasks(), launcher=launcher)
        self.wait_for_lines(run, 20)
        kill(self.agents("node1"))
        out, err = self.finish(run)
        self.check_complete(out, err)

    def test_a_host_without_prun_says_so(self):
        run = self.run_prun("map", "fib", "1..9", "--no-local", "--remote-prun", "/opt/none/prun", hosts="node1")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("/opt/none/prun", run.stderr)


if __name__ == "__main__":
    reason = missing()
    if reason is not None:
        print(f"SKIPPED: {reason}", file=sys.stderr)
        sys.exit(77)
    PRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
