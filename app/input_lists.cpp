// Lists of inputs; see input_lists.hpp.
#include "input_lists.hpp"

#include "usage_error.hpp"

#include "input/text_error.hpp"
#include "input/words/range_text.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace prun::app {
namespace {

using Words = std::vector<std::string>;

Words::const_iterator at(const Words& words, std::size_t place) {
  return words.begin() + static_cast<std::ptrdiff_t>(place);
}

std::size_t next_list(const Words& words, std::size_t from) {
  return static_cast<std::size_t>(std::find_if(at(words, from), words.end(), is_list_sign) - words.begin());
}

/// `::: a b :::+ c d :::: FILE`, from the word at `begin` on. The first list has nothing to be linked with, so there `:::+` is `:::`,
/// as in GNU parallel; after `::::+`, the files of that one sign are linked with each other.
void add_lists(const Words& words, std::size_t begin, std::vector<InputList>& lists) {
  while (begin < words.size()) {
    const std::string_view sign = words[begin];
    const std::size_t end = next_list(words, begin + 1);
    const bool links = sign.ends_with('+');
    const Words members(at(words, begin + 1), at(words, end));
    if (!sign.starts_with("::::")) {
      lists.push_back({members, std::nullopt, links && !lists.empty(), 0});
    } else {
      if (members.empty()) throw UsageError(fmt::format("{} needs a file of inputs", sign));
      for (const std::string& file : members) lists.push_back({{}, file, links && !lists.empty(), 0});
    }
    begin = end;
  }
}

/// Of a pipe or a terminal it is not known.
bool is_empty_file(const std::string& path) {
  struct stat file {};
  struct stat null {};
  if (path == "-" || ::stat(path.c_str(), &file) != 0) return false;
  if (S_ISREG(file.st_mode)) return file.st_size == 0;
  return S_ISCHR(file.st_mode) && ::stat("/dev/null", &null) == 0 && file.st_rdev == null.st_rdev;
}

}  // namespace

std::size_t place_of_lists(const CommandLine& line, const CommandValues& values) {
  if (line.lists_at) return *line.lists_at;
  const bool words_are_command = !values.cmd && !values.sh && line.dashes_at;
  return words_are_command ? next_list(line.words, *line.dashes_at) : line.words.size();
}

std::vector<InputList> command_lists(const CommandLine& line, const CommandValues& values) {
  std::vector<InputList> lists;
  if (values.commands_file) {
    if (line.words.size() > 1 || !values.arg_files.empty())
      throw UsageError("--commands gives the commands; it takes neither a command nor inputs");
    lists.push_back({{}, *values.commands_file, false, 0});
    return lists;
  }
  for (const std::string& file : values.arg_files) lists.push_back({{}, file, false, 0});
  const std::size_t lists_at = place_of_lists(line, values);
  const bool words_are_inputs = values.cmd || values.sh;
  if (words_are_inputs && (lists_at > 1 || line.dashes_at)) {
    const std::size_t literal_from = std::max<std::size_t>(line.dashes_at.value_or(lists_at), 1) - 1;
    lists.push_back({{at(line.words, 1), at(line.words, lists_at)}, std::nullopt, false, literal_from});
  }
  add_lists(line.words, lists_at, lists);
  return lists;
}

std::optional<std::string> range_advice(const std::vector<InputList>& lists) {
  for (const InputList& list : lists) {
    for (std::size_t i = 0; i < std::min(list.literal_from, list.words.size()); ++i) {
      const std::string& word = list.words[i];
      std::string hint = product_hint(word);
      if (hint.empty() && looks_like_range(word) && !parse_range(word)) continue;  // an error, which says what is right
      if (hint.empty()) hint = range_hint(word);
      if (hint.empty() || ::access(word.c_str(), F_OK) == 0) continue;
      return fmt::format("the input '{}' is text{}", printable_line(word), hint);
    }
  }
  return std::nullopt;
}

std::optional<std::string> empty_list_advice(const CommandInputOptions& inputs) {
  if (inputs.lists.size() < 2 || inputs.link) return std::nullopt;
  const std::size_t names = inputs.header ? 1 : 0;
  for (std::size_t i = 0; i < inputs.lists.size(); ++i) {
    const InputList& list = inputs.lists[i];
    const bool empty = list.file ? is_empty_file(*list.file) : list.words.size() <= names;
    if (!empty) continue;
    return fmt::format("list {} of the inputs is empty, so no command runs; leave it out to run the other inputs",
                       i + 1);
  }
  return std::nullopt;
}

void take_function_words(const CommandLine& line, InputOptions& input) {
  input.words.assign(line.words.begin() + 1, line.words.end());
  if (line.dashes_at) input.plain_from = std::max<std::size_t>(*line.dashes_at, 1) - 1;
  if (!line.lists_at) return;
  const std::size_t sign_at = *line.lists_at - 1;
  const std::string sign = input.words[sign_at];
  if (sign_at == 0) throw UsageError(fmt::format("{} must follow a function or a command", sign));
  if (sign != ":::") {
    throw UsageError(fmt::format("{} is for commands; a function reads the lines of a file as `prun imap {} - < FILE`",
                                 sign, input.words.front()));
  }
  if (next_list(input.words, sign_at + 1) != input.words.size())
    throw UsageError("several lists of inputs are for commands; a function takes one list after :::");
  input.words.erase(input.words.begin() + static_cast<std::ptrdiff_t>(sign_at));
  input.values_from = sign_at;
}

}  // namespace prun::app
