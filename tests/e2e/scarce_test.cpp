// Few descriptors, files that may not grow, outputs of every kind: prun works, or says why not and ends with status 3.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace prun::test;

namespace {

/// A shell script with prun's binary as $0.
Result run_script(const std::string& script) { return run_command({{"/bin/sh", "-c", script, prun_binary()}}); }

}  // namespace

TEST_CASE("no large output is lost if few descriptors are free") {
  const std::string script = "if [ {} = 1 ]; then sleep 1; fi; head -c 1200000 /dev/zero";
  for (const std::string limit : {"44", "64"}) {
    const Result result = run_script("ulimit -n " + limit + "; \"$0\" imap -j2 --sh '" + script + "' 1..40 | wc -c");
    INFO(result);
    CHECK(result.out == "48000000\n");
    CHECK(result.err.empty());
  }
}

// With three the program itself cannot be loaded; with some more neither, if the tests' own program leaves it a descriptor.
TEST_CASE("with any limit of descriptors a run gives all its results, or says that too few can be open") {
  const std::vector<std::string> runs{"imap --sh 'echo {}' 1 2",
                                      "imap identity --output raw 1 2",
                                      "imap --threads --sh 'echo {}' 1 2",
                                      "imap --threads identity --output raw 1 2",
                                      "imap --journal \"$D/$N.db\" --sh 'echo {}' 1 2",
                                      "imap --max-tasks-per-child 1 identity --output raw 1 2",
                                      "imap --results \"$D/$N\" --trace \"$D/$N.json\" --sh 'echo {}' 1 2"};
  for (const std::string& run : runs) {
    const Result result = run_script("D=$(mktemp -d); for N in $(seq 4 64); do prlimit --nofile=$N:$N \"$0\" " + run +
                                     " > \"$D/out\" 2> \"$D/err\"; echo $? > \"$D/status\"; "
                                     "echo \"$N $(cat \"$D/status\") $(wc -l < \"$D/err\") $(tr '\\n' , < \"$D/out\") "
                                     "$(tr '\\n' ' ' < \"$D/err\")\"; done; rm -r \"$D\"");
    CAPTURE(run);
    for (const std::string& line : lines_of(result.out)) {
      CAPTURE(line);
      const auto first = line.find(' ');
      const std::string rest = line.substr(first + 1);
      const bool works = rest.starts_with("0 0 1,2,");
      const bool says_why = rest.find("Too many open files") != std::string::npos || rest.starts_with("2 1 ");
      if (rest.find("error while loading shared libraries") != std::string::npos) continue;  // it does not begin
      const bool refuses =
          (rest.starts_with("3 1 ") || rest.starts_with("2 1 ")) && rest.find("prun: ") != std::string::npos;
      const bool fails_tasks = rest.starts_with("1 ");  // a worker has too few for a command's pipes
      CHECK((works || (says_why && (refuses || fails_tasks))));
      if (std::stoi(line) >= 48) CHECK(works);
    }
  }
}

TEST_CASE("the soft limit of descriptors is raised at the start, as far as the system allows") {
  const std::string look = "grep \"Max open files\" /proc/$(ps -o ppid= -p $PPID | tr -d \" \")/limits";
  const Result result = run_script("ulimit -Sn 100; \"$0\" imap -j1 --sh '" + look + "; : {}' 1; ulimit -Hn");
  INFO(result);
  const std::string hard = lines_of(result.out).back();
  CHECK(result.out.find(hard + "   ") != result.out.rfind(hard + "   "));  // as the soft and as the hard limit
}

TEST_CASE("with too few descriptors, the error says how many there are and what to raise") {
  const Result result = run_script("ulimit -n 14; \"$0\" imap identity 1 2");
  INFO(result);
  CHECK(result.status == 3);
  CHECK(result.err.find("Too many open files (this process may open 14 files: raise `ulimit -n`)") !=
        std::string::npos);
}

TEST_CASE("commands get the caller's limit of descriptors and the caller's ignored signals") {
  const std::string look = "grep SigIgn /proc/self/status | cut -c 17-; ulimit -Sn";
  for (const std::string before : {"ulimit -Sn 100", "ulimit -Sn 100; trap '' PIPE INT XFSZ", "trap '' QUIT"}) {
    for (const std::string threads : {"", "--threads "}) {
      const Result direct = run_script(before + "; " + look);
      const Result result = run_script(before + "; \"$0\" imap " + threads + "--sh '" + look + "; : {}' 1");
      CAPTURE(before);
      CHECK(result.out == direct.out);
      CHECK(result.status == 0);
    }
  }
}

TEST_CASE("an output beyond the limit of a file's size is an error") {
  const TemporaryFile file("");
  const Result result = run_script("ulimit -f 8; \"$0\" imap identity --output raw 1..100000 > " + file.path());
  INFO(result);
  CHECK(result.status == 3);
  CHECK(result.err == "prun: cannot write to standard output: File too large\n");
}

TEST_CASE("a temporary file beyond the limit of a file's size fails the task that writes it") {
  const Result result = run_script("ulimit -f 2000; \"$0\" map --sh 'head -c {} /dev/zero' 10 1500000 | wc -c");
  INFO(result);
  CHECK(result.out == "10\n");
  CHECK(result.err.find("File too large") != std::string::npos);
}

TEST_CASE("every kind of output is written to its end") {
  const TemporaryFile file("");
  const std::string lines = " imap identity --output raw 1..20000";
  const std::string large = " imap --sh 'yes | head -c 3000000; : {}' 1 2 3";
  for (const std::string& run : {lines, large}) {
    const std::string expected = run == lines ? "108894\n" : "9000000\n";
    CHECK(run_script("\"$0\"" + run + " | wc -c").out == expected);
    CHECK(run_script("\"$0\"" + run + " > " + file.path() + "; wc -c < " + file.path()).out == expected);
    CHECK(run_script(": > " + file.path() + "; \"$0\"" + run + " >> " + file.path() + "; wc -c < " + file.path()).out ==
          expected);
    CHECK(run_script("\"$0\"" + run + " > /dev/full").status == 3);
    CHECK(run_script("\"$0\"" + run + " >&-").status == 3);
    const std::string socket =
        "python3 -c 'import socket, subprocess, sys\na, b = socket.socketpair()\n"
        "p = subprocess.Popen([\"/bin/sh\", \"-c\", sys.argv[1]], stdout=b)\nb.close()\nn = 0\n"
        "while True:\n  s = a.recv(1 << 16)\n  n += len(s)\n  if not s: break\nprint(n); sys.exit(p.wait())' ";
    const Result through = run_script(
        socket + "\"" + (run == lines ? "$0" + run : "$0 imap --cmd 'head -c 3000000 {}' /dev/zero /dev/zero") + "\"");
    INFO(through);
    CHECK(through.status == 0);
  }
}

TEST_CASE("a terminal that is stopped does not stop prun's clock") {
  const std::string script = R"(import os, pty, signal, subprocess, sys, termios, time
master, slave = pty.openpty()
termios.tcflow(slave, termios.TCOOFF)
p = subprocess.Popen([sys.argv[1], "imap", "identity", "--deadline", "300ms", "1..100000000"], stdout=slave)
sys.exit(p.wait(60)))";
  const Result result = run_command({{"python3", "-c", script, prun_binary()}});
  INFO(result);
  CHECK(result.status == 1);
}

TEST_CASE("--files names no file for an output that could not be kept") {
  const Result result = run_script(
      "D=$(mktemp -d); (ulimit -f 2000; TMPDIR=$D \"$0\" --files -j1 'head -c {} /dev/zero' ::: 10 1500000 5) | wc -l; "
      "cd $D; cat * | wc -c; ls | wc -l; cd /; rm -r $D");
  INFO(result);
  CHECK(result.out == "2\n15\n2\n");
  CHECK(result.err.find("cannot write an output to a temporary file: File too large") != std::string::npos);
}
