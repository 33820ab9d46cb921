// Options that users of GNU parallel type.
#include "run_prun.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

std::string first_error(std::vector<std::string> arguments) {
  const Result result = run(std::move(arguments));
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  return lines_of(result.err).at(0);
}

std::vector<std::vector<std::string>> rows_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string>& row = rows.emplace_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, '\t');) row.push_back(field);
  }
  return rows;
}

}  // namespace

TEST_CASE("an empty --tagstring is no tag, and \\t in one is a tab") {
  CHECK(run({"--tagstring", "", "echo", ":::", "x"}).out == "x\n");
  CHECK(run({"--tagstring", "a\\t{}", "echo", ":::", "x"}).out == "a\tx\tx\n");
}

TEST_CASE("the job log names the signal that ended a command at its time limit") {
  const TemporaryFile log("", ".tsv");
  CHECK(run({"--joblog", log.path(), "--timeout", "0.05", "sleep", ":::", "60"}).status == 1);
  const auto rows = rows_of(log.path());
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].at(6) == "-1");
  CHECK(rows[1].at(7) == "15");
}

TEST_CASE("--colsep is the character between the fields of CSV") {
  CHECK(run({"--csv", "--colsep", ";", "echo", "{2}", ":::", "a;\"b;c\""}).out == "b;c\n");
  CHECK(run({"--csv", "--colsep", "\\t", "echo", "{2}"}, "a,b\tc\n").out == "c\n");
  CHECK(run({"--csv", "--colsep", "\\x3b", "echo", "{2}"}, "a,b;c\n").out == "c\n");
  CHECK(first_error({"--csv", "--colsep", ";;", "echo"}).find("takes the one character between fields") !=
        std::string::npos);
}

TEST_CASE("input that ends inside the header of --pipe is passed to one command") {
  CHECK(run({"--pipe", "--header", "3", "cat"}, "h1\n").out == "h1\n");
  CHECK(run({"--pipe", "--header", ":", "cat"}, "h1").out == "h1");
  CHECK(run({"--pipe", "--header", ":", "cat"}, "h1\n").out.empty());
}

TEST_CASE("--joblog +FILE appends to the job log") {
  const TemporaryFile log("", ".tsv");
  for (const std::string input : {"a", "b"})
    CHECK(run({"--joblog", "+" + log.path(), "echo", ":::", input}).status == 0);
  const auto rows = rows_of(log.path());
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].front() == "Seq");
  CHECK(rows[1].back() == "echo a");
  CHECK(rows[2].back() == "echo b");
  CHECK(run({"--joblog", "+", "echo", ":::", "a"}).status == 2);
}

TEST_CASE("the job log has the columns of GNU parallel, and a line for each task") {
  const TemporaryFile log("old\n", ".tsv");
  CHECK(run({"-j1", "--joblog", log.path(), "echo {}; exit {}", ":::", "0", "7"}).status == 1);
  const auto rows = rows_of(log.path());
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == std::vector<std::string>{"Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval",
                                            "Signal", "Command"});
  REQUIRE(rows[2].size() == 9);
  CHECK(rows[2][0] == "2");
  CHECK(rows[2][1] == ":");
  CHECK(std::stod(rows[2][2]) > 1.6e9);
  CHECK(std::stod(rows[2][3]) > 0);
  CHECK(rows[2][5] == "2");
  CHECK(rows[2][6] == "7");
  CHECK(rows[2][7] == "0");
  CHECK(rows[2][8] == "echo 7; exit 7");
}

TEST_CASE("the job log names the signal that ended a command, and counts a retried task once") {
  const TemporaryFile log("", ".tsv");
  CHECK(run({"--retries", "1", "--joblog", log.path(), "kill -9 $$; : {}", ":::", "a"}).status == 1);
  const auto rows = rows_of(log.path());
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].at(7) == "9");
}

TEST_CASE("the job log has the bytes that each command gets as standard input") {
  const TemporaryFile log("", ".tsv");
  const auto sent = [&] {
    std::vector<std::string> sizes;
    for (const auto& row : rows_of(log.path())) sizes.push_back(row.at(4));
    return sizes;
  };
  const TemporaryFile input("1\n2\n3\n", ".txt");
  CHECK(run({"-j1", "--joblog", log.path(), "--pipe", "-N2", "cat"}, "1\n2\n3\n").status == 0);
  CHECK(sent() == std::vector<std::string>{"Send", "4", "2"});
  Command command{
      {"/bin/sh", "-c", R"("$0" --joblog "$1" --pipe --header : cat < "$2")", prun_binary(), log.path(), input.path()}};
  CHECK(run_command(std::move(command)).status == 0);
  CHECK(sent() == std::vector<std::string>{"Send", "6"});
  CHECK(run({"-j1", "--joblog", log.path(), "cat", ":::", input.path()}).status == 0);
  CHECK(sent() == std::vector<std::string>{"Send", "0"});
  CHECK(run({"map", "--joblog", log.path()}, "{\"cmd\": [\"cat\"], \"stdin\": \"abc\"}\n").status == 0);
  CHECK(sent() == std::vector<std::string>{"Send", "3"});
}

TEST_CASE("a job log that cannot be written ends the run with its name") {
  const Result result = run({"--joblog", "/nothing.here/log", "echo", ":::", "a"});
  CHECK(result.status == 3);
  CHECK(result.err.find("prun: cannot write the job log /nothing.here/log: ") == 0);
}

TEST_CASE("commands are printed on standard error as they start") {
  const Result result = run({"-j1", "-t", "echo", "x {}", ":::", "a", "b"});
  CHECK(result.out == "x a\nx b\n");
  CHECK(result.err == "echo 'x a'\necho 'x b'\n");
}

TEST_CASE("outputs can be saved in files, whose names are printed in input order") {
  const Result result = run({"--files", "echo out {}; echo err {} >&2; head -c {} /dev/zero", ":::", "0", "3000000"});
  CHECK(result.status == 0);
  CHECK(result.err == "err 0\nerr 3000000\n");
  const auto names = lines_of(result.out);
  REQUIRE(names.size() == 2);
  std::ifstream small(names[0]);
  CHECK(std::string(std::istreambuf_iterator<char>(small), {}) == "out 0\n");
  CHECK(std::filesystem::file_size(names[1]) == 3'000'012);
  for (const std::string& name : names) std::filesystem::remove(name);
}

TEST_CASE("outputs come in input order, or as commands end") {
  CHECK(run({"-j2", "-k", "sleep {}; echo {}", ":::", "0.3", "0"}).out == "0.3\n0\n");
  CHECK(run({"-j2", "--no-keep-order", "sleep {}; echo {}", ":::", "0.5", "0"}).out == "0\n0.5\n");
  CHECK(first_error({"map", "--no-keep-order", "--cmd", "echo", "a"}) ==
        "prun: --no-keep-order is for commands without a mode; the mode imap_unordered prints outputs as tasks end");
  CHECK(first_error({"-k", "--no-keep-order", "echo", ":::", "a"}).find("cannot be used together") !=
        std::string::npos);
}

TEST_CASE("names and options of GNU parallel work without other options") {
  CHECK(run({"--will-cite", "-P", "1", "-u", "echo", ":::", "a"}).out == "a\n");
  CHECK(run({"--lb", "-N2", "echo", ":::", "a", "b"}).out == "a b\n");
  CHECK(run({"--termseq", "TERM,200,TERM,100,KILL", "echo", ":::", "a"}).out == "a\n");
  CHECK(first_error({"--termseq", "TERM,x,KILL", "echo", ":::", "a"}) ==
        "prun: --termseq takes signals, and milliseconds between them, such as TERM,200,KILL, not 'TERM,x,KILL'");
  CHECK(first_error({"--termseq", "FOO,200,KILL", "echo", ":::", "a"}).find("--termseq takes") != std::string::npos);
}

TEST_CASE("a sequence of signals that prun does not send is accepted with a warning") {
  for (const std::string sequence : {"INT,200,KILL", "TERM,200", "HUP,100,TERM,100,KILL"}) {
    CAPTURE(sequence);
    const Result result = run({"--termseq", sequence, "echo", ":::", "a"});
    CHECK(result.out == "a\n");
    CHECK(result.err == "prun: warning: prun does not send the signals of --termseq " + sequence +
                            ": it sends SIGTERM, and SIGKILL 200 ms later; a script can trap TERM\n");
  }
  CHECK(run({"--term-seq", "TERM", "echo", ":::", "a"}).err.find("SIGKILL 400 ms later") != std::string::npos);
}

TEST_CASE("other names of options work as in GNU parallel") {
  CHECK(run({"-C", ",", "echo {2}", ":::", "a,b"}).out == "b\n");
  CHECK(run({"-r", "--no-notice", "--gnu", "--silent", "--noswap", "--plain", "--willcite", "echo", ":::", "a"}).out ==
        "a\n");
  CHECK(run({"--dryrun", "echo {}", ":::", "a"}).out == "echo a\n");
  CHECK(run({"--halt-on-error", "never", "--colour=never", "--total-jobs", "1", "echo", ":::", "a"}).out == "a\n");
  CHECK(run({"--tag-string", "T", "echo", ":::", "a"}).out == "T\ta\n");
  const TemporaryFile log("", ".tsv");
  CHECK(run({"--jl", log.path(), "echo", ":::", "a"}).status == 0);
  CHECK(rows_of(log.path()).size() == 2);
  Command command = prun_command({"--spreadstdin", "--block-size", "2", "cat"});
  command.input = "a\nb\n";
  CHECK(run_command(std::move(command)).out == "a\nb\n");
}

TEST_CASE("no option of GNU parallel is answered with the name of an unrelated option") {
  const std::vector<std::string> refused{"--basenameextensionreplace",
                                         "--basenamereplace",
                                         "--bg",
                                         "--bin",
                                         "--block-timeout",
                                         "--bner",
                                         "--bnr",
                                         "--bt",
                                         "--cat",
                                         "--cf",
                                         "--citation",
                                         "--color-failed",
                                         "--compress",
                                         "--compress-program",
                                         "--controlmaster",
                                         "--ctag",
                                         "--ctagstring",
                                         "--decompress-program",
                                         "--dirnamereplace",
                                         "--dnr",
                                         "--embed",
                                         "--env",
                                         "--eof",
                                         "--er",
                                         "--exit",
                                         "--extensionreplace",
                                         "--fg",
                                         "--fifo",
                                         "--filter",
                                         "--filter-hosts",
                                         "--group-by",
                                         "--hashbang",
                                         "--hgrp",
                                         "--hostgroups",
                                         "--id",
                                         "--interactive",
                                         "--latest-line",
                                         "--limit",
                                         "--ll",
                                         "--max-chars",
                                         "--max-line-length-allowed",
                                         "--minversion",
                                         "--nonall",
                                         "--number-of-cores",
                                         "--number-of-cpus",
                                         "--number-of-sockets",
                                         "--number-of-threads",
                                         "--onall",
                                         "--open-tty",
                                         "--parens",
                                         "--pipe-part",
                                         "--pipepart",
                                         "--process-slot-var",
                                         "--quote",
                                         "--record-env",
                                         "--remove-rec-sep",
                                         "--retry-failed",
                                         "--round",
                                         "--round-robin",
                                         "--roundrobin",
                                         "--rpl",
                                         "--rrs",
                                         "--rsync-opts",
                                         "--sem",
                                         "--semaphore",
                                         "--semaphore-name",
                                         "--semaphoretimeout",
                                         "--seqreplace",
                                         "--session",
                                         "--shard",
                                         "--shebang",
                                         "--shebang-wrap",
                                         "--shell-completion",
                                         "--shell-quote",
                                         "--shellquote",
                                         "--show-limits",
                                         "--skip-first-line",
                                         "--slotreplace",
                                         "--sql",
                                         "--sqlandworker",
                                         "--sqlmaster",
                                         "--sqlworker",
                                         "--ssh",
                                         "--sshdelay",
                                         "--st",
                                         "--tee",
                                         "--tempdir",
                                         "--template",
                                         "--tmpdir",
                                         "--tmpl",
                                         "--tmux",
                                         "--tmuxpane",
                                         "--use-compress-program",
                                         "--use-cores-instead-of-threads",
                                         "--use-cpus-instead-of-cores",
                                         "--wait",
                                         "-D",
                                         "-E",
                                         "-J",
                                         "-M",
                                         "-U",
                                         "-V",
                                         "-e",
                                         "-i",
                                         "-l",
                                         "-o",
                                         "-p",
                                         "-s",
                                         "-x"};
  for (const std::string& name : refused) {
    CHECK(first_error({name, "echo", ":::", "a"})
              .starts_with("prun: " + name + " is an option of GNU parallel that prun does not take: "));
  }
  CHECK(first_error({"-ks100", "echo", ":::", "a"}).starts_with("prun: -s is an option of GNU parallel"));
  CHECK(first_error({"--id=x", "echo", ":::", "a"}).find("prun sem") != std::string::npos);
}

TEST_CASE("no workers are as many workers as possible") {
  CHECK(run({"-j0", "-k", "echo", ":::", "a", "b"}).out == "a\nb\n");
  CHECK(run({"--jobs", "0", "echo", ":::", "a"}).out == "a\n");
  CHECK(run({"map", "-j0", "fib", "7"}).status == 0);
}

TEST_CASE("-0 can be joined with other short options") {
  for (const std::string options : {"-0k", "-k0", "-q0", "-k0j2", "-0j2"}) {
    CAPTURE(options);
    Command command = prun_command({options, "echo {}x"});
    command.input = std::string("a\0b", 3);
    CHECK(run_command(std::move(command)).out == "ax\nbx\n");
  }
}

TEST_CASE("--halt takes the older numbers of GNU parallel") {
  CHECK(run({"-j1", "--halt", "0", "echo {}; exit {}", ":::", "1", "0"}).out == "1\n0\n");
  CHECK(first_error({"--halt", "3", "echo", ":::", "a"}).find("--halt takes never") != std::string::npos);
}

TEST_CASE("-n limits the inputs that -m and -X pass to a command") {
  CHECK(run({"-j1", "-n", "2", "-m", "echo", "p", "{}", ":::", "a", "b", "c"}).out == "p a b\np c\n");
  CHECK(run({"-Xj1", "echo", "p", "{}", "q", ":::", "a", "b", "c"}).out == "p a b c q\n");
  CHECK(first_error({"-X", "echo", "p-{}", ":::", "a", "b"}).starts_with("prun: -X needs {} as a word of its own"));
}

TEST_CASE("the last time of --termseq is the grace period of a command") {
  const Result result =
      run({"--timeout", "0.2s", "--termseq", "TERM,0,KILL", "trap '' TERM; sleep 30; : {}", ":::", "a"});
  CHECK(result.status == 1);
  CHECK(result.err.find("and was killed") != std::string::npos);
}

TEST_CASE("options of GNU parallel that prun does not take are answered with the alternative") {
  CHECK(
      first_error({"--tmux", "echo", ":::", "a"}) ==
      "prun: --tmux is an option of GNU parallel that prun does not take: --line-buffer shows output as it comes, and "
      "--tty gives a command the terminal");
  CHECK(first_error({"--sqlmaster", "x", "echo", ":::", "a"}).find("--journal FILE") != std::string::npos);
  CHECK(first_error({"echo {= s/a/b/ =}", ":::", "a"}) ==
        "prun: the command: {= s/a/b/ =}: prun does not run Perl expressions; use {/regex/text}, or change $1 in a "
        "script");
}
