// Commands, as a user of xargs or GNU parallel runs them.
#include "run_prun.hpp"

#include "support/folder.hpp"
#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace prun::test;

namespace {

bool wait_until_gone(pid_t pid) { return Witness({pid}).all_ended_within(std::chrono::seconds(10)); }

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a command runs for each input, its output in their order") {
  const Result result = run({"imap", "--cmd", "echo a {} b", "x y", "1..2"});
  CHECK(result.status == 0);
  CHECK(result.out == "a x y b\na 1 b\na 2 b\n");
}

TEST_CASE("a script is run by a shell, inputs quoted") {
  CHECK(run({"imap", "--sh", "echo {} | tr a-z A-Z", "it's", "$HOME"}).out == "IT'S\n$HOME\n");
}

TEST_CASE("a placeholder in quotes is exactly the input") {
  CHECK(run({"imap", "--sh", "echo \"a {}\" 'b {}' \"$(echo \"c {}\")\"", "x y", "$(echo no)'\"`"}).out ==
        "a x y b x y c x y\na $(echo no)'\"` b $(echo no)'\"` c $(echo no)'\"`\n");
  CHECK(run({"imap", "--dry-run", "--sh", "echo hi > \"out_{}\"", "a b"}).out == "echo hi > \"out_\"'a b'\"\"\n");
  const Result refused = run({"imap", "--sh", "echo `wc {}`", "a"});
  CHECK(refused.status == 2);
  CHECK(refused.err.find("prun: --sh: column 10: {} stands in backquotes") == 0);
}

TEST_CASE("words after -- and ::: work as in GNU parallel") {
  CHECK(run({"imap", "--", "echo", "{1}-{2}", ":::", "a", "b", ":::", "1", "2"}).out == "a-1\na-2\nb-1\nb-2\n");
  CHECK(run({"imap", "--", "echo", ":::", "a", "b", ":::+", "1", "2"}).out == "a 1\nb 2\n");
  CHECK(run({"imap", "-n", "2", "--", "echo"}, "a\nb\nc\n").out == "a b\nc\n");
}

TEST_CASE("inputs of a file, columns, NUL bytes") {
  const TemporaryFile list("a:1\nb:2\n", ".txt");
  CHECK(run({"imap", "--colsep", ":", "-a", list.path(), "--cmd", "echo {2}{1}"}).out == "1a\n2b\n");
  CHECK(run({"imap", "--", "echo", "::::", list.path()}).out == "a:1\nb:2\n");
  CHECK(run({"imap", "-0", "--cmd", "echo"}, std::string("a\nb\0c\0", 6)).out == "a\nb\nc\n");
}

TEST_CASE("standard input in blocks") {
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += std::to_string(i) + '\n';
  const Result result = run({"imap", "--pipe", "--block", "64K", "--cmd", "cat"}, lines);
  CHECK(result.status == 0);
  CHECK(result.out == lines);
}

TEST_CASE("a failed command is reported, its outputs are kept, and the others run") {
  const Result result = run({"imap", "--sh", "echo out {}; echo err >&2; exit {}", "0", "3"});
  CHECK(result.status == 1);
  CHECK(result.out == "out 0\nout 3\n");
  CHECK(result.err == "err\nerr\necho out 3; echo err >&2; exit 3: exit status 3\n");
}

TEST_CASE("a missing program is an error before any task runs") {
  const Result result = run({"imap", "--cmd", "no-such-program {}", "a"});
  CHECK(result.status == 2);
  CHECK(lines_of(result.err).at(0) == "prun: there is no program no-such-program on PATH");
}

TEST_CASE("JSON contains the complete result of a command") {
  const auto lines = json_lines(run({"imap", "--output", "jsonl", "--sh", "printf '\\377'; exit {}", "0", "1"}).out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["result"]["exit"] == 0);
  CHECK(lines[0]["result"]["stdout_base64"] == "/w==");
  CHECK(lines[0]["result"]["max_rss"].get<std::int64_t>() > 0);
  CHECK(lines[1]["error"]["kind"] == "exit");
  CHECK(lines[1]["error"]["exit_status"] == 1);
  CHECK(lines[1]["result"]["stderr"] == "");
}

TEST_CASE("a template shows what the command wrote") {
  CHECK(run({"imap", "--cmd", "echo x", "--format", "{args}: {result}", "1"}).out == "1: x 1\n");
}

TEST_CASE("--tag, --dry-run") {
  CHECK(run({"imap", "--tag", "--cmd", "seq {}", "2", "1"}).out == "2\t1\n2\t2\n1\t1\n");
  CHECK(run({"imap", "--dry-run", "--cmd", "rm -rf {}", "a b"}).out == "rm -rf 'a b'\n");
}

TEST_CASE("lines that are printed immediately are never mixed") {
  const Result result = run({"imap", "-j", "4", "--line-buffer", "--tag", "--sh",
                             "i=0; while [ $i -lt 50 ]; do echo $i-$1-$1; i=$((i+1)); done", "1..8"});
  CHECK(result.status == 0);
  std::vector<int> next(9, 0);
  for (const std::string& line : lines_of(result.out)) {
    const int task = std::stoi(line);
    const std::string number = std::to_string(task);
    CHECK(line ==
          number + '\t' + std::to_string(next.at(static_cast<std::size_t>(task))++) + '-' + number + '-' + number);
  }
  for (int task = 1; task <= 8; ++task) CHECK(next[static_cast<std::size_t>(task)] == 50);
}

TEST_CASE(
    "the last line of a command gets its newline with --line-buffer, even if a background process keeps the output "
    "open") {
  const Result result = run({"imap", "-j1", "--line-buffer", "--sh", "printf '%s' {}; sleep 300 &", "a", "b"});
  CHECK(result.out == "a\nb\n");
  CHECK(result.status == 0);
}

TEST_CASE("an empty list among several is pointed out") {
  const auto warning = [](const std::string& list) {
    return "prun: warning: list " + list +
           " of the inputs is empty, so no command runs; leave it out to run the other inputs\n";
  };
  CHECK(run({"echo", ":::", ":::", "a"}).err == warning("1"));
  CHECK(run({"echo", ":::", "a", ":::+"}).err == warning("2"));
  CHECK(run({"echo", ":::", "a", "::::", "/dev/null"}).err == warning("2"));
  const TemporaryFile empty("", ".txt");
  CHECK(run({"echo", "::::", empty.path(), ":::", "a"}).err == warning("1"));
  CHECK(run({"--header", ":", "echo {x}", ":::", "x", ":::", "y", "a"}).err == warning("1"));
  CHECK(run({"echo", ":::"}).err.empty());
  CHECK(run({"--link", "echo", ":::", ":::", "a"}).err.empty());
}

TEST_CASE("results are kept in files") {
  const auto directory = std::filesystem::temp_directory_path() / ("prun-results-" + std::to_string(::getpid()));
  CHECK(run({"imap", "--results", directory, "--sh", "echo $1; echo e >&2", ":::", "a/b", ":::", "2"}).out == "a/b\n");
  CHECK(content_of(directory / "1" / "a\\_b" / "2" / "2" / "stdout") == "a/b\n");
  CHECK(content_of(directory / "1" / "a\\_b" / "2" / "2" / "stderr") == "e\n");
  std::filesystem::remove_all(directory);
}

TEST_CASE("the folders of results have the names of the columns, sorted") {
  const Folder folder;
  CHECK(run({"--results", folder.file("r"), "--header", ":", "echo", ":::", "z/x", "a", ":::", "..", "1"}).status == 0);
  CHECK(folder.read("r/\\../1/z\\_x/a/stdout") == "a 1\n");
  CHECK(run({"--results", folder.file("r"), "--header", ":", "--csv", "echo"}, "z,y\nA,B,C\n").status == 0);
  CHECK(folder.read("r/y/B/z/A/3/C/stdout") == "A B C\n");
}

TEST_CASE("an input does not lead out of the folder of the results") {
  const Folder folder;
  const std::string name = folder.file("a/b/res/{1}/{2}");
  CHECK(run({"--results", name, "echo", ":::", "../../x", ":::", "..", "y"}).status == 0);
  CHECK(folder.read("a/b/res/\\../\\../x/\\..") == "../../x ..\n");
  CHECK(folder.read("a/b/res/\\../\\../x/y") == "../../x y\n");
  CHECK_FALSE(std::filesystem::exists(folder / "a/x"));
  CHECK(run({"--results", folder.file("a/../c/{}.txt"), "echo", ":::", "1"}).status == 0);
  CHECK(folder.read("c/1.txt") == "1\n");
}

TEST_CASE("results whose name begins with a placeholder are below the current folder") {
  const Folder folder;
  Command command;
  command.arguments = {"/bin/sh",
                       "-c",
                       R"(cd "$1" && shift && exec "$@")",
                       "sh",
                       folder.file(""),
                       prun_binary(),
                       "-k",
                       "--results={}",
                       "echo",
                       ":::",
                       "/a/b",
                       "../c",
                       "d",
                       "//e/./f",
                       ".",
                       "/"};
  CHECK(run_command(std::move(command)).status == 0);
  CHECK(folder.read("a/b") == "/a/b\n");
  CHECK(folder.read("a/b.err").empty());
  CHECK(folder.read("\\../c") == "../c\n");
  CHECK(folder.read("d") == "d\n");
  CHECK(folder.read("e/f") == "//e/./f\n");
  CHECK(folder.read("\\.") == ".\n");
  CHECK(folder.read("\\") == "/\n");
}

TEST_CASE("task files and calls run commands too") {
  const std::string tasks =
      R"TASKS({"cmd": ["sh", "-c", "cat; echo $A; pwd"], "stdin": "in ", "env": {"A": "x"}, "cwd": "/"}
{"sh": "echo $((6 * 7))", "id": "answer"}
{"function": "fib", "args": [8]}
)TASKS";
  const Result result = run({"submit"}, tasks);
  CHECK(result.status == 0);
  CHECK(result.out == "in x\n/\n42\nfib(8) = 34\n");
  CHECK(run({"submit", "command([\"echo\", \"hi\"])", "shell(\"echo $X\", env={\"X\": \"5\"})"}).out == "hi\n5\n");
}

TEST_CASE("processes that a killed worker's command has started die with the worker") {
  Process prun(prun_command({"imap", "-j", "1", "--ungroup", "--sh", "trap '' TERM; sleep 1000 & echo $!; wait", "1"}));
  REQUIRE(prun.wait_for_lines(1));
  const pid_t grandchild = std::stoi(prun.out());
  CHECK(::kill(grandchild, 0) == 0);
  prun.signal(SIGTERM);
  CHECK(prun.wait().status == 143);
  CHECK(wait_until_gone(grandchild));
}

TEST_CASE("kill -9 of the master leaves no command behind") {
  Process prun(prun_command({"imap", "-j", "1", "--ungroup", "--sh", "sleep 1000 & echo $!; wait", "1"}));
  REQUIRE(prun.wait_for_lines(1));
  const pid_t grandchild = std::stoi(prun.out());
  prun.signal(SIGKILL);
  CHECK(wait_until_gone(grandchild));
}

TEST_CASE("contradictory options are refused") {
  CHECK(run({"map", "fib", "1", "--pipe"}).status == 2);
  CHECK(run({"imap", "--cmd", "a", "--sh", "b", "1"}).status == 2);
  CHECK(run({"imap", "--cmd", "echo 'a", "1"}).err.find("the quote ' is not closed") != std::string::npos);
  CHECK(run({"imap", "--cmd", "echo", "--block", "1K", "1"}).status == 2);
  CHECK(run({"imap", "--cmd", "echo", "--ungroup", "--tag", "1"}).status == 2);
  CHECK(run({"imap", "--cmd", "cat", "--pipe", "-n", "auto"}).status == 2);
  CHECK(run({"imap", "--cmd", "echo", "--line-buffer", "--output", "json", "1"}).status == 2);
}

TEST_CASE("a script that begins with - or + is a script, not options of the shell") {
  CHECK(run({"imap", "--sh", "-x; echo {}", "1"}).out.ends_with("1\n"));
  CHECK(run({"imap", "--sh", "+x; echo {}", "1"}).out.ends_with("1\n"));
  CHECK(run({}, "-x; echo 2\n").out.ends_with("2\n"));
}

TEST_CASE("records of --pipe -0 end with NUL") {
  const Result result =
      run({"-j1", "--pipe", "-0", "-N", "1", "tr '\\000' '\\n'; echo ="}, std::string("a\nb\0c\0", 6));
  CHECK(result.out == "a\nb\n=\nc\n=\n");
}

TEST_CASE("blank lines keep their place in linked lists and are skipped otherwise, and a carriage return is text") {
  const TemporaryFile numbers("1\n2\n3\n", ".txt");
  const TemporaryFile words("a\n\nc\n", ".txt");
  CHECK(run({"imap", "--", "echo", "{1}={2}", "::::", numbers.path(), "::::+", words.path()}).out == "1=a\n2=\n3=c\n");
  CHECK(run({"imap", "--cmd", "echo", "-a", words.path()}).out == "a\nc\n");
  CHECK(run({"imap", "--cmd", "echo", "-"}, "a\r\nb\n").out == "a\r\nb\n");
}

TEST_CASE("a name that only looks like a range is a name") {
  CHECK(run({"imap", "--cmd", "echo", "1..2 copy.txt", "3..txt", "1..2"}).out == "1..2 copy.txt\n3..txt\n1\n2\n");
  CHECK(run({"imap", "--cmd", "echo", "1...3"}).status == 2);
}

TEST_CASE("standard error of commands is passed on if the output shows only text") {
  const Result result =
      run({"imap", "--sh", "echo out {}; echo warn {} >&2; exit {}", "0", "3", "--format", "{result}"});
  CHECK(result.out.find("out 0") != std::string::npos);
  CHECK(result.err.find("warn 0\n") != std::string::npos);
  CHECK(result.err.find("warn 3\n") != std::string::npos);
}

TEST_CASE("outputs and failure of a task are printed together if both go to one place") {
  const TemporaryFile both("", ".txt");
  Command command{
      {"/bin/sh", "-c",
       "\"$0\" imap -j 2 --sh '[ {} != 1 ] || sleep 0.2; echo {}; echo e{} >&2; exit {}' 1 0 2 > \"$1\" 2>&1",
       prun_binary(), both.path()}};
  CHECK(run_command(std::move(command)).status == 1);
  const auto lines = lines_of(content_of(both.path()));
  REQUIRE(lines.size() == 8);
  CHECK(lines[0] == "1");
  CHECK(lines[1] == "e1");
  CHECK(lines[2].ends_with("exit status 1"));
  CHECK(lines[3] == "0");
  CHECK(lines[4] == "e0");
  CHECK(lines[5] == "2");
  CHECK(lines[6] == "e2");
}

TEST_CASE("the CPU time of a command, with all that it starts, is limited") {
  const Result result = run({"imap", "-j", "2", "--cpu-limit", "200ms", "--sh", "eval {}", "while :; do :; done",
                             "while :; do :; done & wait", "sleep 0.5; echo idle"});
  CHECK(result.status == 1);
  CHECK(result.out == "idle\n");
  CHECK(lines_of(result.err).size() == 2);
  CHECK(result.err.find("s of CPU time and was terminated") != std::string::npos);
}

TEST_CASE("processes that an earlier command has left running do not count for the limit of the next") {
  const Result result = run({"imap", "-j", "1", "--cpu-limit", "200ms", "--sh", "eval {}",
                             "while :; do :; done >/dev/null 2>&1 &", "sleep 0.6; echo ok"});
  CHECK(result.status == 0);
  CHECK(result.out == "ok\n");
}

TEST_CASE("the run ends if lines cannot be written") {
  Command command{
      {"/bin/sh", "-c", "\"$0\" imap -j 2 --line-buffer --sh 'echo {}' 1..1000 > /dev/full", prun_binary()}};
  const Result result = run_command(std::move(command));
  CHECK(result.status == 3);
  CHECK(result.err == "prun: cannot write to standard output: No space left on device\n");
}

TEST_CASE("a command may have the name of any function") {
  const Result result = run({"imap", "--cmd", "sleep", "0.01"});
  CHECK(result.status == 0);
  CHECK(result.out.empty());
  CHECK(run({"imap", "--", "sleep", ":::", "0.01"}).status == 0);
  for (const char* name : {"command", "shell", "fib"}) {
    const Result missing = run({"imap", "--cmd", name, "1"});
    INFO(missing);
    CHECK(missing.err.find("there is no program " + std::string(name) + " on PATH") != std::string::npos);
  }
  CHECK(run({"imap", "--sh", "sleep", "0.01"}).status == 0);
  CHECK(run({"imap", "--initializer", "sleep(0.01)", "--cmd", "sleep", "0.01"}).status == 0);
}

TEST_CASE("a failed script with parameters is reported with its inputs") {
  const Result result = run({"imap", "--sh", "exit $1", "--", "3"});
  CHECK(result.err == "exit $1 (input: 3): exit status 3\n");
  CHECK(run({"imap", "--sh", "exit $2", ":::", "a b", ":::", "4"}).err == "exit $2 (inputs: 'a b' 4): exit status 4\n");
  const std::string script = "exit $1 # " + std::string(1000, 'x');
  CHECK(run({"imap", "--sh", script, "5"}).err.find("x... (input: 5): exit status 5\n") != std::string::npos);
  CHECK(run({"imap", "--dry-run", "--sh", "exit $1", "3"}).out == "/bin/sh -c 'exit $1' sh 3\n");
}

TEST_CASE("a probable mistake is reported once, and the command runs") {
  const auto advice = [](std::vector<std::string> arguments, std::string input = {}) {
    return run(std::move(arguments), std::move(input)).err;
  };
  CHECK(advice({"imap", "--sh", "true; true", "1..3"}) ==
        "prun: warning: the script does not use its inputs; write {} or \"$1\" where the input belongs\n");
  CHECK(advice({"imap", "--cmd", "echo {} | wc", "1..3"}).find("prun: warning: --cmd runs no shell: '|' is") == 0);
  CHECK(advice({"imap", "--", "sh", "-c", "echo {}", ":::", "a"}).find("prun: warning: sh -c reads the input") == 0);
  CHECK(advice({"imap", "--cmd", "A=1 env", "1"}).find("use --sh, or the command env: env A=1 ...") !=
        std::string::npos);
  CHECK(advice({"imap", "--cmd", "cd /", "1"}).find("cd belongs to the shell: use --sh") != std::string::npos);
  CHECK(advice({"imap", "--quiet", "--sh", "true; true", "1"}).empty());
  CHECK(advice({"imap", "--pipe", "--sh", "cat | cat >/dev/null"}, "a\n").empty());
  CHECK(advice({"apply", "--sh", "true; true"}).empty());
  CHECK(advice({"imap", "--cmd", "echo '|' {}", "1"}).empty());
  CHECK(advice({"imap", "--", "sh", "-c", "echo \"$1\"", "sh", "{}", ":::", "a"}).empty());
}

TEST_CASE("a NUL byte in a command, its folder or its variables fails the task without truncation") {
  // Of the short forms, {"cmd": ...} and {"sh": ...}, the reader of tasks tells it with its place.
  const std::string tasks = R"({"function": "shell", "args": ["echo safe\u0000; exit 5"]}
{"function": "command", "args": [["echo", "a\u0000b"]]}
{"function": "command", "args": ["echo a\u0000b"]}
{"function": "command", "args": [["pwd"]], "kwargs": {"cwd": "/\u0000tmp"}}
{"function": "command", "args": [["env"]], "kwargs": {"env": {"A": "b\u0000c"}}}
{"function": "command", "args": [["env"]], "kwargs": {"env": {"A\u0000B": "c"}}}
{"function": "command", "args": [["env"]], "kwargs": {"env": {"A=B": "c"}}}
)";
  const Result result = run({"submit"}, tasks);
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  const auto lines = lines_of(result.err);
  REQUIRE(lines.size() == 7);
  const char* const expected[] = {"script contains a NUL byte at offset 9",
                                  "cmd[1] contains a NUL byte at offset 1",
                                  "cmd contains a NUL byte at offset 6",
                                  "cwd contains a NUL byte at offset 1",
                                  "env.A contains a NUL byte at offset 1",
                                  "a name in env contains a NUL byte at offset 1",
                                  "env has the name 'A=B', which no variable can have"};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    INFO(lines[i]);
    CHECK(lines[i].find(expected[i]) != std::string::npos);
  }
}

TEST_CASE("each command is its own chunk, also in map") {
  // With two workers, a chunk of one command is begun twice before the first is let go on.
  const auto folder = std::filesystem::temp_directory_path() / ("prun-map-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string script = "touch " + folder.string() + "/{}; n=0; until [ -e " + folder.string() + "/1 ] && [ -e " +
                             folder.string() + "/2 ]; do n=$((n+1)); [ $n -lt 500 ] || exit 9; sleep 0.01; done";
  CHECK(run({"map", "-j", "2", "--sh", script, "1..9"}).status == 0);
  std::filesystem::remove_all(folder);
}

TEST_CASE("every form of output has the text that a command wrote before it failed") {
  const std::string script = "printf 'a b\\n'; printf '\\377'; exit {}";
  const auto out = [&](std::vector<std::string> form) {
    form.insert(form.begin(), {"imap", "--quiet", "--sh", script, "3"});
    return run(std::move(form)).out;
  };
  CHECK(out({}) == "a b\n\xff");
  CHECK(out({"--output", "raw"}) == "a b\n\xff");
  CHECK(out({"--format", "{args}: {result}"}) == "3: a b\n\xff\n");
  CHECK(out({"--format", "{result} {error}"}) == "a b\n\xff exit status 3\n");
  CHECK(out({"--format", "{args}"}).empty());
  CHECK(csv_rows(out({"--output", "csv"})).at(1).at(4) == "a b\n\xff");
  CHECK(out({"--output", "tsv"}).find("\ta b\\n\xff\t\texit status 3\t") != std::string::npos);
  CHECK(json_lines(out({"--output", "jsonl"})).at(0)["result"]["stdout_base64"] == "YSBiCv8=");
  const std::string large =
      run({"imap", "--output", "csv", "--sh", "head -c 3000000 /dev/zero | tr '\\0' x; exit {}", "3"}).out;
  CHECK(csv_rows(large).at(1).at(4) == std::string(3'000'000, 'x'));
}

TEST_CASE("each task has its own folder for its results") {
  const auto directory = std::filesystem::temp_directory_path() / ("prun-own-" + std::to_string(::getpid()));
  std::filesystem::remove_all(directory);
  const std::string longer(300, 'n');
  const auto stdout_of = [&](const std::string& name) { return content_of(directory / "1" / name / "stdout"); };
  const std::vector<std::string> command{"imap", "--results", directory, "--sh", "echo {#}.{}", "--"};
  std::vector<std::string> arguments = command;
  for (const std::string& input :
       {std::string("a"), std::string("b"), std::string("a"), longer + "1", longer + "2", std::string("."),
        std::string(".."), std::string("../x"), std::string(), std::string("a\\~3"), std::string("a")}) {
    arguments.push_back(input);
  }
  CHECK(run(arguments).status == 0);
  for (int again = 0; again < 2; ++again) {
    CHECK(stdout_of("a") == "1.a\n");
    CHECK(stdout_of("b") == "2.b\n");
    CHECK(stdout_of("a\\~3") == "3.a\n");
    CHECK(stdout_of(longer.substr(0, 200)) == "4." + longer + "1\n");
    CHECK(stdout_of(longer.substr(0, 200) + "\\~5") == "5." + longer + "2\n");
    CHECK(stdout_of("\\.") == "6..\n");
    CHECK(stdout_of("\\..") == "7...\n");
    CHECK(stdout_of("..\\_x") == "8.../x\n");
    CHECK(stdout_of("\\") == "9.\n");
    CHECK(stdout_of("a\\\\~3") == "10.a\\~3\n");
    CHECK(stdout_of("a\\~11") == "11.a\n");
    CHECK(run(arguments).status == 0);  // over what is there, by the same names
  }
  CHECK(std::distance(std::filesystem::directory_iterator(directory / "1"), {}) == 11);
  std::filesystem::remove_all(directory);
}

TEST_CASE("different tasks of a task file, and inputs that are too long for a path, have separate folders of results") {
  const auto directory = std::filesystem::temp_directory_path() / ("prun-mix-" + std::to_string(::getpid()));
  std::filesystem::remove_all(directory);
  const std::string tasks = "{\"cmd\": [\"echo\", \"first\"]}\n{\"sh\": \"seq\"}\n{\"cmd\": [\"echo\", \"third\"]}\n";
  CHECK(run({"submit", "--results", directory}, tasks).out == "first\nthird\n");
  CHECK(content_of(directory / "1" / "stdout") == "first\n");
  CHECK(content_of(directory / "1" / "seq\\~2" / "seq") == "2");
  CHECK(content_of(directory / "3" / "stdout") == "third\n");
  std::vector<std::string> many{"imap", "--results", directory, "-n", "30", "--cmd", "echo"};
  for (int i = 0; i < 30; ++i) many.push_back(std::string(200, 'x'));
  CHECK(run(many).status == 0);
  CHECK(content_of(directory / "1" / "stdout").size() == 30 * 201);
  std::filesystem::remove_all(directory);
}

TEST_CASE("commands keep the stack limit that prun was started with, unless one is asked for") {
  const auto limit_of_command = [](const std::string& options) {
    Command command{
        {"/bin/sh", "-c", "ulimit -S -s 5000; \"$0\" imap " + options + " --sh 'ulimit -s; : {}' 1", prun_binary()}};
    return run_command(std::move(command)).out;
  };
  CHECK(limit_of_command("") == "5000\n");
  CHECK(limit_of_command("--stack-size 16M") == "16384\n");
}
