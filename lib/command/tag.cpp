// See tag.hpp.
#include "command/tag.hpp"

#include "command/command_function.hpp"

#include <vector>

namespace prun::command {
namespace {

constexpr std::string_view cyan = "\x1b[36m";
constexpr std::string_view plain = "\x1b[0m";

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (&word != words.data()) text += ' ';
    text += word;
  }
  return text;
}

}  // namespace

std::string Tag::of(std::string_view args, std::uint64_t index) const {
  const std::vector<std::string> inputs = input_texts(args);
  std::string text;
  if (form_) {
    Filling filling;
    filling.inputs.assign(inputs.begin(), inputs.end());
    filling.number = index + 1;
    text = joined(form_->expand(filling));
  } else {
    text = joined(inputs);
  }
  if (color_) text.insert(0, cyan).append(plain);
  return text + '\t';
}

}  // namespace prun::command
