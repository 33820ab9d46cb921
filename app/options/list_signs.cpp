// See list_signs.hpp.
#include "options/list_signs.hpp"

#include "options/command_line.hpp"
#include "options/line_form.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>

namespace prun::app {
namespace {

/// What stands for a usual sign.
struct Sign {
  std::string_view option;
  const char* usual;
  const char* usual_linked;
  std::string_view text{};

  /// The usual sign for the word; null: the word is another.
  [[nodiscard]] const char* usual_for(std::string_view word) const noexcept {
    if (text.empty() || !word.starts_with(text)) return nullptr;
    word.remove_prefix(text.size());
    return word.empty() ? usual : word == "+" ? usual_linked : nullptr;
  }
  /// Returns true for a usual sign that the option has replaced.
  [[nodiscard]] bool replaced(std::string_view word) const noexcept {
    return !text.empty() && (word == usual || word == usual_linked);
  }
};

/// Takes the value if the word is the option.
void take(Sign& sign, std::string_view word, std::string_view next) {
  if (word == sign.option) sign.text = next;
  if (word.starts_with(sign.option) && word.substr(sign.option.size()).starts_with('='))
    sign.text = word.substr(sign.option.size() + 1);
}

}  // namespace

std::vector<const char*> with_usual_signs(std::span<const char* const> words) {
  std::vector<const char*> made(words.begin(), words.end());
  Sign lists{"--arg-sep", ":::", ":::+"};
  Sign files{"--arg-file-sep", "::::", "::::+"};
  std::size_t at = 0;
  for (; at < words.size() && looks_like_option(words[at]) && std::string_view(words[at]) != "--"; ++at) {
    const std::string_view next = at + 1 < words.size() ? words[at + 1] : "";
    take(lists, words[at], next);
    take(files, words[at], next);
    if (takes_next_word(words[at])) ++at;
  }
  if (lists.text.empty() && files.text.empty()) return made;
  for (; at < made.size(); ++at) {
    const char* usual = files.usual_for(made[at]);
    if (usual == nullptr) usual = lists.usual_for(made[at]);
    for (const Sign& sign : {lists, files}) {
      if (usual == nullptr && sign.replaced(made[at]))
        throw UsageError(fmt::format("{} cannot be used together with {}; write {}", made[at], sign.option, sign.text));
    }
    if (usual != nullptr) made[at] = usual;
  }
  return made;
}

}  // namespace prun::app
