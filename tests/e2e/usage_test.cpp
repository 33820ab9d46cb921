// Wrong usage: one clear line and where to look, on standard error, and nothing else happens.
#include "prun_support.hpp"

#include <doctest/doctest.h>

using namespace prun::test;

namespace {

void check_refused(std::vector<std::string> arguments, const std::string& message, const std::string& help = "") {
  const Result run = run_prun(std::move(arguments));
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.out.empty());
  const auto lines = lines_of(run.err);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "prun: " + message);
  CHECK(lines[1] == (help.empty() ? "try 'prun map --help'" : "try '" + help + "'"));
}

}  // namespace

TEST_CASE("a mistyped mode is answered with the nearest mode") {
  check_refused({"mapp", "fib", "1..3"}, "unknown mode 'mapp'; did you mean map?", "prun --help");
  check_refused({"imap_unorderd", "fib"}, "unknown mode 'imap_unorderd'; did you mean imap_unordered?", "prun --help");
  check_refused({"everything"}, "'everything' is neither a mode nor a program on PATH", "prun --help");
}

TEST_CASE("a mistyped option is answered with the nearest option") {
  check_refused({"map", "fib", "1", "--chunksise", "3"}, "unknown option --chunksise; did you mean --chunksize?");
  check_refused({"map", "fib", "1", "--chunksise=3"}, "unknown option --chunksise; did you mean --chunksize?");
  check_refused({"map", "fib", "1", "-x"}, "unknown option -x; an input that begins with - goes after --");
}

TEST_CASE("an option without its value is an error") {
  check_refused({"map", "fib", "1", "--jobs"}, "--jobs needs a value");
  check_refused({"map", "fib", "1", "--output="}, "--output needs a value");
  check_refused({"map", "fib", "1", "--quiet=perhaps"}, "--quiet takes no value");
}

TEST_CASE("an invalid number of workers is an error") {
  const std::string right =
      "--jobs takes 1 or more workers, such as 8, 50%, +2 or -1, or a file that holds one of these, not ";
  for (const std::string text : {"+", "0%", "two", "1.5", "50%%", "%", ""}) {
    check_refused({"map", "fib", "1", "--jobs", text}, right + "'" + text + "'");
  }
  check_refused({"map", "fib", "1", "-j-x"}, right + "'-x'");
  check_refused({"map", "fib", "1", "--workers", "5000"}, "--jobs takes at most 4096 workers, not '5000'");
}

TEST_CASE("the error about a mistyped word of an option names the near word") {
  const auto refused = [](const std::string& option, const std::string& text, const std::string& message) {
    check_refused({"map", "fib", "1", option + "=" + text}, option + " takes " + message);
  };
  refused("--chunksize", "aut", "a whole number of 1 or more, or auto, not 'aut'; did you mean auto?");
  refused("--order", "longst-first",
          "input, longest-first or shuffle, not 'longst-first'; did you mean longest-first?");
  refused("--progress", "ba", "auto, bar, rows, plain, json or none, not 'ba'");
  refused("--progress", "baar", "auto, bar, rows, plain, json or none, not 'baar'; did you mean bar?");
  refused("--exit-status", "coun", "any, first or count, not 'coun'; did you mean count?");
  refused("--output", "jsn", "text, json, jsonl, csv, tsv, raw or junit, not 'jsn'; did you mean json?");
  check_refused({"--max-args", "aut", "echo", ":::", "1"},
                "--max-args takes a whole number of 1 or more, or auto or max, not 'aut'; did you mean auto?",
                "prun --help");
  check_refused({"map", "fib", "1", "--retries", "1", "--retry-on", "crsh"},
                "--retry-on takes crash, timeout, exception, exit or all, not 'crsh'; did you mean crash?");
}

TEST_CASE("counts and sizes below 1 are errors") {
  for (const std::string option : {"--chunksize", "--max-tasks-per-child", "--buffersize"}) {
    for (const std::string text : {"0", "-1", "many"}) {
      check_refused({"map", "fib", "1", option, text}, option + " takes a whole number of 1 or more" +
                                                           (option == "--chunksize" ? ", or auto" : "") + ", not '" +
                                                           text + "'");
    }
  }
  check_refused({"map", "fib", "1", "--buffer-bytes", "16Q"},
                "--buffer-bytes takes a size of 1 byte or more, such as 4096, 64K, 16M or 1G, not '16Q'");
  check_refused({"map", "fib", "1", "--seed", "-1"},
                "--seed takes a whole number from 0 to 18446744073709551615, not '-1'");
}

TEST_CASE("unknown names are errors") {
  check_refused({"map", "fib", "1", "--output", "xml"},
                "--output takes text, json, jsonl, csv, tsv, raw or junit, not 'xml'");
  check_refused({"map", "fib", "1", "--log-level", "loud"},
                "--log-level takes trace, debug, info, warn, error or off, not 'loud'");
}

TEST_CASE("a template with an unknown field names the column and the fields") {
  const Result run = run_prun({"map", "fib", "1", "--format", "{args} {reslt}"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.err.find("'reslt'") != std::string::npos);
  CHECK(run.err.find("column") != std::string::npos);
  CHECK(run.err.find("result") != std::string::npos);
}

TEST_CASE("options that contradict each other are errors") {
  check_refused({"map", "fib", "1", "--quiet", "--verbose"},
                "--quiet and --verbose cannot be used together: one asks for less, the other for more");
  check_refused({"map", "fib", "1", "--threads", "--max-tasks-per-child", "3"},
                "--threads and --max-tasks-per-child cannot be used together: threads have no worker processes to "
                "replace");
  check_refused({"map", "fib", "1", "--format", "{result}", "--output", "csv"},
                "--format and --output csv cannot be used together: a template is a form of text");
}

TEST_CASE("prun functions takes targets and few options") {
  check_refused({"functions", "fibb"},
                "fibb: ModuleNotFoundError: No module named 'fibb'; did you mean the function fib?", "prun --help");
  check_refused({"functions", "--jobs", "3"}, "prun functions does not take --jobs", "prun functions --help");
  check_refused({"functions", "--output", "csv"}, "--output takes text or json, not 'csv'", "prun functions --help");
}

TEST_CASE("an option without the option that it needs is an error") {
  check_refused({"map", "fib", "1", "--retry-delay", "1s"}, "--retry-delay needs --retries N");
  check_refused({"map", "fib", "1", "--resume"}, "--resume needs --journal FILE");
  check_refused({"imap", "--cmd", "cat", "--pipe", "-nauto"},
                "with --pipe, --max-args takes the number of records of a block", "prun imap --help");
}

TEST_CASE("a job log cannot be resumed, and the error names the journal") {
  check_refused({"--resume", "--joblog", "log", "echo", ":::", "a"},
                "--resume cannot continue from a job log; record the run with --journal FILE", "prun --help");
}

TEST_CASE("a command with an option after a mode gets the form for commands") {
  check_refused({"imap", "wc", "-l"}, "'wc' is a program, not a function; run it without a mode: prun wc -l",
                "prun imap --help");
  check_refused({"imap", "wc", "-l", "a"},
                "'wc' is a program, not a function; run it without a mode: prun wc OPTION... ::: INPUT...",
                "prun imap --help");
}

TEST_CASE("prun schema takes no words") {
  check_refused({"schema", "x"}, "prun schema takes no arguments: prun schema > prun.schema.json",
                "prun schema --help");
}

TEST_CASE("an option of commands without a command is an error") {
  check_refused({"map", "fib", "1", "--ungroup"}, "--ungroup needs a command: --cmd, --sh, or words after --");
  check_refused({"map", "fib", "1", "--tag"}, "--tag needs a command: --cmd, --sh, or words after --");
}

TEST_CASE("help on an unknown topic names the nearest topic") {
  check_refused({"help", "timout"}, "there is no help on 'timout'; did you mean prun help timeout?",
                "prun help topics");
  check_refused({"help", "fibb"}, "there is no help on 'fibb'; did you mean prun help fib?", "prun help topics");
  check_refused({"help", "nothing of the kind"},
                "there is no help on 'nothing of the kind'; prun help topics lists the topics", "prun help topics");
}
