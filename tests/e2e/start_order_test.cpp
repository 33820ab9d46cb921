// --order, --cost and --durations: when tasks start, seen from outside.
#include "prun_support.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

std::string first_words(const std::string& text) {
  std::string words;
  for (const std::string& line : lines_of(text)) words += line.substr(0, line.find(' ')) + " ";
  return words;
}

/// The inputs of a run with one worker, in the order in which their commands ran.
std::string order_of_starts(std::vector<std::string> options, const std::vector<std::string>& inputs) {
  const Folder folder;
  const std::string log = folder.file("log");
  options.insert(options.end(), {"-j", "1", "--sh", "echo {} >> " + log, ":::"});
  options.insert(options.begin(), "imap");
  options.insert(options.end(), inputs.begin(), inputs.end());
  const Result run = run_prun(options);
  INFO(run);
  CHECK(run.status == 0);
  std::ifstream file(log);
  std::string order;
  for (std::string line; std::getline(file, line);) order += line + " ";
  return order;
}

std::string usage_error(std::vector<std::string> options) {
  options.insert(options.begin(), {"map", "fib", "1..3"});
  const Result run = run_prun(std::move(options));
  CHECK(run.status == 2);
  CHECK(run.out.empty());
  return run.err;
}

}  // namespace

TEST_CASE("tasks start in the given order, and results keep the order of the mode") {
  const std::vector<std::string> by_cost{"--order", "longest-first", "--cost", "$1"};
  CHECK(order_of_starts(by_cost, {"3", "1", "20", "4"}) == "20 4 3 1 ");
  CHECK(order_of_starts({"--order", "longest-first", "--cost", "-$1"}, {"3", "1", "20", "4"}) == "1 3 4 20 ");
  CHECK(order_of_starts({"--order", "input"}, {"3", "1", "20", "4"}) == "3 1 20 4 ");
  const std::string shuffled = order_of_starts({"--order", "shuffle"}, {"1", "2", "3", "4", "5", "6", "7", "8"});
  CHECK(shuffled != "1 2 3 4 5 6 7 8 ");
  CHECK(shuffled == order_of_starts({"--order", "shuffle"}, {"1", "2", "3", "4", "5", "6", "7", "8"}));
  for (const std::string mode : {"map", "imap", "submit"}) {
    const Result run =
        run_prun({mode, "identity", "1..200", "--order", "longest-first", "--cost", "$1", "--format", "{args}"});
    INFO(run);
    CHECK(run.status == 0);
    CHECK(run.out == run_prun({mode, "identity", "1..200", "--format", "{args}"}).out);
  }
}

TEST_CASE("the largest file starts first") {
  const Folder folder;
  std::vector<std::string> files;
  for (const int size : {10, 3000, 200}) {
    files.push_back(folder.file(std::to_string(size)));
    std::ofstream(files.back()) << std::string(static_cast<std::size_t>(size), 'x');
  }
  CHECK(order_of_starts({"--order", "longest-first", "--cost", "size($1)"}, files) ==
        files[1] + " " + files[2] + " " + files[0] + " ");
}

TEST_CASE("durations come from the journal of an earlier run, for tasks that it has") {
  const Folder folder;
  const std::string journal = folder.file("run.db");
  const Result earlier = run_prun({"imap", "fib", "5", "27", "1", "22", "-j", "1", "--journal", journal});
  INFO(earlier);
  REQUIRE(earlier.status == 0);
  const Result run = run_prun({"imap_unordered", "fib", "1", "5", "30", "22", "27", "-j", "1", "--order",
                               "longest-first", "--durations", journal, "--format", "{args} x"});
  INFO(run);
  CHECK(run.status == 0);
  const std::string order = first_words(run.out);
  CHECK(order.starts_with("30 27 22 "));  // 30 is not known
}

TEST_CASE("a run that is resumed takes the durations of its own journal, which need not exist yet") {
  const Folder folder;
  const std::vector<std::string> command{"map",      "fib",     "1..20",        "--journal", folder.file("run.db"),
                                         "--resume", "--order", "longest-first"};
  for (int round = 0; round < 2; ++round) {
    const Result run = run_prun(command);
    INFO(run);
    CHECK(run.status == 0);
    CHECK(lines_of(run.out).size() == 20);
  }
}

TEST_CASE("prun retry takes the durations of the journal that it reads") {
  const Folder folder;
  const std::string journal = folder.file("run.db");
  REQUIRE(run_prun({"imap", "identity", "1..3", "--journal", journal}).status == 0);
  const Result run = run_prun({"retry", journal, "--order", "longest-first"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(lines_of(run.out).size() == 3);
}

TEST_CASE("options that contradict --order are named") {
  CHECK(usage_error({"--order", "fastest"}).find("--order takes input, longest-first or shuffle, not 'fastest'") !=
        std::string::npos);
  CHECK(
      usage_error({"--order", "longest-first"})
          .find("--order longest-first needs durations: --cost EXPR, --durations FILE, or a journal that is resumed") !=
      std::string::npos);
  CHECK(usage_error({"--cost", "$1"}).find("--cost needs --order longest-first") != std::string::npos);
  for (const std::string order : {"shuffle", "input"}) {
    CHECK(usage_error({"--order", order, "--cost", "$1"}).find("--cost needs --order longest-first") !=
          std::string::npos);
    CHECK(usage_error({"--order", order, "--durations", "run.db"}).find("--durations needs --order longest-first") !=
          std::string::npos);
  }
  CHECK(usage_error({"--order", "longest-first", "--cost", "x" + std::string(500, 'y')})
            .find("--cost 'x" + std::string(79, 'y') + "...': a number") != std::string::npos);
  CHECK(usage_error({"--order", "shuffle", "--chunksize", "2"})
            .find("--order and --chunksize cannot be used together: with --order, tasks start one by one") !=
        std::string::npos);
  CHECK(usage_error({"--order", "longest-first", "--cost", "2 *"})
            .find("--cost '2 *': a number, $1, size($1) or '(' is expected at character 4") != std::string::npos);
  CHECK(usage_error({"--order", "longest-first", "--cost", "$2"})
            .find("the cost of task 0 cannot be computed: the task has 1 argument, so there is no $2") !=
        std::string::npos);
}

TEST_CASE("an input that is too long to be stored is refused before any task runs") {
  const Result run = run_prun({"imap", "identity", "1..1000000000000", "--order", "shuffle"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.err.find("--order keeps all tasks in memory, and the input has 1000000000000; the most is 100000000") !=
        std::string::npos);
}

TEST_CASE("a missing journal is named") {
  const Result run = run_prun({"map", "fib", "1..3", "--order", "longest-first", "--durations", "/no/such/run.db"});
  INFO(run);
  CHECK(run.status != 0);
  CHECK(run.out.empty());
  CHECK(run.err.find("/no/such/run.db") != std::string::npos);
}
