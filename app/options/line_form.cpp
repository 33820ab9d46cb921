// See line_form.hpp.
#include "options/line_form.hpp"

#include "command_words.hpp"
#include "options/command_line.hpp"
#include "options/option_groups.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

/// What a word that begins with `-` says of the word after it.
struct Dashed {
  bool takes_next = false;  ///< the next word is its value
  bool is_command = false;  ///< it gives the command
};

Dashed look_at(const Option* option, bool has_value) {
  if (option == nullptr || option->is_flag()) return {};
  return {!has_value && option->implied.empty(), option->name() == "--cmd" || option->name() == "--sh"};
}

/// `--jobs=3`, `--jobs 3`, `-j3`, `-j 3`, `-qj 3`.
Dashed look_at(std::string_view word) {
  if (word.starts_with("--")) {
    const auto equals = word.find('=');
    return look_at(find_option(word.substr(0, equals)), equals != std::string_view::npos);
  }
  for (std::size_t i = 1; i < word.size(); ++i) {
    const Option* option = find_option(std::string("-") + word[i]);
    if (option == nullptr) return {};
    if (!option->is_flag()) return look_at(option, i + 1 < word.size());
  }
  return {};
}

std::size_t literal_words(std::span<const char* const> words) {
  return static_cast<std::size_t>(std::find_if(words.begin(), words.end(), ends_options) - words.begin());
}

}  // namespace

std::optional<std::string> without_null(std::string_view word) {
  if (word.size() < 2 || word[0] != '-' || word[1] == '-') return std::nullopt;
  std::string others = "-";
  bool found = false;
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (word[i] == '0') {
      if (std::exchange(found, true)) return std::nullopt;
      continue;
    }
    const Option* option = find_option(std::string("-") + word[i]);
    if (option == nullptr) return std::nullopt;
    others += option->is_flag() ? word.substr(i, 1) : word.substr(i);
    if (!option->is_flag()) break;
  }
  return found ? std::optional(others) : std::nullopt;
}

bool takes_next_word(std::string_view word) { return look_at(word).takes_next; }

LineBeginning beginning_of(std::span<const char* const> words) {
  bool has_command = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (ends_options(word)) {
      const LineForm form = word == "--" ? LineForm::command : LineForm::commands;
      return {has_command ? LineForm::inputs : form, i};
    }
    if (looks_like_option(word) || without_null(word)) {
      const Dashed dashed = look_at(word);
      has_command = has_command || dashed.is_command;
      if (dashed.takes_next) ++i;
      continue;
    }
    if (find_command_word(word) != nullptr) return {LineForm::word, literal_words(words), i};
    if (has_command) return {LineForm::inputs, literal_words(words)};
    return {LineForm::command, i};
  }
  return {has_command ? LineForm::inputs : LineForm::commands, words.size()};
}

}  // namespace prun::app
