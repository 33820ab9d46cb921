// The options' parts of help texts; see option_help.hpp.
#include "help/option_help.hpp"

#include "help/text_layout.hpp"

namespace prun::app {

std::string option_heading(const Option& option) {
  std::string heading;
  any_name(option.names, [&](std::string_view name) {
    if (!heading.empty()) heading += ", ";
    heading += name;
    return false;
  });
  if (!option.implied.empty()) {
    heading.append("[=").append(option.value).append("]");
  } else if (!option.is_flag()) {
    heading.append(1, ' ').append(option.value);
  }
  return heading;
}

std::string other_names_text(const Option& option) {
  std::string names;
  any_name(option.also, [&](std::string_view name) {
    names.append(names.empty() ? "" : ", ").append(name);
    return false;
  });
  return "Other names from GNU parallel: " + names + ".";
}

void append_option(std::string& out, const Option& option) {
  const bool has_short_name = option.names.size() > 1 && option.names[1] != '-';
  append_row(out, (has_short_name ? "" : "    ") + option_heading(option), option.help, 32);
}

void append_group(std::string& out, const OptionGroup& group, WordSet takers) {
  bool titled = false;
  std::string before;
  for (const Option& option : group.options) {
    if (!overlap(option.words, takers)) continue;
    // An option that means something else for another subcommand: the first entry is that of the modes.
    std::string heading = option_heading(option);
    if (heading == before) continue;
    before = std::move(heading);
    if (!titled) out.append(1, '\n').append(group.title).append(":\n");
    titled = true;
    append_option(out, option);
  }
}

std::string describe_options(WordSet takers) {
  std::string out;
  for (const OptionGroup* group : option_groups()) append_group(out, *group, takers);
  return out;
}

}  // namespace prun::app
