// Blocks of a file, by their places, and of a stream, by their bytes: both are the same.
#include "input/commands/command_inputs.hpp"

#include "command/command_function.hpp"
#include "support/folder.hpp"
#include "sys/fd.hpp"
#include "wire/json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

using namespace prun;

namespace {

const Function& function() {
  static const command::CommandSurroundings surroundings;
  static const command::TemplateCommand made("c", *command::CommandTemplate::of_words({"c"}, false), surroundings,
                                             false);
  return made;
}

/// What each command reads. @param by_range by its place in the file
std::vector<std::string> blocks(const std::string& path, PipeOptions options, bool by_range, off_t from = 0) {
  const sys::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ::lseek(file.get(), from, SEEK_SET);
  options.by_range = by_range;
  CommandInputOptions inputs;
  inputs.pipe = true;
  inputs.blocks = options;
  inputs.stdin_fd = file.get();
  auto source = open_command_inputs(inputs, function());
  REQUIRE(source);
  std::vector<std::string> all;
  Task task;
  while ((*source)->next(task) == Pull::task) {
    std::string json;
    wire::append_json(json, task.kwargs);
    const auto keywords = nlohmann::json::parse(json);
    std::string& block = all.emplace_back(keywords.value("stdin", ""));
    CHECK(keywords.contains("range") == by_range);
    if (!by_range) continue;
    std::string bytes(keywords["range"][1].get<std::size_t>(), '\0');
    CHECK(::pread(file.get(), bytes.data(), bytes.size(), keywords["range"][0].get<off_t>()) ==
          static_cast<ssize_t>(bytes.size()));
    block += bytes;
  }
  return all;
}

}  // namespace

TEST_CASE("blocks by place are the blocks that reading gives") {
  const test::Folder folder;
  const std::string path = folder.file("input");
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::string(static_cast<std::size_t>(i * 37 % 90), 'x') + ">\n";
  text += std::string(20'000, 'y') + "\nend";
  std::ofstream(path) << text;
  const std::vector<PipeOptions> forms{{.block = 1000},
                                       {.block = 5000, .form = {.end = "\n", .start = "x"}},
                                       {.block = 5000, .form = {.end = "", .start = ">"}},
                                       {.block = 700, .form = {.end = "", .start = ""}},
                                       {.block = 10'000, .header_lines = 2},
                                       {.block = 10'000, .header_regex = "[x>\n]*?x{20}"},
                                       {.block = 1'000'000}};
  for (const PipeOptions& form : forms) {
    const auto read = blocks(path, form, false);
    CHECK(read == blocks(path, form, true));
    CHECK(read.size() > (form.block < 100'000 ? 5 : 0));
  }
  CHECK(blocks(path, forms[0], false, 12'345) == blocks(path, forms[0], true, 12'345));
}

TEST_CASE("a file without a whole header is one block, one of a header has none, and one that does not match is bad") {
  const test::Folder folder;
  const std::string path = folder.file("input");
  std::ofstream(path) << "header\n";
  CHECK(blocks(path, {.header_lines = 1}, true).empty());
  CHECK(blocks(path, {.header_lines = 2}, false).size() == 1);
  CHECK(blocks(path, {.header_lines = 2}, true).size() == 1);
  CHECK(blocks(path, {.header_regex = "X"}, true).empty());
}
