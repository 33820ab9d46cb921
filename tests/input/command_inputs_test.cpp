// Inputs of commands: lists, products, links, columns, batches, blocks.
#include "input/commands/command_inputs.hpp"
#include "wire/json.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>

using namespace prun;

namespace {

class Command final : public Function {
 public:
  Command() { signature_.open = signature_.more_arguments = true; }
  [[nodiscard]] std::string_view name() const noexcept override { return "command"; }
  [[nodiscard]] const Signature& signature() const noexcept override { return signature_; }
  [[nodiscard]] std::string_view help() const noexcept override { return ""; }
  void call(std::string_view, const CallContext&, std::string&) const override {}

 private:
  Signature signature_;
};

std::string json_of(const Task& task) {
  std::string json;
  wire::append_json(json, task.kwargs.empty() ? task.args : task.kwargs);
  return json;
}

/// Each task's arguments as JSON, or its standard input.
std::vector<std::string> tasks(CommandInputOptions options, const std::string& standard_input = "") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  REQUIRE(::write(ends[1], standard_input.data(), standard_input.size()) ==
          static_cast<ssize_t>(standard_input.size()));
  ::close(ends[1]);
  options.stdin_fd = ends[0];
  const Command command;
  const auto source = open_command_inputs(options, command);
  if (!source) return {"error: " + source.error().message};
  std::vector<std::string> all;
  Task task;
  for (Pull pull = (*source)->next(task); pull != Pull::end; pull = (*source)->next(task)) {
    all.push_back(pull == Pull::task ? json_of(task) : "bad: " + (*source)->error().message);
  }
  ::close(ends[0]);
  return all;
}

InputList words(std::vector<std::string> list, bool linked = false) {
  return {std::move(list), std::nullopt, linked, 0};
}

using Tasks = std::vector<std::string>;

}  // namespace

TEST_CASE("words are not interpreted") {
  CHECK(tasks({.lists = {words({"1.50", "[2]", "1..3"})}}) == Tasks{R"(["1.50"])", R"(["[2]"])", R"(["1..3"])"});
}

TEST_CASE("INPUT words may be ranges, and a lone dash the lines of standard input") {
  CHECK(tasks({.lists = {{{"a", "1..3"}, std::nullopt, false, 2}}}) ==
        Tasks{R"(["a"])", R"(["1"])", R"(["2"])", R"(["3"])"});
  CHECK(tasks({.lists = {{{"-"}, std::nullopt, false, 1}}}, "x\n\ny z\n") == Tasks{R"(["x"])", R"(["y z"])"});
}

TEST_CASE("words after -- are not interpreted, words before it are") {
  CHECK(tasks({.lists = {{{"1..2", "1..2"}, std::nullopt, false, 1}}}) == Tasks{R"(["1"])", R"(["2"])", R"(["1..2"])"});
  CHECK(tasks({.lists = {{{"-"}, std::nullopt, false, 0}}}, "x\n") == Tasks{R"(["-"])"});
}

TEST_CASE("the elements of a command's range are written as the range is") {
  CHECK(tasks({.lists = {{{"08..10", "a..c", "0.9..1.0..0.1"}, std::nullopt, false, 3}}}) ==
        Tasks{R"(["08"])", R"(["09"])", R"(["10"])", R"(["a"])", R"(["b"])", R"(["c"])", R"(["0.9"])", R"(["1.0"])"});
}

TEST_CASE("a NUL byte in a line is bad input, and reading continues with the next line") {
  const std::string input(
      "a\n\xC3\xA4"
      "b\0c\nd\n",
      10);
  CHECK(tasks({}, input) ==
        Tasks{R"(["a"])",
              "bad: <stdin>:2:3: the input has a NUL byte, which no argument of a command can have; use -0 for inputs "
              "that end with NUL\n  \xC3\xA4"
              "b\xEF\xBF\xBD"
              "c\n    ^",
              R"(["d"])"});
  CHECK(tasks({.null_separated = true}, input) == Tasks{R"(["a\näb"])", R"(["c\nd\n"])"});
}

TEST_CASE("empty lines are skipped, except in linked lists and between NUL bytes") {
  const std::string file = std::string("/tmp/prun-lines-") + std::to_string(::getpid());
  std::ofstream(file) << "a\n\nb\n";
  const InputList lines{{}, file, false, 0};
  const InputList linked_lines{{}, file, true, 0};
  const Tasks two{R"(["a"])", R"(["b"])"};
  CHECK(tasks({}, "a\n\nb\n") == two);
  CHECK(tasks({.lists = {lines}}) == two);
  CHECK(tasks({.lists = {{{}, "-", false, 0}}}, "a\n\nb\n") == two);
  CHECK(tasks({.lists = {lines, words({"1"})}}) == Tasks{R"(["a","1"])", R"(["b","1"])"});
  CHECK(tasks({.lists = {words({"1", "2", "3"}), linked_lines}}) ==
        Tasks{R"(["1","a"])", R"(["2",""])", R"(["3","b"])"});
  CHECK(tasks({.lists = {lines, words({"1", "2", "3"}, true)}}) ==
        Tasks{R"(["a","1"])", R"(["","2"])", R"(["b","3"])"});
  std::remove(file.c_str());
  CHECK(tasks({.null_separated = true}, std::string("a\0\0", 3)) == Tasks{R"(["a"])", R"([""])"});
}

TEST_CASE("more than 2^64 inputs are possible") {
  const Command command;
  CommandInputOptions options;
  const std::string half = "-9223372036854775808..-1";
  options.lists = {{{half, half}, std::nullopt, false, 2}};
  auto source = open_command_inputs(options, command);
  REQUIRE(source);
  CHECK((*source)->remaining() == UINT64_MAX);
  Task task;
  REQUIRE((*source)->next(task) == Pull::task);
  CHECK(json_of(task) == R"(["-9223372036854775808"])");

  std::vector<std::string> numbers;
  for (int i = 0; i < 65536; ++i) numbers.push_back(std::to_string(i));
  options.lists = {words(numbers), words(numbers), words(numbers), words(numbers)};
  source = open_command_inputs(options, command);
  REQUIRE(source);
  CHECK((*source)->remaining() == UINT64_MAX);
  REQUIRE((*source)->next(task) == Pull::task);
  CHECK(json_of(task) == R"(["0","0","0","0"])");
  options.max_args = SIZE_MAX;
  CHECK((*open_command_inputs(options, command))->remaining() == 1);
}

TEST_CASE("without lists the lines of standard input are the inputs") {
  CHECK(tasks({}, "a\nb") == Tasks{R"(["a"])", R"(["b"])"});
}

TEST_CASE("several lists form their product, and the last one varies fastest") {
  CHECK(tasks({.lists = {words({"a", "b"}), words({"1", "2"})}}) ==
        Tasks{R"(["a","1"])", R"(["a","2"])", R"(["b","1"])", R"(["b","2"])"});
}

TEST_CASE("linked lists are read in parallel up to the end of the shortest") {
  CHECK(tasks({.lists = {words({"a", "b", "c"}), words({"1", "2"}, true)}}) == Tasks{R"(["a","1"])", R"(["b","2"])"});
}

TEST_CASE("lists that are all linked repeat the shorter ones") {
  CHECK(tasks({.lists = {words({"a", "b", "c"}), words({"1", "2"}), words({"x"})}, .link = true}) ==
        Tasks{R"(["a","1","x"])", R"(["b","2","x"])", R"(["c","1","x"])"});
  CHECK(tasks({.lists = {words({"a"}), words({"1", "2", "3"}, true)}, .link = true}) ==
        Tasks{R"(["a","1"])", R"(["a","2"])", R"(["a","3"])"});
  CHECK(tasks({.lists = {words({"a"}), words({})}, .link = true}) == Tasks{R"(["a"])"});
  CHECK(tasks({.lists = {words({}), words({})}, .link = true}).empty());
}

TEST_CASE("an empty line has its place among linked lists") {
  CHECK(tasks({.lists = {{{}, "-", false, 0}, words({"1", "2", "3"})}, .link = true}, "a\n\nb\n") ==
        Tasks{R"(["a","1"])", R"(["","2"])", R"(["b","3"])"});
}

TEST_CASE("inputs can end with any character, and then none is skipped") {
  CHECK(tasks({.delimiter = ','}, "a,,b\nc,") == Tasks{R"(["a"])", R"([""])", R"(["b\nc"])"});
  CHECK(tasks({.delimiter = '\0'}, std::string("a\0b", 3)) == Tasks{R"(["a"])", R"(["b"])"});
  CHECK(tasks({.delimiter = ','}, std::string("a\0b,c", 5)).at(0).starts_with("bad: <stdin>"));
}

TEST_CASE("blanks at the ends of inputs are removed on request") {
  const InputList list = words({"  a b\t", " ", ""});
  CHECK(tasks({.lists = {list}, .trim = Trim::left}) == Tasks{R"(["a b\t"])", R"([""])", R"([""])"});
  CHECK(tasks({.lists = {list}, .trim = Trim::right}) == Tasks{R"(["  a b"])", R"([""])", R"([""])"});
  CHECK(tasks({.lists = {list}, .trim = Trim::both}) == Tasks{R"(["a b"])", R"([""])", R"([""])"});
  CHECK(tasks({.lists = {words({" a , b "})}, .column_separator = ",", .trim = Trim::both}) == Tasks{R"(["a","b"])"});
}

TEST_CASE("a call for each input, which does not get it") {
  CHECK(tasks({.lists = {words({"a", "b"})}, .no_args = true}) == Tasks{"[]", "[]"});
  CHECK(tasks({.no_args = true}, "a\nb\n") == Tasks{"[]", "[]"});
  const Command command;
  CommandInputOptions options{.lists = {words({"a", "b", "c"})}, .no_args = true};
  CHECK((*open_command_inputs(options, command))->remaining() == 3);
}

TEST_CASE("a random order has every input once, and depends on the seed alone") {
  CommandInputOptions options{.lists = {{{"1..50"}, std::nullopt, false, 1}}, .shuffled = true, .seed = 7};
  Tasks sorted = tasks({.lists = options.lists});
  Tasks shuffled = tasks(options);
  CHECK(shuffled != sorted);
  CHECK(tasks(options) == shuffled);
  options.seed = 8;
  CHECK(tasks(options) != shuffled);
  std::sort(sorted.begin(), sorted.end());
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == sorted);
  CHECK(tasks({.lists = {words({"a", "b"}), words({"1", "2"})}, .shuffled = true, .seed = 1}).size() == 4);
}

TEST_CASE("the first input of each list names its columns on request") {
  const Command command;
  const auto names_of = [&](const CommandInputOptions& options) {
    std::vector<std::string> names;
    REQUIRE(open_command_inputs(options, command, &names));
    return names;
  };
  const CommandInputOptions two{.lists = {words({"a", "1", "2"}), words({"b", "x"})}, .header = true};
  CHECK(names_of(two) == Tasks{"a", "b"});
  CHECK(tasks(two) == Tasks{R"(["1","x"])", R"(["2","x"])"});
  const CommandInputOptions split{.lists = {words({"a:b", "1:2"})}, .column_separator = ":", .header = true};
  CHECK(names_of(split) == Tasks{"a", "b"});
  CHECK(tasks(split) == Tasks{R"(["1","2"])"});
  CHECK(names_of({.lists = {words({})}, .header = true}).empty());
  CHECK(names_of({.lists = {words({"a,\"b c\"", "1,2"})}, .csv = true, .header = true}) == Tasks{"a", "b c"});
}

TEST_CASE("lines of a file can be records of comma-separated values") {
  CHECK(tasks({.csv = true}, "1,\"a,\n\nb\"\n\n2,c\n") == Tasks{R"(["1","a,\n\nb"])", R"(["2","c"])"});
  CHECK(tasks({.lists = {words({"a,b"}), words({"c"})}, .csv = true}) == Tasks{R"(["a","b","c"])"});
}

TEST_CASE("a character or a regular expression separates columns") {
  CHECK(tasks({.lists = {words({"a,b,", "c"})}, .column_separator = ","}) == Tasks{R"(["a","b",""])", R"(["c"])"});
  CHECK(tasks({.lists = {words({"a  b\tc"})}, .column_separator = "\\s+"}) == Tasks{R"(["a","b","c"])"});
  CHECK(tasks({.lists = {words({"a"})}, .column_separator = "a["}) ==
        Tasks{"error: --colsep 'a[' is not a regular expression: missing ]: [ (at byte 2)"});
}

TEST_CASE("each of several lists is split into columns") {
  CHECK(tasks({.lists = {words({"a,b"}), words({"c", "d,e"})}, .column_separator = ","}) ==
        Tasks{R"(["a","b","c"])", R"(["a","b","d","e"])"});
}

TEST_CASE("batches have a maximum number of inputs") {
  CHECK(tasks({.lists = {words({"a", "b", "c"})}, .max_args = 2}) == Tasks{R"(["a","b"])", R"(["c"])"});
}

TEST_CASE("batches have a maximum number of bytes") {
  const std::size_t two = 2 * (1 + 1 + sizeof(char*));
  CHECK(tasks({.lists = {words({"a", "b", "c", "long enough for a call of its own", "d"})},
               .max_args = SIZE_MAX,
               .max_bytes = two}) ==
        Tasks{R"(["a","b"])", R"(["c"])", R"(["long enough for a call of its own"])", R"(["d"])"});
}

TEST_CASE("one call takes all inputs, or none") {
  CHECK(tasks({.lists = {words({"a", "b"})}, .one_call = true}) == Tasks{R"(["a","b"])"});
  CHECK(tasks({.lists = {words({})}, .one_call = true}) == Tasks{"[]"});
}

TEST_CASE("a missing file of inputs is an error") {
  CHECK(tasks({.lists = {{{}, "/no/such/file", false, 0}}}) ==
        Tasks{"error: /no/such/file cannot be read: No such file or directory"});
}

TEST_CASE("blocks of standard input end with a complete line") {
  CHECK(tasks({.pipe = true, .blocks = {.block = 6}}, "1\n2\n3\n4\n5") ==
        Tasks{R"({"stdin":"1\n2\n3\n"})", R"({"stdin":"4\n5"})"});
  CHECK(tasks({.pipe = true, .blocks = {.block = 2}}, "long line\nx\n") ==
        Tasks{R"({"stdin":"long line\n"})", R"({"stdin":"x\n"})"});
  CHECK(tasks({.pipe = true, .blocks = {.block = 6}}, "") == Tasks{});
}

TEST_CASE("blocks of standard input end with NUL") {
  CHECK(tasks({.null_separated = true, .pipe = true, .blocks = {.block = 4}}, std::string("a\nb\0c\nd\0", 8)) ==
        Tasks{R"({"stdin":"a\nb\u0000"})", R"({"stdin":"c\nd\u0000"})"});
}
