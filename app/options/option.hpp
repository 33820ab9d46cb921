// One entry per option: everything that prun knows of an option stands in it. Parsing, help, the man page, completions
// and the checks read the entries; nothing else lists options. app/README.md says how to add one.
#pragma once

#include "command_words.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::app {

struct OptionValues;

/// An option as it was given.
struct Given {
  std::string_view option;  ///< its name in messages
  const std::string& text;  ///< its value; empty for a flag
};

/// What a shell completes as the value.
enum class Completes : std::uint8_t {
  nothing,
  choices,   ///< the entry's `choices`, and the option takes nothing else
  keywords,  ///< the entry's `choices`; the option takes other values too
  files,
  folders,
  commands,
  shells,  ///< those of /etc/shells
  functions,
};

/// What a run does with the file that the value names.
enum class FileUse : std::uint8_t {
  none,  ///< the value names no file
  read,
  written,   ///< what was in it is lost
  appended,  ///< another that appends too may use it
  journal,
  read_journal,  ///< of an earlier run, which may be the journal of this one
};

/// An option that cannot be given together with this one.
struct Exclusion {
  std::string_view option;
  std::string_view why;
};

/// What must be run for the option to make sense.
enum class Runs : std::uint8_t {
  anything,
  commands,           ///< --cmd, --sh, or words after --
  commands_or_tasks,  ///< a task file may hold commands too
};

/// The texts are constants and cost nothing until someone reads them. `details` is for the man page and `prun help`. In it,
/// `x` in backquotes is literal text, an option is written as it is typed, a blank line ends a paragraph, and a line
/// that begins with four spaces is an example.
struct Option {
  std::string_view names;                    ///< "-j,--jobs,--workers"
  std::string_view also{};                   ///< more names, from GNU parallel; help and completions do not list them
  std::string_view value{};                  ///< what help calls the value; empty: a flag
  std::string_view implied{};                ///< the value of a bare --name; another is then given as --name=VALUE
  bool repeatable = false;                   ///< each occurrence counts; otherwise the last one does
  WordSet words = words::runs;               ///< the modes and subcommands that take it
  std::string_view help;                     ///< for --help: a line, without a capital or a full stop
  std::string_view details;                  ///< sentences; they stand on their own, without `help`
  Completes completes = Completes::nothing;  ///< what a shell offers as its value
  std::string_view choices{};                ///< for `completes`, separated by spaces
  FileUse file = FileUse::none;              ///< no two options may use one file so that it is spoiled
  Runs runs = Runs::anything;                ///< what it applies to
  std::string_view needs{};                  ///< the option that it does nothing without, such as "--retries N"
  Exclusion excludes[5]{};                   ///< options that contradict it; the unused places are empty
  void (*take)(OptionValues& values,
               const Given& given) = nullptr;  ///< checks the value and stores it; may throw UsageError

  [[nodiscard]] constexpr bool is_flag() const noexcept { return value.empty(); }
  /// Returns the name that messages use: the first long one, or else the first.
  [[nodiscard]] constexpr std::string_view name() const noexcept {
    const auto at = names.starts_with("--") ? 0 : names.find(",--");
    if (at == std::string_view::npos) return names.substr(0, names.find(','));
    const std::string_view rest = names.substr(at == 0 ? 0 : at + 1);
    return rest.substr(0, rest.find(','));
  }
};

/// Calls `visit` with each name of "-j,--jobs,--workers" until it returns true. Returns whether it did.
template <typename Visit>
constexpr bool any_name(std::string_view names, const Visit& visit) {
  for (;;) {
    const auto comma = names.find(',');
    if (visit(names.substr(0, comma))) return true;
    if (comma == std::string_view::npos) return false;
    names.remove_prefix(comma + 1);
  }
}

/// As any_name, for all names of an option.
template <typename Visit>
constexpr bool any_name_of(const Option& option, const Visit& visit) {
  return any_name(option.names, visit) || (!option.also.empty() && any_name(option.also, visit));
}

}  // namespace prun::app
