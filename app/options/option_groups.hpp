// All options, in groups. A group is one file of this folder, *_options.cpp.
#pragma once

#include "options/option.hpp"

#include <span>
#include <string_view>

namespace prun::app {

struct OptionGroup {
  std::string_view title;
  std::span<const Option> options;
};

namespace groups {

extern const OptionGroup workers;
extern const OptionGroup cluster;
extern const OptionGroup functions;
extern const OptionGroup input;
extern const OptionGroup commands;
extern const OptionGroup command_inputs;
extern const OptionGroup pipes;
extern const OptionGroup command_outputs;
extern const OptionGroup output;
extern const OptionGroup failures;
extern const OptionGroup limits;
extern const OptionGroup load;
extern const OptionGroup journal;
extern const OptionGroup report;
extern const OptionGroup progress;
extern const OptionGroup general;

}  // namespace groups

/// Returns every group, in the order of the help.
[[nodiscard]] std::span<const OptionGroup* const> option_groups() noexcept;

/// Returns the entry with this name, such as "-j" or "--jobs", or null. Several entries may share a name if different
/// words take them: the one that `word` takes is returned, or else the first.
[[nodiscard]] const Option* find_option(std::string_view name, WordSet word = words::all) noexcept;

}  // namespace prun::app
