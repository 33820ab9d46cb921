// Inputs of commands: lists, products, links, columns, batches, blocks.
#include "input/command_inputs.hpp"
#include "wire/json.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <array>

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
  for (Task task; (*source)->next(task) == Pull::task;) {
    all.emplace_back();
    wire::append_json(all.back(), task.kwargs.empty() ? task.args : task.kwargs);
  }
  ::close(ends[0]);
  return all;
}

InputList words(std::vector<std::string> list, bool linked = false) {
  return {std::move(list), std::nullopt, linked, true};
}

using Tasks = std::vector<std::string>;

}  // namespace

TEST_CASE("words are taken as they are") {
  CHECK(tasks({.lists = {words({"1.50", "[2]", "1..3"})}}) == Tasks{R"(["1.50"])", R"(["[2]"])", R"(["1..3"])"});
}

TEST_CASE("INPUT words may be ranges, and a lone dash the lines of standard input") {
  CHECK(tasks({.lists = {{{"a", "1..3"}, std::nullopt, false, false}}}) ==
        Tasks{R"(["a"])", R"(["1"])", R"(["2"])", R"(["3"])"});
  CHECK(tasks({.lists = {{{"-"}, std::nullopt, false, false}}}, "x\n\ny z\n") == Tasks{R"(["x"])", R"(["y z"])"});
}

TEST_CASE("without lists the lines of standard input are the inputs") {
  CHECK(tasks({}, "a\nb") == Tasks{R"(["a"])", R"(["b"])"});
}

TEST_CASE("several lists give their product, the last varying fastest") {
  CHECK(tasks({.lists = {words({"a", "b"}), words({"1", "2"})}}) ==
        Tasks{R"(["a","1"])", R"(["a","2"])", R"(["b","1"])", R"(["b","2"])"});
}

TEST_CASE("linked lists go side by side, as far as the shortest") {
  CHECK(tasks({.lists = {words({"a", "b", "c"}), words({"1", "2"}, true)}}) == Tasks{R"(["a","1"])", R"(["b","2"])"});
}

TEST_CASE("columns, by a character or a regular expression") {
  CHECK(tasks({.lists = {words({"a,b,", "c"})}, .column_separator = ","}) == Tasks{R"(["a","b",""])", R"(["c"])"});
  CHECK(tasks({.lists = {words({"a  b\tc"})}, .column_separator = "\\s+"}) == Tasks{R"(["a","b","c"])"});
  CHECK(tasks({.lists = {words({"a"})}, .column_separator = "("}).at(0).find("--colsep '(' is no regular expression") !=
        std::string::npos);
}

TEST_CASE("batches of so many inputs, the last one smaller") {
  CHECK(tasks({.lists = {words({"a", "b", "c"})}, .max_args = 2}) == Tasks{R"(["a","b"])", R"(["c"])"});
}

TEST_CASE("batches of so many bytes") {
  const std::size_t two = 2 * (1 + 1 + sizeof(char*));
  CHECK(tasks({.lists = {words({"a", "b", "c", "long enough for a call of its own", "d"})},
               .max_args = SIZE_MAX,
               .max_bytes = two}) ==
        Tasks{R"(["a","b"])", R"(["c"])", R"(["long enough for a call of its own"])", R"(["d"])"});
}

TEST_CASE("one call takes all, or none") {
  CHECK(tasks({.lists = {words({"a", "b"})}, .one_call = true}) == Tasks{R"(["a","b"])"});
  CHECK(tasks({.lists = {words({})}, .one_call = true}) == Tasks{"[]"});
}

TEST_CASE("a file of inputs that is not there is told") {
  CHECK(tasks({.lists = {{{}, "/no/such/file", false, true}}}) ==
        Tasks{"error: /no/such/file cannot be read: No such file or directory"});
}

TEST_CASE("standard input in blocks that end with a line") {
  CHECK(tasks({.pipe = true, .block = 6}, "1\n2\n3\n4\n5") == Tasks{R"({"stdin":"1\n2\n3\n"})", R"({"stdin":"4\n5"})"});
  CHECK(tasks({.pipe = true, .block = 2}, "long line\nx\n") ==
        Tasks{R"({"stdin":"long line\n"})", R"({"stdin":"x\n"})"});
  CHECK(tasks({.pipe = true, .block = 6}, "") == Tasks{});
}
