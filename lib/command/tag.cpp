// See tag.hpp.
#include "command/tag.hpp"

#include "command/command_function.hpp"
#include "command/command_words.hpp"

#include <vector>

namespace prun::command {
namespace {

constexpr std::string_view cyan = "\x1b[36m";
constexpr std::string_view plain = "\x1b[0m";

}  // namespace

std::string Tag::of(std::string_view args, std::uint64_t index) const {
  const std::vector<std::string> inputs = input_texts(args);
  std::string text = form_ ? form_->expand_name(Filling::of_task(inputs, index)) : joined_by_spaces(inputs);
  if (color_) text.insert(0, cyan).append(plain);
  return text + '\t';
}

}  // namespace prun::command
